//! Random specifications, most of which are valid: the code that is generated from those must compile.

use std::fmt::Write as _;

use fastrand::Rng;

/// Names that do not clash with any other.
const PLAIN: [&str; 9] = ["price", "size", "a1", "note", "money", "shop_id", "points", "payInfo", "finish_time"];

/// Names that might clash with those of Rust, of the library, or with each other once they are converted to Rust names.
const ODD: [&str; 24] = [
    "type",
    "match",
    "self",
    "Self",
    "crate",
    "fn",
    "async",
    "union",
    "a",
    "A",
    "aB",
    "a_b",
    "_x",
    "data",
    "md5",
    "Option",
    "String",
    "Vec",
    "Result",
    "merchant_id",
    "order_status",
    "new",
    "build",
    "raw",
];

/// Types of fields that are sent, and those of fields that are received; the ids have fields of their own.
const SENT: [&str; 7] = ["text", "text", "amount", "url", "currency", "timestamp", "Colour"];
const RECEIVED: [&str; 9] = ["text", "text", "amount", "url", "currency", "datetime", "decimal", "json", "Colour"];

const ACTIONS: [&str; 10] =
    ["loyalty", "ping", "a1", "taste", "my_type", "x", "send_all", "vec_of", "results", "client_of"];

/// A specification that extends that of `ottpay`, in the form of an input.
pub fn extension(chance: &mut Rng) -> Vec<u8> {
    let mut all = String::new();
    let mut is_typed = false;
    let mut actions = ACTIONS;
    chance.shuffle(&mut actions);
    for name in actions.into_iter().take(chance.usize(1..=2)) {
        let text = action(name, chance);
        is_typed |= text.contains("Colour");
        all += &text;
    }
    if is_typed {
        all += "=== types.yaml\nColour:\n  doc: D\n  values:\n    RED: { doc: D }\n    BLUE: { doc: D }\n    \"2\": { name: Two, doc: D }\n";
    }
    all.into_bytes()
}

fn action(name: &str, chance: &mut Rng) -> String {
    let is_write = chance.bool();
    let mut text = format!("=== actions/{name}.yaml\naction: {}\n", name.to_uppercase());
    match chance.u8(..4) {
        0 => text += "protocol: json\nbase_url: https://plain.example\npath: /plain\n",
        _ => text += "version: \"1.0\"\n",
    }
    text += if is_write { "effect: write\nquery: { none: R }\n" } else { "effect: read\n" };
    text += "summary: S\npage: docs.ottpay.com/payment-api/common-rules\n";
    for part in ["request", "reply"] {
        let (mut plain, mut odd) = (PLAIN, ODD);
        chance.shuffle(&mut plain);
        chance.shuffle(&mut odd);
        let (of_plain, of_odd) = (chance.usize(..6), chance.usize(..3));
        let has_id = chance.bool();
        if of_plain + of_odd > 0 || has_id {
            text += &format!("{part}:\n");
        }
        if has_id {
            text += &format!(
                "  order_id: {{ type: {}, doc: D }}\n",
                ["order_id", "refund_id", "checkout_id"][chance.usize(..3)]
            );
        }
        for field in plain.into_iter().take(of_plain).chain(odd.into_iter().take(of_odd)) {
            write_field(&mut text, part, field, chance);
        }
    }
    text
}

fn write_field(text: &mut String, part: &str, name: &str, chance: &mut Rng) {
    let kind = match part {
        "request" => SENT[chance.usize(..SENT.len())],
        _ => RECEIVED[chance.usize(..RECEIVED.len())],
    };
    // Appending to a string cannot fail.
    let _ = write!(text, "  {name}: {{ type: {kind}");
    if name.starts_with(|first: char| !first.is_ascii_lowercase()) || chance.u8(..8) == 0 {
        let _ = write!(text, ", name: field_{}", chance.u16(..));
    }
    let mut add = |odds: u8, more: &str| {
        if chance.u8(..odds) == 0 {
            text.push_str(more);
        }
    };
    add(2, ", optional: true");
    add(5, ", sensitive: true");
    add(5, ", evidence: assumed");
    match part {
        "reply" => add(5, &format!(", aliases: [other_{name}]")),
        _ if kind == "text" => add(4, ", max_len: 20"),
        _ => {}
    }
    text.push_str(", doc: \"D `x` <b>\" }\n");
}
