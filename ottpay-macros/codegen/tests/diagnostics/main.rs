//! What a person who writes a specification file can get wrong, and what the generator says: every problem of every
//! file in one run, each at its own line and column.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod actions;
mod fields;
mod files;
mod names;
mod types;

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
