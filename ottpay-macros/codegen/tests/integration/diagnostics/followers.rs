//! A missing, unreadable or too large item is one error: items that depend on it are not checked.

use std::fs;

use super::slips::{good, messages};

const HEAD: &str = "version: \"1.0\"\neffect: read\nsummary: S\npage: example.com/p\n";

fn numbered(count: usize, entry: impl Fn(usize) -> String) -> String {
    (0..count).map(entry).collect()
}

#[test]
fn a_file_that_is_missing_or_unreadable_is_one_error() {
    let mut wrong = Vec::new();
    for file in ["gateway.yaml", "types.yaml", "callbacks.yaml", "actions/pay.yaml", "actions/ask.yaml"] {
        let text = fs::read_to_string(good("text").0.join(file)).unwrap();
        let too_large = format!("{text}{}", "# more\n".repeat(200_000));
        let with_head = |head: &str| format!("{head}{text}").into_bytes();
        for (what, bytes) in [
            ("too large", too_large.into_bytes()),
            ("not UTF-8", [text.as_bytes(), b"# \xff\n"].concat()),
            ("not YAML", with_head("}\n")),
            ("too deep", with_head(&format!("a: {}\n", "[".repeat(50)))),
            ("an open quote", with_head("\"\n")),
            ("a list", b"- one\n- two\n".to_vec()),
            ("text", b"nothing but text\n".to_vec()),
            ("empty", Vec::new()),
            ("cut off", text.as_bytes()[..text.len() - 3].to_vec()),
        ] {
            let spec = good("unreadable");
            spec.write(file, &bytes);
            let messages = messages(&spec);
            if messages.len() != 1 {
                wrong.push(format!("{file}, {what}: {messages:#?}"));
            }
        }
    }
    let spec = good("no_actions");
    fs::remove_dir_all(spec.0.join("actions")).unwrap();
    assert_eq!(messages(&spec), ["spec: the folder has no action"]);
    let spec = good("no_action");
    fs::remove_file(spec.0.join("actions/pay.yaml")).unwrap();
    fs::remove_file(spec.0.join("actions/ask.yaml")).unwrap();
    assert_eq!(messages(&spec), ["spec/actions: the folder has no action"]);
    let spec = good("no_gateway");
    fs::remove_file(spec.0.join("gateway.yaml")).unwrap();
    assert_eq!(messages(&spec), ["spec: the folder has no `gateway.yaml`"]);
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

/// The last of many is used, and is therefore omitted when the list is truncated.
#[test]
fn more_entries_than_are_read_is_one_error() {
    let words = numbered(2_000, |index| format!("    W{index}: {{ doc: D }}\n"));
    let many_words = format!("Many:\n  doc: D\n  values:\n{words}");
    let use_word = "request:\n  a: { type: Many, only: [W1999], doc: D }\n  b: { type: Many, const: W1500, doc: D }\n\
                    examples:\n  one: { request: { a: W1999 } }\n";
    let fields = numbered(101, |index| format!("  a{index}: {{ type: text, doc: D }}\n"));
    let deep_fields = numbered(101, |index| format!("    a{index}: {{ type: text, doc: D }}\n"));
    let values = numbered(101, |index| format!("      a{index}: x\n"));
    let types = numbered(1_500, |index| format!("T{index}: {{ type: text, doc: D }}\n"));
    let object = format!("Said2:\n  doc: D\n  fields:\n{deep_fields}");
    let callbacks = numbered(1_500, |index| {
        format!("c{index}: {{ summary: S, page: example.com/p, standalone: true, fields: {{}} }}\n")
    });
    let aliases = numbered(1_500, |index| format!("b{index}, "));
    let examples = numbered(1_500, |index| format!("  e{index}: {{ request: {{ a: x }} }}\n"));
    let methods = numbered(1_500, |index| format!("  m{index}: {{ action: M{index}, summary: S }}\n"));
    let mut wrong = Vec::new();
    for (what, extra, action) in [
        ("words", Some(("types.yaml", many_words)), use_word.to_owned()),
        ("fields of a request", None, format!("request:\n{fields}examples:\n  one:\n    request:\n{values}")),
        (
            "fields of a request that name each other",
            None,
            format!("request:\n  z: {{ type: text, copy_of: a100, doc: D }}\n{fields}"),
        ),
        ("fields of a reply", None, format!("reply:\n{fields}examples:\n  one:\n    reply:\n{values}")),
        ("types", Some(("types.yaml", types)), "request:\n  a: { type: T1499 }\n".to_owned()),
        ("members", Some(("types.yaml", object)), "reply:\n  a: { type: Said2, doc: D }\n".to_owned()),
        ("callbacks", Some(("callbacks.yaml", callbacks)), "callback: c1499\n".to_owned()),
        (
            "aliases",
            None,
            format!(
                "reply:\n  a: {{ type: text, doc: D, aliases: [{aliases}z] }}\n  b1499: {{ type: text, doc: D }}\n"
            ),
        ),
        ("examples", None, format!("request:\n  a: {{ type: text, doc: D }}\nexamples:\n{examples}")),
        ("methods", None, format!("methods:\n{methods}")),
    ] {
        let spec = good("too_many");
        if let Some((file, text)) = extra {
            let there = fs::read_to_string(spec.0.join(file)).unwrap();
            spec.write(file, format!("{there}{text}"));
        }
        let head = match action.starts_with("methods") {
            true => HEAD.replace("summary: S\n", ""),
            false => format!("action: MORE\n{HEAD}"),
        };
        spec.write("actions/more.yaml", format!("{head}{action}"));
        let messages = messages(&spec);
        if messages.len() != 1 || !messages[0].contains("more than") {
            wrong.push(format!("{what}: {messages:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
