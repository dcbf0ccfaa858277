//! `ottpay actions`, `spec`, `completions` and `man`.

use std::fs;
use std::process::Stdio;

use crate::common::{self, folder, ottpay, root, run};
use serde_json::Value;

#[test]
fn every_action_is_listed_as_json_with_its_fields() {
    let all = run(ottpay(&["actions", "--json"]), "").json();
    assert_eq!(all.as_array().unwrap().len(), ottpay::GATEWAY.actions.len());
    let one = run(ottpay(&["actions", "active_pay", "--json"]), "").json();
    let one = &one.as_array().unwrap()[0];
    assert!(all.as_array().unwrap().contains(one));
    for member in ["name", "action", "version", "effect", "summary"] {
        assert!(one[member].as_str().is_some_and(|text| !text.is_empty()), "{member}");
    }
    let amount = one["request"].as_array().unwrap().iter().find(|field| field["name"] == "amount").unwrap();
    assert_eq!((amount["type"].as_str(), amount["required"].as_bool()), (Some("amount"), Some(true)));
    assert!(!one["reply"].as_array().unwrap().is_empty());
    let query =
        serde_json::json!({ "action": "status_query", "evidence": "vendor", "set": { "order_id": "order_id" } });
    assert_eq!(one["queries"], serde_json::json!([query]));
    let shared = run(ottpay(&["actions", "CC_PURCHASE", "--json"]), "").json();
    assert_eq!(shared.as_array().unwrap().len(), ottpay::GATEWAY.find_actions("CC_PURCHASE").count());
}

#[test]
fn people_get_a_table() {
    let all = run(ottpay(&["actions"]), "");
    assert_eq!(all.out.lines().count(), ottpay::GATEWAY.actions.len() + 1);
    let one = run(ottpay(&["actions", "ACTIVEPAY"]), "").out;
    assert!(one.contains("outer terminal_no") && one.contains("One of WECHATPAY, ALIPAY, UNIONPAY."), "{one}");
    let refund = run(ottpay(&["actions", "refund"]), "").out;
    let queries = "\nTo learn its outcome, send refund_query (assumed) or refund_status_query (assumed) or \
                   status_query (seen in clients).\n";
    assert!(refund.contains(queries), "{refund}");
    run(ottpay(&["actions", "activepya"]), "").fails(2, &["unknown action `activepya`", "did you mean"]);
}

fn spec(arguments: &[&str]) -> common::Done {
    let mut command = ottpay(&[&["spec"], arguments].concat());
    command.current_dir(root());
    run(command, "")
}

#[test]
fn a_good_specification_has_no_mistakes_and_its_reference_is_that_of_the_documentation() {
    let checked = spec(&["check"]);
    let count = ottpay::GATEWAY.actions.len();
    assert_eq!((checked.code, checked.out.as_str()), (0, ""));
    assert_eq!(checked.err, format!("spec: {count} actions, no mistakes\n"));
    let reference = fs::read_to_string(root().join("docs/actions.md")).unwrap();
    // Whether the path is relative or absolute, the links are relative to a neighbouring folder.
    for folder in ["spec", root().join("spec").to_str().unwrap()] {
        assert_eq!(spec(&["doc", folder]).out, reference, "{folder}");
    }
}

#[test]
fn a_broken_specification_is_refused_at_its_line() {
    let copy = folder().join("spec");
    fs::create_dir_all(copy.join("actions")).unwrap();
    for part in ["", "actions"] {
        for entry in fs::read_dir(root().join("spec").join(part)).unwrap().map(Result::unwrap) {
            if entry.path().is_file() {
                fs::copy(entry.path(), copy.join(part).join(entry.file_name())).unwrap();
            }
        }
    }
    let copied = copy.to_str().unwrap();
    assert_eq!(spec(&["check", copied]).code, 0);
    let file = copy.join("actions/active_pay.yaml");
    let text = fs::read_to_string(&file).unwrap().replace("type: amount,", "type: amuont,");
    fs::write(&file, text).unwrap();
    for step in ["check", "doc", "expand"] {
        let done = spec(&[step, copied]);
        done.fails(1, &["actions/active_pay.yaml:", "`amuont`", "did you mean `amount`"]);
        assert!(!done.err.contains('\u{1b}'), "colours without a terminal");
    }
    fs::remove_file(copy.join("gateway.yaml")).unwrap();
    spec(&["check", copied]).fails(1, &["without gateway.yaml", "an extension of ottpay's actions"]);
    spec(&["check", "no-such-folder"]).fails(1, &["neither a folder nor a file `no-such-folder`", "current folder"]);
    spec(&["doc", "no-such-folder"]).fails(1, &["no folder `no-such-folder`", "current folder"]);
    spec(&["doc", "Cargo.toml"]).fails(1, &["`Cargo.toml` is a file"]);
}

#[test]
fn actions_of_ones_own_are_checked_with_the_types_of_the_library() {
    let own = folder();
    fs::create_dir_all(own.join("actions")).unwrap();
    let text = "action: SHOP_QUERY\nversion: \"1.0\"\neffect: read\nsummary: Asks for a shop.\npage: shop.example/pay\nrequest:\n  \
                biz_type: { type: BizType, doc: \"Wallet.\" }\nreply:\n  shop_name: { type: text, doc: \"Name.\" }\n";
    let file = own.join("actions/shop_query.yaml");
    fs::write(&file, text).unwrap();
    let done = spec(&["check", own.to_str().unwrap()]);
    assert_eq!((done.code, done.out.as_str()), (0, ""), "{done:?}");
    assert!(done.err.ends_with("no mistakes; checked as an extension of ottpay's actions\n"), "{done:?}");
    // A line that is too wide is not a mistake.
    fs::write(&file, text.replace("Name.", &"Name. ".repeat(20))).unwrap();
    let done = spec(&["check", own.to_str().unwrap()]);
    assert_eq!(done.code, 0, "{done:?}");
    assert!(done.err.contains("actions/shop_query.yaml:9:111"), "{done:?}");
    assert!(done.err.ends_with("no mistakes, 1 warning; checked as an extension of ottpay's actions\n"), "{done:?}");
    fs::write(&file, text.replace("BizType", "BizTyp")).unwrap();
    spec(&["check", own.to_str().unwrap()]).fails(1, &["actions/shop_query.yaml:7", "did you mean `BizType`"]);
}

#[test]
fn schemas_are_those_of_the_documentation() {
    let all = spec(&["schema"]).json();
    for kind in ["action", "callbacks", "gateway", "types", "scenario"] {
        let text = fs::read_to_string(root().join(format!("docs/schema/{kind}.json"))).unwrap();
        assert_eq!(spec(&["schema", kind]).out, text);
        assert_eq!(all[kind], serde_json::from_str::<Value>(&text).unwrap());
    }
    assert_eq!(spec(&["schema", "spec"]).json(), all);
    spec(&["schema", "acton"]).fails(
        1,
        &[
            "`acton` is neither a kind (action, callbacks, gateway, types, scenario) nor a folder",
            "did you mean `action`",
        ],
    );
    spec(&["schema", "docs"]).fails(1, &["`docs` is not a specification"]);
}

#[test]
fn the_generated_code_is_printed_in_lines() {
    let done = spec(&["expand"]);
    assert_eq!(done.code, 0);
    assert!(done.out.contains("pub fn active_pay(") && done.out.lines().count() > 1000);
}

#[test]
fn shells_and_man_get_their_files() {
    for arguments in [&["completions", "bash"][..], &["completions", "zsh"], &["completions", "fish"], &["man"]] {
        let done = run(ottpay(arguments), "");
        assert_eq!(done.code, 0);
        assert!(done.out.contains("sandbox"), "{arguments:?}");
    }
    let done = run(ottpay(&["man", "call"]), "");
    assert!(done.code == 0 && done.out.contains(".TH ottpay-call 1  \"ottpay ") && done.out.contains("merchant"));
    let done = run(ottpay(&["man", "cal"]), "");
    assert_eq!(done.code, 2);
    assert_eq!(done.err, "error: ottpay has no command `cal`\nhelp: did you mean `call`? `ottpay --help` lists them\n");
    for nested in [&["man", "spec", "check"][..], &["man", "spec-check"]] {
        let done = run(ottpay(nested), "");
        assert!(done.code == 0 && done.out.contains(".TH ottpay-spec-check 1 "), "{done:?}");
    }
    run(ottpay(&["man", "spec", "chek"]), "").fails(2, &["ottpay spec has no command `chek`", "did you mean `check`"]);
}

#[test]
fn a_reader_that_disconnects_is_not_an_error() {
    let mut command = ottpay(&["spec", "expand"]);
    command.current_dir(root()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let done = child.wait_with_output().unwrap();
    assert_eq!((done.status.code(), String::from_utf8_lossy(&done.stderr).as_ref()), (Some(0), ""));
}
