//! One slip is one message: items that depend on it are not checked.

use std::fs;

use super::{GATEWAY, Spec};

const TYPES: &str = "\
Colour:
  doc: A colour.
  values:
    RED: { doc: Red. }
    BLUE: { doc: Blue. }
Said:
  doc: An object.
  fields:
    text: { type: text, doc: What was said. }
Note: { type: text, max_len: 9, doc: A note. }
State:
  doc: A state.
  values:
    paid: { class: paid, doc: Paid. }
";
const CALLBACKS: &str = "\
heard:
  summary: Something was heard.
  page: example.com/p
  fields:
    order_id: { type: order_id, doc: Order. }
  examples:
    one: { order_id: T1 }
";
const PAY: &str = "\
action: PAY
version: \"1.0\"
effect: write
summary: Pays.
page: example.com/p
query:
  - { action: ask, set: { order_id: order_id, colour: colour }, evidence: vendor }
request:
  order_id: { type: order_id, doc: Order. }
  amount: { type: amount, doc: Amount. }
  colour: { type: Colour, only: [RED], doc: Colour. }
reply:
  order_id: { type: order_id, doc: Order. }
callback: heard
examples:
  one:
    request: { order_id: T1, amount: \"5\", colour: RED }
    reply: { order_id: T1 }
";
const ASK: &str = "\
action: ASK
version: \"1.0\"
effect: read
summary: Asks.
page: example.com/p
request:
  order_id: { type: order_id, doc: Order. }
  colour: { type: Colour, only: [RED], doc: Colour. }
  note: { type: Note, optional: true }
  code: { type: ResponseCode, const: SUCCESS, doc: Code. }
reply:
  colour: { type: Colour, doc: Colour. }
  said: { type: Said, optional: true, doc: What was said. }
  state: { type: State, doc: State. }
examples:
  one:
    request: { order_id: T1, colour: RED, note: short }
    reply: { colour: BLUE, state: paid }
";

/// The replacements in each file.
const SLIPS: &[(&str, &str, &str)] = &[
    // A key that hides the keys below it.
    ("actions/ask.yaml", "reply:\n  colour", "replay:\n  colour"),
    ("actions/ask.yaml", "reply:\n  colour", "answer:\n  colour"),
    ("actions/ask.yaml", "request:\n  order", "reqest:\n  order"),
    ("actions/ask.yaml", "request:\n  order", "asked:\n  order"),
    ("actions/ask.yaml", "said: { type:", "said: { tpye:"),
    ("actions/ask.yaml", "said: { type: Said,", "said: { type: 5,"),
    ("actions/ask.yaml", "said: { type: Said,", "said: { type: [Said],"),
    ("actions/ask.yaml", "said: { type: Said,", "said: {"),
    ("actions/ask.yaml", "said: { type: Said, optional: true, doc: What was said. }", "said: Said"),
    ("actions/ask.yaml", "said: { type: Said, optional: true, doc: What was said. }", "said:"),
    ("actions/ask.yaml", "note: { type: Note, optional: true }", "note: { tpye: Note, optional: true }"),
    ("actions/ask.yaml", "note: { type: Note,", "note: { type: Nite,"),
    ("actions/ask.yaml", "order_id: { type: order_id, doc: Order. }", "order_id: order_id"),
    ("actions/ask.yaml", "doc: What was said. }", "doc: 5 }"),
    ("actions/pay.yaml", "callback: heard", "calback: heard"),
    ("actions/pay.yaml", "callback: heard", "callback: 5"),
    ("actions/pay.yaml", "callback: heard", "callback: [heard]"),
    ("actions/pay.yaml", "callback: heard", "callback:"),
    ("actions/pay.yaml", "callback: heard", "callback: herd"),
    ("actions/pay.yaml", "query:", "qurey:"),
    ("actions/pay.yaml", "query:", "asked:"),
    ("actions/pay.yaml", "action: ask", "action: aks"),
    ("actions/pay.yaml", "action: ask", "acton: ask"),
    ("actions/pay.yaml", "action: ask", "action: pay"),
    ("actions/pay.yaml", "set: {", "sets: {"),
    ("actions/pay.yaml", "set: { order_id: order_id, colour: colour }", "set: [order_id]"),
    ("actions/pay.yaml", "colour: colour }", "color: colour }"),
    ("actions/pay.yaml", "colour: colour }", "colour: colur }"),
    ("actions/pay.yaml", "colour: colour }", "colour: [colour] }"),
    ("actions/pay.yaml", ", colour: colour }", " }"),
    ("actions/pay.yaml", "evidence: vendor", "evidence: vendr"),
    ("actions/pay.yaml", "evidence: vendor", "evidnce: vendor"),
    ("actions/pay.yaml", "request:\n  order", "reqest:\n  order"),
    ("actions/pay.yaml", "order_id: { type: order_id,", "order_id: { type: ordr_id,"),
    ("actions/pay.yaml", "colour: { type: Colour,", "colour: { type: Color,"),
    ("actions/ask.yaml", "state: { type: State,", "state: { type: Stat,"),
    ("types.yaml", "class: paid", "class: payed"),
    // Declarations on which others rest.
    ("types.yaml", "  values:", "  vlaues:"),
    ("types.yaml", "  values:", "  words:"),
    ("types.yaml", "  values:\n    RED: { doc: Red. }\n    BLUE: { doc: Blue. }", "  values: [RED, BLUE]"),
    ("types.yaml", "RED: { doc: Red. }", "RED: Red"),
    ("types.yaml", "RED: { doc: Red. }", "RED:"),
    ("types.yaml", "RED: { doc: Red. }", "RED: { doc: Red., clas: paid }"),
    ("types.yaml", "Colour:", "colour:"),
    ("types.yaml", "  fields:", "  feilds:"),
    ("types.yaml", "  fields:", "  members:"),
    ("types.yaml", "Note: { type: text", "Note: { typ: text"),
    ("types.yaml", "Note: { type: text", "Note: { kind: text"),
    ("types.yaml", "Note: { type: text", "Note: { type: txt"),
    ("types.yaml", "max_len: 9, doc", "max_len: 9, min_len: 10, doc"),
    ("types.yaml", "Note: { type: text, max_len: 9, doc: A note. }", "Note: 5"),
    ("types.yaml", "BLUE: { doc: Blue. }", "BLUE: { doc: Blue. "),
    ("types.yaml", TYPES, ""),
    ("types.yaml", TYPES, "# Nothing.\n"),
    ("types.yaml", TYPES, "- Colour\n"),
    ("callbacks.yaml", CALLBACKS, "# Nothing.\n"),
    ("callbacks.yaml", CALLBACKS, "[heard]\n"),
    ("callbacks.yaml", "  fields:", "  feilds:"),
    ("callbacks.yaml", "one: { order_id: T1 }", "one: { ordr_id: T1 }"),
    ("callbacks.yaml", "heard:", "Heard:"),
    ("gateway.yaml", "codes:", "coeds:"),
    ("gateway.yaml", "page:", "}page:"),
    ("gateway.yaml", "SUCCESS: { class", "SUCCESS: { clas"),
    // Text that is not YAML.
    ("actions/pay.yaml", "request:", "request: {"),
    ("types.yaml", "doc: An object.", "doc: { An object."),
    ("callbacks.yaml", "heard:", "heard: [] #"),
    // Examples.
    ("actions/ask.yaml", "one:\n    request:", "one:\n    reqest:"),
    ("actions/ask.yaml", "    reply: {", "    replay: {"),
    ("actions/ask.yaml", "    request: { order_id", "    request: { ordr_id"),
    ("actions/ask.yaml", "request: { order_id: T1, colour: RED, note: short }", "request: [a]"),
    ("actions/ask.yaml", "request: { order_id: T1, colour: RED, note: short }", "request: hello"),
    ("actions/ask.yaml", "colour: RED, note: short", "colour: GREEN, note: short"),
    // Rules.
    ("actions/pay.yaml", "action: PAY", "methods: {}\naction: PAY"),
    ("actions/pay.yaml", "order_id: T1, amount", "order_id: T 1, amount"),
    ("callbacks.yaml", "order_id: { type: order_id,", "order_id: { type: order_id, aliases: [\"\"],"),
    ("types.yaml", "  fields:\n    text: { type: text, doc: What was said. }", "  fields: {}"),
    ("actions/pay.yaml", "amount: { type: amount,", "amount: { type: amount, min_len: 9, max_len: 5,"),
    ("actions/ask.yaml", "only: [RED]", "only: [RED, RED]"),
    ("actions/ask.yaml", "only: [RED]", "only: []"),
    ("actions/ask.yaml", "only: [RED]", "only: [BLUE]"),
    ("actions/ask.yaml", "version: \"1.0\"", "version: \"\""),
    ("actions/ask.yaml", "summary: Asks.", "summary: \"\""),
];

pub(super) fn good(name: &str) -> Spec {
    let spec = Spec::good(&format!("single_slips/{name}"));
    fs::remove_file(spec.0.join("actions/other.yaml")).unwrap();
    for (file, text) in [
        ("types.yaml", TYPES),
        ("callbacks.yaml", CALLBACKS),
        ("actions/pay.yaml", PAY),
        ("actions/ask.yaml", ASK),
        ("gateway.yaml", GATEWAY),
    ] {
        spec.write(file, text);
    }
    spec
}

pub(super) fn messages(spec: &Spec) -> Vec<String> {
    spec.report()
        .diagnostics()
        .iter()
        .map(|found| format!("{}: {}", found.place.position.file, found.message))
        .collect()
}

#[test]
fn one_slip_is_one_message() {
    assert_eq!(messages(&good("none")), [""; 0]);
    let mut wrong = Vec::new();
    for (file, from, to) in SLIPS {
        let spec = good("one");
        let text = fs::read_to_string(spec.0.join(file)).unwrap();
        assert!(text.contains(from), "{file}: {from}");
        spec.write(file, text.replacen(from, to, 1));
        let messages = messages(&spec);
        if messages.len() != 1 {
            wrong.push(format!("{file}: {from:?} -> {to:?}: {messages:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), SLIPS.len(), wrong.join("\n"));
}

#[test]
fn a_file_that_is_refused_is_not_missed_as_well() {
    let mut wrong = Vec::new();
    for (from, to) in [
        ("types.yaml", "types.yml"),
        ("types.yaml", "Types.yaml"),
        ("types.yaml", "type.yaml"),
        ("callbacks.yaml", "callback.yaml"),
        ("gateway.yaml", "gatway.yaml"),
        ("actions/pay.yaml", "actions/pay.yml"),
        ("actions/pay.yaml", "actions/pay.yaml.yaml"),
        ("actions/pay.yaml", "pay.yaml"),
        ("actions", "action"),
        ("types.yaml", "actions/types.yaml"),
    ] {
        let spec = good("renamed");
        fs::rename(spec.0.join(from), spec.0.join(to)).unwrap();
        let messages = messages(&spec);
        if messages.len() != 1 {
            wrong.push(format!("{from} -> {to}: {messages:#?}"));
        }
    }
    for file in ["types.yaml", "callbacks.yaml", "gateway.yaml", "actions/pay.yaml"] {
        for target in ["nowhere", ".", "/dev/zero"] {
            let spec = good("linked");
            fs::remove_file(spec.0.join(file)).unwrap();
            std::os::unix::fs::symlink(target, spec.0.join(file)).unwrap();
            let messages = messages(&spec);
            if messages.len() != 1 {
                wrong.push(format!("{file} -> {target}: {messages:#?}"));
            }
        }
        let spec = good("bytes");
        let mut bytes = fs::read(spec.0.join(file)).unwrap();
        bytes.push(0xff);
        spec.write(file, bytes);
        let messages = messages(&spec);
        if messages.len() != 1 {
            wrong.push(format!("{file}, a byte: {messages:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
