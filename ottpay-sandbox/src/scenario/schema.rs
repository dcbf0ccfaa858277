//! The JSON Schema of scenarios for editors, generated from the parser's tables into `docs/schema/scenario.json`.

use serde_json::{Map, Value, json};

use super::parse::{MAX_STEPS, STEPS};
use super::step::{CallbackOutcome, Expected};
use crate::assume::Assumption;
use crate::fault::Fault;
use crate::order::{OrderState, REFUNDED};

/// Describes a scalar. Numbers are allowed because values keep their written form.
fn text(description: &str) -> Value {
    json!({ "description": description, "type": ["string", "number"] })
}

fn integer_schema(description: &str) -> Value {
    json!({ "description": description, "type": ["integer", "string"], "minimum": 0, "pattern": "^[0-9]+$" })
}

fn duration_schema(description: &str) -> Value {
    json!({ "description": format!("{description}, with its unit: `30s`, `5m` or `1h 30m`."), "type": "string" })
}

fn word_schema<'a>(description: &str, words: impl IntoIterator<Item = &'a str>) -> Value {
    json!({ "description": description, "enum": words.into_iter().collect::<Vec<_>>() })
}

/// Describes the value of the key that determines the kind of a step.
fn describe_verb(verb: &str) -> Value {
    match verb {
        "create" => text("Sends a request with this id, as a client would."),
        "wait" => text("Waits until the shop has created the order with this id, or its next order by an action."),
        "pay" => text("The buyer pays this order."),
        "decline" => text("The buyer's wallet or bank declines this order."),
        "cancel" => text("The buyer cancels this order."),
        "expire" => text("This order expires."),
        "capture" => text("The bank captures the money that it has reserved for this order."),
        "release" => text("The bank releases the money that it has reserved for this order."),
        "resend" => text("Posts a callback of this order again."),
        "fault" => word_schema("Plans a fault.", Fault::ALL.iter().map(|fault| fault.name())),
        "clock" => duration_schema("Moves the sandbox's clock forward by this time"),
        "assume" => {
            let all: Vec<_> = Assumption::ALL.iter().map(ToString::to_string).collect();
            word_schema("Changes an assumption.", all.iter().map(String::as_str))
        }
        "expect" => text("Compares this order."),
        "received" => text("Compares how many requests of this action have arrived."),
        // A test finds a step that is missing here.
        _ => text(""),
    }
}

/// Describes the value of another key of a step.
fn describe_key(verb: &str, key: &str) -> Value {
    let action = "The action, by the method of the client or by its constant.";
    match (verb, key) {
        ("create", "fields") => {
            let description = "The fields of the request, by their names; a missing required field has the value of \
                               the specification's first example.";
            json!({ "description": description, "type": "object", "additionalProperties": text("A value.") })
        }
        ("create", "outcome") => word_schema(
            "The outcome that the client knows; by default `accepted`.",
            Expected::NAMES.map(|(name, _)| name),
        ),
        ("resend", "callback") => {
            let description = "The number of the callback, from 1; by default the first.";
            json!({ "description": description, "type": ["integer", "string"], "minimum": 1, "pattern": "^0*[1-9][0-9]*$" })
        }
        ("expect", "callback") => {
            let names = CallbackOutcome::NAMES.map(|(name, _)| name);
            word_schema("The state of its callbacks, except forged ones.", names)
        }
        (_, "state") => word_schema("Its state.", OrderState::list_names().chain([REFUNDED])),
        (_, "action") => text(action),
        (_, "order") => text("The order: its id, or the name that a `wait` defined."),
        (_, "within") => duration_schema("The time to wait for it, at most an hour"),
        (_, "delay") => duration_schema("The delay of the fault"),
        (_, "code") => text("The response code of a refusal."),
        (_, "times") => integer_schema("How many times it happens; by default once."),
        (_, "tip") => integer_schema("A tip, in minor units."),
        (_, "convenience_fee") => integer_schema("A convenience fee, in minor units."),
        (_, "refunded") => integer_schema("The refunded amount, in minor units."),
        (_, "count") => integer_schema("The number of requests, accepted and refused."),
        (_, "accepted") => integer_schema("The number of requests that were carried out."),
        (_, "refused") => integer_schema("The number of requests that were not carried out."),
        // A test finds a key that is missing here.
        _ => text(""),
    }
}

pub(super) fn write_schema() -> String {
    let steps = STEPS.map(|(verb, keys)| {
        let others = keys.iter().map(|key| ((*key).to_owned(), describe_key(verb, key)));
        let properties: Map<_, _> = others.chain([(verb.to_owned(), describe_verb(verb))]).collect();
        let required = if verb == "create" { vec![verb, "action"] } else { vec![verb] };
        json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties })
    });
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A scenario for `ottpay sandbox --scenario`",
        "type": "object",
        "additionalProperties": false,
        "required": ["scenario", "steps"],
        "properties": {
            "scenario": text("The title. This key marks the file as a scenario."),
            "callbacks": text("The callback URL of orders that `create` creates."),
            "steps": {
                "description": "The steps, which are played in sequence.",
                "type": "array",
                "minItems": 1,
                "maxItems": MAX_STEPS,
                "items": { "oneOf": steps },
            },
        },
    });
    format!("{schema:#}\n")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use boon::{Compiler, Schemas};

    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn every_step_and_key_is_described() {
        let described = |value: Value| value["description"].as_str().is_some_and(|description| !description.is_empty());
        for (verb, keys) in STEPS {
            assert!(described(describe_verb(verb)), "{verb}");
            for key in keys {
                assert!(described(describe_key(verb, key)), "{verb}: {key}");
            }
        }
    }

    #[test]
    fn the_schema_in_docs_is_that_of_the_parser() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schema/scenario.json");
        if std::env::var_os("UPDATE").is_some_and(|update| update == "1") {
            std::fs::write(&path, write_schema()).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        let update = "run `UPDATE=1 cargo test -p ottpay-sandbox --lib schema`";
        assert!(written == write_schema(), "{} is not up to date: {update}", path.display());
    }

    #[test]
    fn the_schema_accepts_and_refuses_the_same_files_as_the_parser() {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        let url = "https://example.com/scenario.json";
        compiler.add_resource(url, serde_json::from_str(&write_schema()).unwrap()).unwrap();
        let schema = compiler.compile(url, &mut schemas).unwrap();
        let steps = [
            (
                "create: T1\n  action: active_pay\n  fields: { amount: 1999, operator_id: 0000020156 }\n  outcome: refused",
                true,
            ),
            ("create: T1", false),
            ("create: T1\n  action: active_pay\n  outcome: lost", false),
            ("wait: first\n  action: active_pay\n  state: refunded\n  within: 1m", true),
            ("wait: first\n  state: payed", false),
            ("pay: 1\n  tip: 70\n  convenience_fee: \"1\"", true),
            ("pay: T1\n  tip: 1.50", false),
            ("pay: T1\n  tip: -1", false),
            ("pay: T1\n  tipp: 1", false),
            ("pay: T1\n  decline: T1", false),
            ("decline: T1\n  tip: 1", false),
            ("payy: T1", false),
            ("resend: T1\n  callback: 2", true),
            ("resend: T1\n  callback: 0", false),
            ("fault: drop_after\n  action: ACTIVEPAY\n  order: T1\n  times: 2\n  delay: 50ms\n  code: FAIL", true),
            ("fault: drop", false),
            ("clock: 1h 30m", true),
            ("assume: late_payments=on", true),
            ("assume: late_payment=on", false),
            ("expect: T1\n  refunded: 0\n  callback: none", true),
            ("expect: T1\n  callback: lost", false),
            ("received: REFUND\n  count: 1\n  accepted: 1\n  refused: 0", true),
            ("received: REFUND\n  count: many", false),
        ];
        let files = steps.map(|(step, is_right)| {
            (format!("scenario: A\ncallbacks: http://a.example\nsteps:\n- {step}\n"), is_right)
        });
        let others =
            [("scenario: A\nsteps: []\n", false), ("steps:\n- pay: T1\n", false), ("scenario: A\nstep: 1\n", false)];
        for (yaml, is_right) in files.into_iter().chain(others.map(|(yaml, is_right)| (yaml.to_owned(), is_right))) {
            let value: Value = serde_yaml::from_str(&yaml).unwrap();
            assert_eq!(Scenario::from_yaml(&yaml).is_ok(), is_right, "the parser: {yaml}");
            assert_eq!(schemas.validate(&value, schema).is_ok(), is_right, "the schema: {yaml}");
        }
        // Only the parser knows which of two keys must be present.
        assert!(Scenario::from_yaml("scenario: A\nsteps:\n- expect: T1\n").is_err());
    }
}
