//! Actions: what belongs to them, and to what carries them.

use super::{Folder, HEAD};

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
fn what_carries_an_action_decides_what_belongs_to_it() {
    let folder = Folder::new("protocols");
    let link = "action: pay\nprotocol: link\nversion: \"1\"\nbase_url: http://pay.example/\npath: /pay\neffect: write\nsummary: S\npage: example.com/p\n\
        outer:\n  a: { type: text, doc: D }\nreply:\n  b: { type: text, doc: D }\n";
    folder.write("actions/link.yaml", link);
    folder.write(
        "actions/json.yaml",
        link.replace("link", "json").replace("http:", "ftp:").replace("version: \"1\"\n", ""),
    );
    folder.write("actions/odd.yaml", HEAD.replace("version", "protocol: post\nversion"));
    folder.write(
        "actions/cards.yaml",
        format!("{HEAD}methods:\n  send: {{ action: A B, summary: S }}\n  buy: {{ action: BUY, reserve: true }}\n"),
    );
    assert_eq!(
        folder.problems(),
        [
            "spec/actions/cards.yaml:1:9: `action` stands beside `methods`, each of which has its own\nhelp: remove it",
            "spec/actions/cards.yaml:4:10: `summary` stands beside `methods`, each of which has its own\nhelp: remove it",
            "spec/actions/cards.yaml:7:3: `send` cannot be the name of a method\nhelp: name it in snake_case, such as `card_purchase`",
            "spec/actions/cards.yaml:7:19: `A B` cannot be an action of the gateway",
            "spec/actions/cards.yaml:8:8: the method `buy` has no `summary`\nhelp: add `summary: …`",
            "spec/actions/cards.yaml:8:23: the method `buy` has no key `reserve`\nhelp: did you mean `reserves`?",
            "spec/actions/json.yaml:3:11: the base address must be https\nhelp: write it as `https://HOST`, without a slash at the end",
            "spec/actions/json.yaml:9:3: `outer` has no meaning with `protocol: json`\nhelp: remove it",
            "spec/actions/link.yaml:3:10: `version` has no meaning with `protocol: link`\nhelp: remove it",
            "spec/actions/link.yaml:4:11: the base address must be https\nhelp: write it as `https://HOST`, without a slash at the end",
            "spec/actions/link.yaml:10:3: `outer` has no meaning with `protocol: link`\nhelp: remove it",
            "spec/actions/link.yaml:12:3: `reply` has no meaning with `protocol: link`\nhelp: remove it",
            "spec/actions/odd.yaml:2:11: unknown protocol `post`\nhelp: known are `envelope`, `json`, `link`, `sdk`",
        ]
    );
}

#[test]
fn a_list_of_methods_that_is_none_gives_one_message() {
    for (name, methods, problem) in [
        (
            "empty",
            "methods: {}\n",
            "spec/actions/pay.yaml:6:1: `methods` lists no method\nhelp: add `NAME: { action: …, summary: … }`, or remove `methods`",
        ),
        (
            "text",
            "methods: pay\n",
            "spec/actions/pay.yaml:6:10: `methods` of the action must be a map of names, found text",
        ),
    ] {
        let folder = Folder::new(&format!("methods_{name}"));
        let head = HEAD.replace("action: PAY\n", "unknown: []\n").replace("summary: S\n", "doc: D\n");
        folder.write("actions/pay.yaml", format!("{head}{methods}"));
        assert_eq!(folder.problems(), [problem]);
    }
    let folder = Folder::new("reserving_read");
    let head = HEAD.replace("action: PAY\n", "").replace("summary: S\n", "").replace("write", "read");
    folder
        .write("actions/pay.yaml", format!("{head}methods:\n  hold: {{ action: HOLD, summary: S, reserves: true }}\n"));
    assert_eq!(
        folder.problems(),
        [
            "spec/actions/pay.yaml:5:3: the method `hold` reserves money, and `effect: read` moves none\nhelp: write `effect: write`"
        ]
    );
}
