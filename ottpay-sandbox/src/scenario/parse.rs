//! Parses the entries of a file to steps, and reports all mistakes.

mod values;

use super::error::{Mistakes, Place};
use super::read::{Document, Entries, Entry};
use super::step::{CallbackOutcome, Expected, Located, Operation, Step};
use crate::fault::Fault;
use crate::order::{Act, OrderState, REFUNDED};
use crate::planned_fault::PlannedFault;
use values::{Options, describe_unknown};

/// The maximum number of steps.
pub(super) const MAX_STEPS: usize = 1000;

/// The key that determines the kind of a step, with the other keys of such a step.
pub(super) const STEPS: [(&str, &[&str]); 14] = [
    ("create", &["action", "fields", "outcome"]),
    ("wait", &["action", "state", "within"]),
    ("pay", &["tip", "convenience_fee"]),
    ("decline", &[]),
    ("cancel", &[]),
    ("expire", &[]),
    ("capture", &[]),
    ("release", &[]),
    ("resend", &["callback"]),
    ("fault", &["action", "order", "times", "delay", "code"]),
    ("clock", &[]),
    ("assume", &[]),
    ("expect", &["state", "refunded", "callback", "within"]),
    ("received", &["order", "count", "accepted", "refused", "within"]),
];

/// The title, the callback URL, and the steps.
type Parsed = (String, Option<Located<String>>, Vec<Step>);

/// Parses a file. Returns `None` if a mistake was reported.
pub(super) fn parse(document: Document, mistakes: &mut Mistakes) -> Option<Parsed> {
    let start = Place { line: 1, column: 1 };
    let keys = ["scenario", "callbacks", "steps"];
    for key in &document.unknown {
        mistakes.report(key.at, describe_unknown("key", &key.value, &keys));
    }
    let mut title = None;
    let mut callbacks = None;
    for (key, value) in document.entries {
        match &*key.value {
            "callbacks" => callbacks = Some(value),
            _ => title = Some(value.value),
        }
    }
    if title.is_none() {
        mistakes.report(start, "`scenario: TITLE` is missing; it marks the file as a scenario");
    }
    let Some(steps) = document.steps.filter(|steps| !steps.is_empty()) else {
        mistakes.report(start, "`steps:` is missing or empty; expected a list of steps, such as `- pay: T1`");
        return None;
    };
    if steps.len() > MAX_STEPS {
        mistakes.report(start, format!("expected at most {MAX_STEPS} steps, found {}", steps.len()));
    }
    let steps = steps.into_iter().filter_map(|entries| parse_step(entries, mistakes)).collect();
    // Only now, so that the mistakes in the steps are reported even if the title is missing.
    Some((title?, callbacks, steps))
}

fn parse_step(Entries { entries, fields }: Entries, mistakes: &mut Mistakes) -> Option<Step> {
    let names = STEPS.map(|(name, _)| name);
    let places = entries.iter().map(|(key, _)| key.at).chain(fields.iter().map(|(at, _)| *at));
    let Some(at) = places.min() else {
        mistakes.report(Place { line: 1, column: 1 }, "this step is empty; write it as `- pay: T1`, or remove it");
        return None;
    };
    let is_verb = |(key, _): &Entry| names.contains(&&*key.value);
    let mut verbs = entries.iter().filter(|entry| is_verb(entry));
    let Some((verb, object)) = verbs.next() else {
        let first = entries.first().map_or("fields", |(key, _)| &key.value);
        mistakes.report(at, describe_unknown("step", first, &names));
        return None;
    };
    if let Some((second, _)) = verbs.next() {
        let message = format!("this step is already `{}`; begin another step with `- {}:`", verb.value, second.value);
        mistakes.report(second.at, message);
        return None;
    }
    if object.value.trim().is_empty() {
        mistakes.report(object.at, format!("`{}` needs a value", verb.value));
        return None;
    }
    let (verb, object) = (verb.clone(), object.clone());
    let (_, known) = STEPS.into_iter().find(|(name, _)| *name == verb.value)?;
    let others = entries.into_iter().filter(|(key, _)| key.value != verb.value).collect();
    let mut options = Options::new(others, mistakes);
    options.reject_unknown(&verb.value, known);
    if let Some((at, _)) = fields.as_ref().filter(|_| !known.contains(&"fields")) {
        options.report::<()>(*at, format!("`{}` does not have `fields`; only `create` does", verb.value));
    }
    let title = format!("{} {}", verb.value, object.value.escape_debug());
    let operation = parse_operation(&verb, object, fields.map(|(_, fields)| fields).unwrap_or_default(), &mut options)?;
    Some(Step { at, title, operation })
}

fn parse_operation(
    verb: &Located<String>,
    object: Located<String>,
    fields: Vec<Entry>,
    options: &mut Options<'_>,
) -> Option<Operation> {
    match &*verb.value {
        "create" => {
            let action = options.remove("action");
            let outcome = options.take_word("outcome", Expected::NAMES).unwrap_or(Expected::Accepted);
            let missing = "`action` is missing: the action of the request, as in `action: active_pay`";
            Some(Operation::Create { id: object, action: options.require(verb.at, action, missing)?, fields, outcome })
        }
        "wait" => Some(Operation::Wait {
            order: object,
            action: options.remove("action"),
            state: take_state(options),
            within: options.take_patience()?.unwrap_or(values::DEFAULT_WAIT),
        }),
        "resend" => {
            let callback = match options.take_number("callback") {
                Some(0) => return options.report(verb.at, "callback: expected a number from 1"),
                Some(number) => u32::try_from(number).unwrap_or(u32::MAX),
                None => 1,
            };
            Some(Operation::Resend { order: object, callback })
        }
        "fault" => parse_fault(&object, options),
        "clock" => options.parse_duration(&object, values::MAX_CLOCK).map(Operation::Clock),
        "assume" => match object.value.parse() {
            Ok(assumption) => Some(Operation::Assume(assumption)),
            Err(error) => options.report(object.at, error.to_string()),
        },
        "expect" => {
            let (state, refunded) = (take_state(options), options.take_amount("refunded"));
            let callback = options.take_word("callback", CallbackOutcome::NAMES);
            let within = options.take_patience()?.unwrap_or_default();
            if state.is_none() && refunded.is_none() && callback.is_none() {
                let message = "the step expects nothing; add `state`, `refunded` or `callback`";
                return options.report_unless_mistaken(verb.at, message);
            }
            Some(Operation::Expect { order: object, state, refunded, callback, within })
        }
        "received" => {
            let order = options.remove("order");
            let [count, accepted, refused] = ["count", "accepted", "refused"].map(|name| options.take_number(name));
            let within = options.take_patience()?.unwrap_or_default();
            if count.is_none() && accepted.is_none() && refused.is_none() {
                let message = "the step expects no number; add `count`, `accepted` or `refused`";
                return options.report_unless_mistaken(verb.at, message);
            }
            Some(Operation::Received { action: object, order, count, accepted, refused, within })
        }
        name => {
            let (_, mut act) = Act::NAMES.into_iter().find(|(known, _)| *known == name)?;
            if let Act::Pay { tip, fee } = &mut act {
                (*tip, *fee) = (options.take_amount("tip"), options.take_amount("convenience_fee"));
            }
            Some(Operation::Act { order: object, act })
        }
    }
}

fn parse_fault(object: &Located<String>, options: &mut Options<'_>) -> Option<Operation> {
    let Some(fault) = Fault::from_name(&object.value) else {
        let names: Vec<_> = Fault::ALL.iter().map(|fault| fault.name()).collect();
        return options.report(object.at, describe_unknown("fault", &object.value, &names));
    };
    let mut planned = PlannedFault::new(fault);
    let (action, order) = (options.remove("action"), options.remove("order"));
    planned.action = action.as_ref().map(|action| action.value.clone());
    if let Some(times) = options.take_number("times") {
        planned.times = u32::try_from(times).unwrap_or(u32::MAX);
    }
    if let Some(delay) = options.remove("delay") {
        planned.delay = options.parse_duration(&delay, values::MAX_CLOCK)?;
    }
    if let Some(code) = options.remove("code") {
        planned.code = code.value;
    }
    Some(Operation::Fault { planned, at: object.at, action: action.map(|action| action.at), order })
}

/// Takes the state of an order, by its name in the control interface, or `refunded` for a refund.
fn take_state(options: &mut Options<'_>) -> Option<String> {
    let state = options.remove("state")?;
    if state.value == REFUNDED || OrderState::from_name(&state.value).is_some() {
        return Some(state.value);
    }
    let names: Vec<_> = OrderState::list_names().chain([REFUNDED]).collect();
    options.report(state.at, describe_unknown("state", &state.value, &names))
}
