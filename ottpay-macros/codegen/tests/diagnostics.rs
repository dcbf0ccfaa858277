//! What a person who writes a specification file can get wrong, and what the generator says: every problem of every
//! file in one run, each at its own line and column.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::fs;
use std::path::PathBuf;

const GATEWAY: &str = "base_url: https://gateway.example\npath: /v1\nframing: json\ncipher: aes-128-ecb\n\
    acknowledgement: { status: 200, content_type: text/plain, body: OK }\ncodes:\n  SUCCESS: { class: accepted, doc: D }\npage: example.com/p\n";
const TYPES: &str = "Wallet:\n  doc: D\n  values:\n    RED: { doc: D }\n    BLUE: { doc: D }\n";
const CALLBACKS: &str =
    "paid:\n  summary: S\n  page: example.com/p\n  fields:\n    order_id: { type: order_id, doc: D }\n";
const HEAD: &str = "action: PAY\nversion: \"1.0\"\neffect: write\nsummary: S\npage: example.com/p\n";

/// A folder with a good specification, in which a test spoils something.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("actions")).unwrap();
        let folder = Self(folder);
        folder.write("gateway.yaml", GATEWAY);
        folder.write("types.yaml", TYPES);
        folder.write("callbacks.yaml", CALLBACKS);
        folder.write("actions/pay.yaml", HEAD);
        folder
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.0.join(name), text).unwrap();
    }

    /// Every problem as text, in the order in which it would be shown.
    fn problems(&self) -> Vec<String> {
        match ottpay_codegen::expand(&self.0, "spec") {
            Ok(_) => Vec::new(),
            Err(diagnostics) => diagnostics.into_sorted().iter().map(ToString::to_string).collect(),
        }
    }
}

/// The problems of a specification whose action ends in `body`.
fn action(name: &str, body: &str) -> Vec<String> {
    let folder = Folder::new(name);
    folder.write("actions/pay.yaml", format!("{HEAD}{body}"));
    folder.problems()
}

/// The problems of a request that has these fields, one a line, from line 7 on.
fn fields(name: &str, fields: &[&str]) -> Vec<String> {
    let lines: String = fields.iter().map(|field| format!("  {field}\n")).collect();
    action(name, &format!("request:\n{lines}"))
}

#[test]
fn a_good_specification_has_no_problems() {
    assert_eq!(Folder::new("good").problems(), [""; 0]);
}

#[test]
fn every_problem_of_every_file_is_found_in_one_run() {
    let folder = Folder::new("all_at_once");
    folder.write("types.yaml", "wallet:\n  doc: D\n  values:\n    RED: { doc: D, clas: paid }\n");
    folder.write("gateway.yaml", GATEWAY.replace("framing: json", "framing: jsno"));
    folder.write("actions/pay.yaml", format!("{HEAD}callback: payed\nrequest:\n  amount: {{ type: amout, doc: D }}\n"));
    assert_eq!(
        folder.problems(),
        [
            "spec/actions/pay.yaml:6:11: unknown callback `payed`\nhelp: did you mean `paid`?",
            "spec/actions/pay.yaml:8:19: unknown type `amout`\nhelp: did you mean `amount`? Other types are declared in types.yaml",
            "spec/gateway.yaml:3:10: unknown framing `jsno`\nhelp: did you mean `json`?",
            "spec/types.yaml:1:1: the type `wallet` needs a name in CamelCase\nhelp: write `Wallet`",
            "spec/types.yaml:4:20: the word `RED` has no key `clas`\nhelp: did you mean `class`?",
        ]
    );
}

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

#[test]
fn names_that_rust_cannot_have_are_named() {
    assert_eq!(
        fields(
            "names",
            &[
                "order_id: { type: order_id, doc: D }",
                "orderId: { type: order_id, role: original_order, doc: D }",
                "send: { type: text, doc: D }",
                "self: { type: text, doc: D }",
                "\"a b\": { type: text, doc: D }",
            ]
        ),
        [
            "spec/actions/pay.yaml:8:3: PAY: `orderId` and `order_id` both give the name `order_id`\nhelp: give one of them a `name:`",
            "spec/actions/pay.yaml:9:3: the field `send` would give a method `send`, which has another meaning\nhelp: add `name: send_field` or the like",
            "spec/actions/pay.yaml:10:3: the field `self` would give a method `self`, which has another meaning\nhelp: add `name: self_field` or the like",
            "spec/actions/pay.yaml:11:3: `a b` cannot be the name of a field\nhelp: use letters, digits and `_`, beginning with a letter",
        ]
    );
}

#[test]
fn names_of_further_setters_and_type_parameters_must_differ_too() {
    assert_eq!(
        fields(
            "further_names",
            &[
                "a1: { type: text, doc: D }",
                "a_1: { type: text, doc: D }",
                "b: { type: text, may_omit: true, doc: D }",
                "without_b: { type: text, doc: D }",
                "maybe_c: { type: text, doc: D }",
                "c: { type: text, optional: true, doc: D }",
            ]
        ),
        [
            "spec/actions/pay.yaml:8:3: PAY: `a_1` and `a1` both give the name `A1`\nhelp: give one of them a `name:`",
            "spec/actions/pay.yaml:10:3: PAY: `without_b` and `b` both give the name `without_b`\nhelp: give one of them a `name:`",
            "spec/actions/pay.yaml:12:3: PAY: `c` and `maybe_c` both give the name `maybe_c`\nhelp: give one of them a `name:`",
        ]
    );
}

#[test]
fn names_of_the_library_and_of_the_envelope_are_taken() {
    let folder = Folder::new("taken");
    folder.write("actions/rate.yaml", HEAD);
    folder.write("actions/self.yaml", HEAD);
    folder.write("actions/pay.yaml", format!("{HEAD}outer:\n  md5: {{ type: text, doc: D }}\n"));
    folder.write("callbacks.yaml", CALLBACKS.replace("  summary", "  method: send\n  summary"));
    assert_eq!(
        folder.problems(),
        [
            "spec/actions/pay.yaml:7:3: `md5` is a member of the envelope, which the client writes\nhelp: remove it",
            "spec/actions/rate.yaml:1:1: the Rust type `Rate` would hide the one of the library\nhelp: give it another name",
            "spec/actions/self.yaml:1:1: `self` cannot be the name of a method\nhelp: name it in snake_case, such as `status_query.yaml`; the name becomes the client's method",
            "spec/callbacks.yaml:2:11: `send` cannot be the name of a callback\nhelp: name it in snake_case, such as `payment`; no word of Rust, and no method that every client has",
        ]
    );
}

#[test]
fn a_part_is_played_by_one_field() {
    assert_eq!(
        fields(
            "roles",
            &[
                "a: { type: order_id, doc: D }",
                "b: { type: order_id, doc: D }",
                "c: { type: order_id, role: none, doc: D }"
            ]
        ),
        [
            "spec/actions/pay.yaml:8:3: PAY: `b` and `a` both play the role `order`\nhelp: give one of them another `role:`, or `role: none`"
        ]
    );
    let [problem] = &fields("role_type", &["a: { type: text, role: amount, doc: D }"])[..] else {
        panic!("one problem")
    };
    assert!(
        problem.starts_with("spec/actions/pay.yaml:7:26: a field of this type cannot play the role `amount`\nhelp: ")
    );
}

#[test]
fn constants_follow_the_rules_of_their_field() {
    assert_eq!(
        fields(
            "constants",
            &["a: { type: amount, const: abc, doc: D }", "b: { type: text, len: 2, const: ABC, doc: D }"]
        ),
        [
            "spec/actions/pay.yaml:7:3: the constant of the field `a` must be a whole number of digits",
            "spec/actions/pay.yaml:8:3: the constant of the field `b` has 3 characters, which its limits do not allow",
        ]
    );
}

#[test]
fn pages_are_cited_by_site_and_path() {
    let help = "a page is cited by site and path\nhelp: write site and path, such as `docs.ottpay.com/payment-api/common-rules`";
    for page in ["https://docs.ottpay.com/x", "Payment Request with WeChat Pay", "docs.ottpay.com"] {
        let folder = Folder::new("pages");
        folder.write("actions/pay.yaml", HEAD.replace("example.com/p", page));
        assert_eq!(folder.problems(), [format!("spec/actions/pay.yaml:5:7: {help}")]);
    }
}

#[test]
fn keywords_are_escaped_and_not_refused() {
    assert_eq!(fields("keywords", &["type: { type: text, doc: D }", "match: { type: text, doc: D }"]), [""; 0]);
}

#[test]
fn two_actions_cannot_share_a_rust_name() {
    let folder = Folder::new("clash");
    folder.write("actions/pay_reply.yaml", HEAD);
    folder.write("actions/paid_callback.yaml", HEAD);
    assert_eq!(
        folder.problems(),
        [
            "spec/actions/paid_callback.yaml:1:1: the Rust type `PaidCallback` is also made from spec/callbacks.yaml:1\nhelp: rename one of the two",
            "spec/actions/pay_reply.yaml:1:1: the Rust type `PayReply` is also made from spec/actions/pay.yaml:1\nhelp: rename one of the two",
            "spec/callbacks.yaml:1:1: the method `paid_callback` is also made from spec/actions/paid_callback.yaml:1\nhelp: rename one of the two",
        ]
    );
}

#[test]
fn rules_that_contradict_are_named() {
    assert_eq!(
        fields(
            "contradictions",
            &[
                "a: { type: text, const: X, optional: true, doc: D }",
                "b: { type: amount, max_len: 5, doc: D }",
                "c: { type: text, min_len: 5, max_len: 4, doc: D }",
                "d: { type: text, only: [X], doc: D }",
                "e: { type: Wallet, only: [RED, GREEN], doc: D }",
                "f: { type: datetime, doc: D }",
                "g: { type: text, aliases: [h], doc: D }",
            ]
        ),
        [
            "spec/actions/pay.yaml:7:3: `optional` of the field `a` contradicts `const`: the client always writes it\nhelp: remove it",
            "spec/actions/pay.yaml:8:31: the type of the field `b` takes no limits on its text\nhelp: limits belong to text, order_id and url",
            "spec/actions/pay.yaml:9:29: the field `c` would have to be at least 5 and at most 4 long",
            "spec/actions/pay.yaml:10:27: `only` of the field `d` needs an enum as type\nhelp: declare one in types.yaml, or remove `only`",
            "spec/actions/pay.yaml:11:34: `GREEN` is not a word of `Wallet`\nhelp: known are `RED`, `BLUE`",
            "spec/actions/pay.yaml:12:3: `type` of the field `f` is for replies and callbacks only\nhelp: remove it",
            "spec/actions/pay.yaml:13:3: `aliases` of the field `g` has no meaning in a request: one name is sent\nhelp: remove it",
        ]
    );
}

#[test]
fn words_of_an_enum_are_checked() {
    let folder = Folder::new("words");
    folder.write(
        "types.yaml",
        "Wallet:\n  doc: D\n  loose: true\n  values:\n    RED: { aliases: [red], doc: D }\n    Blue: { name: other, doc: D }\n    green: { class: payed, doc: D }\nAmount:\n  doc: D\n  values: {}\nSelf:\n  doc: D\n  values: { A: { doc: D } }\n",
    );
    assert_eq!(
        folder.problems(),
        [
            "spec/types.yaml:5:22: `red` already stands for `RED`\nhelp: remove one of the two",
            "spec/types.yaml:6:19: `other` cannot be the name of a variant of `Wallet`\nhelp: give it a `name:` in CamelCase, not `Other`",
            "spec/types.yaml:7:21: unknown class `payed`\nhelp: did you mean `paid`?",
            "spec/types.yaml:8:1: the type `Amount` has no words\nhelp: add `values:` with at least one word",
            "spec/types.yaml:8:1: the Rust type `Amount` would hide the one of the library\nhelp: give it another name",
            "spec/types.yaml:11:1: the type `Self` needs a name in CamelCase\nhelp: give it another name",
        ]
    );
}

#[test]
fn examples_must_follow_the_rules_they_show() {
    let body = "request:\n  a: { type: text, max_len: 2, doc: D }\n  b: { type: amount, doc: D }\n  c: { type: text, const: X, doc: D }\n\
        \x20 d: { type: Wallet, doc: D }\nexamples:\n  - request: { a: abc, b: \"1.5\", c: X, d: PINK, e: f }\n  - request: { a: ab, b: 5 }\n";
    assert_eq!(
        action("examples", body),
        [
            "spec/actions/pay.yaml:12:19: `a` of the example has 3 characters, which its limits do not allow",
            "spec/actions/pay.yaml:12:27: `b` of the example must be a whole number of digits",
            "spec/actions/pay.yaml:12:37: `c` is a constant\nhelp: remove it: the client writes it",
            "spec/actions/pay.yaml:12:43: `d` of the example must be a word of `Wallet` that is taken here",
            "spec/actions/pay.yaml:12:49: the request has no field `e`\nhelp: did you mean `a`?",
            "spec/actions/pay.yaml:13:5: the example's request lacks the required field `b`\nhelp: add it, or make the field `optional: true`",
            "spec/actions/pay.yaml:13:5: the example's request lacks the required field `d`\nhelp: add it, or make the field `optional: true`",
            "spec/actions/pay.yaml:13:26: the example's `b` must be text, found a number\nhelp: write it in quotes, such as \"1.0\"",
        ]
    );
}

#[test]
fn the_gateway_is_checked() {
    let folder = Folder::new("gateway");
    let bad = GATEWAY
        .replace("https://gateway.example", "http://gateway.example")
        .replace("path: /v1", "path: v1")
        .replace("cipher: aes-128-ecb", "cipher: aes-128-cbc")
        .replace("SUCCESS", "success")
        .replace("200", "2000");
    folder.write("gateway.yaml", bad);
    assert_eq!(
        folder.problems(),
        [
            "spec/gateway.yaml:1:11: the base address must be https\nhelp: write it as `https://HOST`, without a slash at the end",
            "spec/gateway.yaml:2:7: a path begins with a slash and has no query\nhelp: write it as `/processV2`",
            "spec/gateway.yaml:4:9: `aes-128-cbc` needs an `iv`\nhelp: add `iv: zero` or `iv: key`",
            "spec/gateway.yaml:5:28: expected an HTTP status between 100 and 599",
            "spec/gateway.yaml:7:3: response codes are compared in upper case\nhelp: write `SUCCESS`",
        ]
    );
}
