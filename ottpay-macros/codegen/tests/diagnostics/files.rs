//! Files: what cannot be read, or has another shape than a specification.

use std::fs;

use super::{Folder, HEAD, action, fields};

#[test]
fn doubled_keys_are_refused_at_the_second() {
    assert_eq!(
        action("doubled_key", "effect: read\n"),
        [
            "spec/actions/pay.yaml:6:1: the key `effect` stands twice, before this in line 3\nhelp: remove one of the two"
        ]
    );
    assert_eq!(
        fields("doubled_field", &["a: { type: text, doc: D }", "a: { type: text, doc: D }"]),
        ["spec/actions/pay.yaml:8:3: the key `a` stands twice, before this in line 7\nhelp: remove one of the two"]
    );
}

#[test]
fn yaml_that_is_none_is_named_at_its_place() {
    let [problem] = &action("syntax", "request: {a: 1\n")[..] else { panic!("one problem") };
    assert_eq!(problem, "spec/actions/pay.yaml:6:10: not valid YAML: unclosed bracket '{'");
    assert_eq!(
        action("two_documents", "---\naction: PAY\n"),
        ["spec/actions/pay.yaml:7:1: multiple YAML documents: a file holds one"]
    );
    let [problem] = &action("tab", "request:\n\ta: 1\n")[..] else { panic!("one problem") };
    assert!(problem.starts_with("spec/actions/pay.yaml:7:") && problem.contains("tab"), "{problem}");
    assert!(!problem.contains("<input>"), "{problem}");
}

#[test]
fn deep_nesting_and_wide_files_end_in_time() {
    let deep = format!("request: {}{}\n", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(action("deep", &deep).len(), 1);
    let wide: String = (0..20_000).map(|index| format!("  a{index}: {{ type: text, doc: D }}\n")).collect();
    let start = std::time::Instant::now();
    assert_eq!(
        action("wide", &format!("request:\n{wide}")),
        ["spec/actions/pay.yaml:107:3: PAY has more than 100 fields"]
    );
    assert!(start.elapsed() < std::time::Duration::from_secs(20));
}

#[test]
fn kinds_of_values_are_checked() {
    assert_eq!(
        action("kinds", "request: [a, b]\ncallback: { a: b }\nexamples: none\nouter: 5\n"),
        [
            "spec/actions/pay.yaml:6:10: `request` of the action must be a map of names, found a list",
            "spec/actions/pay.yaml:7:11: `callback` of the action must be text, found a map",
            "spec/actions/pay.yaml:8:11: `examples` must be a list, found text",
            "spec/actions/pay.yaml:9:8: `outer` of the action must be a map of names, found a number",
        ]
    );
    let folder = Folder::new("version");
    folder.write("actions/pay.yaml", HEAD.replace("\"1.0\"", "1.0"));
    assert_eq!(
        folder.problems(),
        [
            "spec/actions/pay.yaml:2:10: `version` of the action must be text, found a number\nhelp: write it in quotes, such as \"1.0\""
        ]
    );
}

#[test]
fn keys_that_are_missing_or_unknown_are_named() {
    let folder = Folder::new("missing");
    folder.write("actions/pay.yaml", "action: PAY\nversion: \"1.0\"\nsumary: S\npage: example.com/p\n");
    assert_eq!(
        folder.problems(),
        [
            "spec/actions/pay.yaml:1:1: the action has no `effect`\nhelp: add `effect: …`",
            "spec/actions/pay.yaml:1:1: the action has no `summary`\nhelp: add `summary: …`",
            "spec/actions/pay.yaml:3:1: the action has no key `sumary`\nhelp: did you mean `summary`?",
        ]
    );
    assert_eq!(
        fields("field_keys", &["a: { type: text, opional: true, doc: D }", "b: { doc: D }"]),
        [
            "spec/actions/pay.yaml:7:20: the field `a` has no key `opional`\nhelp: did you mean `optional`?",
            "spec/actions/pay.yaml:8:6: the field `b` has no `type`\nhelp: add `type: …`",
        ]
    );
}

#[test]
fn empty_files_and_files_that_are_no_text_are_named() {
    let folder = Folder::new("empty");
    folder.write("actions/pay.yaml", "# nothing\n");
    assert_eq!(folder.problems(), ["spec/actions/pay.yaml:2:1: the action is empty"]);
    folder.write("actions/pay.yaml", b"action: \xff\n");
    assert_eq!(folder.problems(), ["spec/actions/pay.yaml:1:1: the file is not UTF-8 text"]);
    folder.write("actions/pay.yaml", vec![b'#'; 1024 * 1024 + 1]);
    assert_eq!(folder.problems(), ["spec/actions/pay.yaml:1:1: the file is larger than 1 MiB"]);
}

#[test]
fn folders_are_checked() {
    let folder = Folder::new("folders");
    folder.write("actions/notes.txt", "x");
    folder.write("actions/.hidden", "x");
    assert_eq!(
        folder.problems(),
        [
            "spec/actions/notes.txt:1:1: only action files belong in this folder\nhelp: name it `NAME.yaml`, one action each, or move it elsewhere"
        ]
    );
    let folder = Folder::new("no_actions");
    fs::remove_file(folder.0.join("actions/pay.yaml")).unwrap();
    assert_eq!(
        folder.problems(),
        ["spec/actions:1:1: the folder has no action\nhelp: add a file such as `refund.yaml`"]
    );
    let folder = Folder(folder.0.join("nowhere"));
    assert_eq!(
        folder.problems(),
        ["spec:1:1: there is no such folder\nhelp: the folder is looked for in the package, beside its Cargo.toml"]
    );
}
