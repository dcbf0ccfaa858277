//! `ottpay seal` and `ottpay open`.

use std::collections::BTreeMap;

use crate::common::{self, KEY, ottpay, run, sample};
use serde_json::{Value, json};

fn vectors(group: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(common::root().join("ottpay-runtime/tests/vectors/envelope.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    all[group].as_array().unwrap().clone()
}

#[test]
fn a_sealed_message_opens_again() {
    let given = json!({ "order_id": "T1", "remark": "可以 \"quoted\" \\ 😀", "unknown": "" });
    let sealed = run(sample(&["seal", "ACTIVEPAY"]), given.to_string());
    assert_eq!((sealed.code, sealed.err.as_str()), (0, ""), "{sealed:?}");
    let envelope = sealed.json();
    assert_eq!((&envelope["action"], &envelope["version"]), (&json!("ACTIVEPAY"), &json!("1.0")));
    assert_eq!(envelope["merchant_id"], common::MERCHANT);
    let opened = run(sample(&["open"]), sealed.out);
    assert_eq!((opened.code, opened.json()), (0, given));
}

#[test]
fn a_shuffled_envelope_has_the_same_fields_in_another_order() {
    let given = json!({ "amount": "1", "call_back_url": "https://shop.example/é", "order_id": "T1" });
    let plain = run(sample(&["seal", "ACTIVEPAY"]), given.to_string()).json();
    let shuffled = run(sample(&["seal", "ACTIVEPAY", "--shuffle"]), given.to_string());
    assert_eq!((shuffled.code, shuffled.err.as_str()), (0, ""), "{shuffled:?}");
    let again = run(sample(&["seal", "ACTIVEPAY", "--shuffle"]), given.to_string());
    assert_eq!(again.out, shuffled.out);
    let envelope = shuffled.json();
    assert_eq!(envelope["md5"], plain["md5"]);
    assert_ne!(envelope["data"], plain["data"]);
    assert_eq!(run(sample(&["open"]), shuffled.out).json(), given);
    let explanation = ottpay::envelope::explain(
        envelope.to_string().as_bytes(),
        &ottpay::SignKey::new(KEY).unwrap(),
        ottpay::GATEWAY.cipher,
    );
    let text = explanation.plaintext().unwrap();
    assert!(text.contains(r"https:\/\/shop.example\/\u00e9"), "{text}");
    let places = ["amount", "call_back_url", "order_id"].map(|name| text.find(name).unwrap());
    assert!(!places.is_sorted(), "{text}");
}

#[test]
fn the_example_of_every_enveloped_action_opens_again() {
    let enveloped = ottpay::GATEWAY.actions.iter().filter(|info| info.protocol == ottpay::spec::Protocol::Envelope);
    for info in enveloped {
        let fields: BTreeMap<_, _> = info.examples.first().unwrap().request.iter().copied().collect();
        let text = serde_json::to_string(&fields).unwrap();
        let sealed = run(sample(&["seal", info.name]), text.as_str());
        let opened = run(sample(&["open"]), sealed.out.as_str());
        assert_eq!((sealed.code, opened.code), (0, 0), "{}: {sealed:?} {opened:?}", info.name);
        assert_eq!(sealed.json()["action"], info.action);
        assert_eq!(opened.json(), serde_json::json!(fields), "{}", info.name);
    }
}

#[test]
fn a_method_seals_under_its_constant_and_outer_fields_are_outside_the_data() {
    let sealed = run(sample(&["seal", "active_pay"]), r#"{"amount":"1","outer terminal_no":"7"}"#);
    let envelope = sealed.json();
    assert_eq!((&envelope["action"], &envelope["terminal_no"]), (&json!("ACTIVEPAY"), &json!("7")));
    assert_eq!(run(sample(&["open"]), sealed.out).json(), json!({ "amount": "1" }));
}

#[test]
fn a_limit_that_is_not_certain_is_a_warning_and_not_an_error() {
    let sealed = run(sample(&["seal", "elavon_purchase"]), r#"{"orderId":"2020041468976O124O000857","txnAmt":"1"}"#);
    let warning = "orderId: expected at most 20 characters, got 24; accepted, because this limit is uncertain";
    assert_eq!((sealed.code, &*sealed.err), (0, &*format!("warning: CC_PURCHASE: {warning}\n")), "{sealed:?}");
    let quiet = run(sample(&["seal", "prepay_init"]), r#"{"operator_id":"0000020156","amount":"1"}"#);
    assert_eq!((quiet.code, &*quiet.err), (0, ""), "{quiet:?}");
}

#[test]
fn an_unknown_action_needs_a_version() {
    let sealed = run(sample(&["seal", "SHOP_QUERY", "--version", "2.0"]), "{}");
    assert_eq!(sealed.json()["version"], "2.0");
    run(sample(&["seal", "SHOP_QUERY"]), "{}").fails(2, &["unknown action `SHOP_QUERY`", "--version"]);
    run(sample(&["seal", "ACTIVPAY"]), "{}").fails(2, &["unknown action `ACTIVPAY`", "did you mean `ACTIVEPAY`?"]);
    run(sample(&["seal", "inAppPay"]), "{}")
        .fails(2, &["`in_app_pay_alipay`, `in_app_pay_wechat`", "without an envelope"]);
}

#[test]
fn only_an_object_of_strings_is_sealed() {
    let seal = |input: &str| run(sample(&["seal", "ACTIVEPAY"]), input);
    seal(r#"{"amount":100}"#).fails(2, &["`amount` is a number", "quote every value"]);
    seal(r#"{"amount":null}"#).fails(2, &["`amount` is null"]);
    seal(r#"{"amount":{}}"#).fails(2, &["`amount` is a list or an object"]);
    seal(r#"{"a":"1","a":"2"}"#).fails(2, &["two members have the same name"]);
    seal("[]").fails(2, &["standard input is JSON, but not an object", "JSON object of strings"]);
    seal("").fails(2, &["standard input is empty"]);
    seal("{\n  \"a\": \"1\",\n  b: 2\n}").fails(2, &["standard input:3:3: this is not JSON", "JSON object of strings"]);
    seal(r#"{"a":1,}"#).fails(2, &["standard input:1:8: this is not JSON: expected a value after the comma"]);
    seal(r#"{"a":tru}"#).fails(2, &["this is not JSON: expected a value"]);
    seal(r#"{"a":"1"} x"#).fails(2, &["this is not JSON: expected nothing after the object"]);
    seal("{\"a\":\"1\"").fails(2, &["standard input:1:", "it ends too early"]);
    seal(r#"{"a":"\ud83d"}"#).fails(2, &["standard input:1:", "surrogate"]);
    // Base64 of an object is an envelope's framing, and here a mistake.
    seal("eyJhIjoiMSJ9").fails(2, &["not JSON"]);
}

#[test]
fn every_vector_opens_or_is_refused_as_stated() {
    let mut refused = 0;
    for vector in ["published", "sent", "received"].iter().flat_map(|group| vectors(group)) {
        let data = vector["data_as_received"].as_str().or(vector["data"].as_str()).unwrap();
        let envelope = json!({ "data": data, "md5": vector["md5"] });
        let mut command = ottpay(&["open"]);
        command.env("OTTPAY_SIGN_KEY", vector["sign_key"].as_str().unwrap());
        let done = run(command, envelope.to_string());
        if vector["expect"].as_str().is_none_or(|expected| expected == "accept") {
            assert_eq!((done.code, done.err.as_str()), (0, ""), "{}: {done:?}", vector["name"]);
            let plaintext: Value = serde_json::from_str(vector["plaintext"].as_str().unwrap()).unwrap();
            assert_eq!(done.json(), plaintext, "{}", vector["name"]);
        } else {
            refused += 1;
            done.fails(1, &["digest"]);
        }
    }
    assert_eq!(refused, 1);
}

#[test]
fn numbers_are_printed_as_they_arrived() {
    let vector = vectors("received").into_iter().find(|v| v["name"] == "numbers-text-trailing-zeros").unwrap();
    let mut command = ottpay(&["open"]);
    command.env("OTTPAY_SIGN_KEY", vector["sign_key"].as_str().unwrap());
    let done = run(command, json!({ "data": vector["data"], "md5": vector["md5"] }).to_string());
    assert!(done.out.contains("5.24740000"), "{done:?}");
}

#[test]
fn a_form_and_base64_open_as_well() {
    let envelope = run(sample(&["seal", "STATUS_QUERY"]), r#"{"order_id":"T1"}"#).json();
    let data = envelope["data"].as_str().unwrap().replace('+', "%2B").replace('=', "%3D").replace('/', "%2F");
    let form = format!("data={data}&md5={}", envelope["md5"].as_str().unwrap());
    assert_eq!(run(sample(&["open"]), form).json(), json!({ "order_id": "T1" }));
}

#[test]
fn invalid_or_forged_envelopes_are_refused_with_a_reason() {
    let open = |input: &str| run(sample(&["open"]), input);
    open("").fails(1, &["empty"]);
    open("<html>").fails(1, &["HTML"]);
    open(r#"{"rsp_code":"SUCCESS"}"#).fails(1, &["neither `data` nor `md5`"]);
    open(r#"{"data":"AAAA"}"#).fails(1, &["both `data` and `md5`", "`md5` is missing"]);
    open(r#"{"data":{},"md5":"x"}"#).fails(1, &["both `data` and `md5`", "`data` is missing"]);
    let sealed = run(sample(&["seal", "STATUS_QUERY"]), r#"{"order_id":"T1"}"#).out;
    let mut other = sample(&["open"]);
    other.env("OTTPAY_SIGN_KEY", "6698851A525C9433");
    run(other, sealed).fails(1, &["wrong sign key", "help: check that the sign key belongs to the merchant"]);
    // The key plays no part in this.
    let done = open(r#"{"data":"AAAA","md5":"1"}"#);
    done.fails(1, &["expected 32 hex digits", "ottpay explain"]);
    assert!(!done.err.contains("sign key"), "{done:?}");
}

#[test]
fn a_refusing_code_is_reported_together_with_the_fields() {
    let sealed = run(sample(&["seal", "STATUS_QUERY"]), r#"{"order_id":"T1"}"#).json();
    let envelope = |code: &str| json!({ "rsp_code": code, "data": sealed["data"], "md5": sealed["md5"] }).to_string();
    let done = run(sample(&["open"]), envelope("FAIL"));
    assert_eq!((done.code, &done.json()["order_id"]), (0, &json!("T1")));
    assert!(done.err.starts_with("note: ") && done.err.contains("is FAIL"), "{done:?}");
    assert_eq!(run(sample(&["open"]), envelope("SUCCESS")).err, "");
}

#[test]
fn more_than_a_mebibyte_is_not_read() {
    for command in ["open", "explain"] {
        run(sample(&[command]), vec![b' '; 1024 * 1024 + 1]).fails(1, &["larger than 1 MiB"]);
    }
    // Nor is it sealed: Base64 is a third longer than what it encodes.
    let large = json!({ "a": "x".repeat(900 * 1024) });
    run(sample(&["seal", "STATUS_QUERY"]), large.to_string()).fails(2, &["larger than 1 MiB"]);
}

#[test]
fn a_missing_key_is_named_by_flag_variable_and_file() {
    let done = run(ottpay(&["open"]), "{}");
    done.fails(2, &["sign key", "--sign-key", "OTTPAY_SIGN_KEY", "ottpay.toml"]);
}

#[test]
fn the_key_is_not_in_the_help() {
    for page in [&["open", "--help"][..], &["call", "--help"], &["--help"], &["man"]] {
        let done = run(sample(page), "");
        assert_eq!(done.code, 0);
        assert!(!done.out.is_empty() && !done.out.contains(KEY) && !done.err.contains(KEY), "{done:?}");
    }
}

#[test]
fn a_message_made_of_parts_of_a_callback_is_reported_and_refused_as_a_callback() {
    let pair: Value = serde_json::from_str(include_str!("../../../ottpay-runtime/tests/vectors/forgery.json")).unwrap();
    let key = pair["sign_key"].as_str().unwrap();
    let with_key = |arguments: &[&str]| {
        let mut command = sample(arguments);
        command.env("OTTPAY_SIGN_KEY", key);
        command
    };
    let forged = pair["forged"]["body"].to_string();
    let opened = run(with_key(&["open"]), forged.as_str());
    assert_eq!(opened.code, 0, "{opened:?}");
    assert!(opened.err.starts_with("warning: if this is a callback, it may have been altered: block "), "{opened:?}");
    let refused = run(with_key(&["open", "--callback"]), forged.as_str());
    assert!(refused.code == 1 && refused.out.is_empty(), "{refused:?}");
    assert!(refused.err.contains("the callback may have been altered: block "), "{refused:?}");
    let explained = run(with_key(&["explain"]), forged.as_str());
    assert!(
        explained.out.contains("verified, but possibly altered if it is a callback: query the order"),
        "{explained:?}"
    );
    assert!(explained.out.contains("whitespace between two tokens of the JSON text"), "{explained:?}");
    assert_eq!(run(with_key(&["explain", "--callback"]), forged.as_str()).code, 1);

    // A request is written as its sender likes, and a reply may have fields that no callback has.
    let request = run(with_key(&["seal", "STATUS_QUERY"]), r#"{"order_id":"T1"}"#);
    let opened = run(with_key(&["open"]), request.out);
    assert!(opened.code == 0 && opened.err.is_empty(), "{opened:?}");
}

#[test]
fn an_example_is_explained_without_any_setting() {
    let done = run(ottpay(&["explain", "--example"]), "");
    assert_eq!((done.code, done.err.as_str()), (0, ""), "{done:?}");
    assert!(done.out.contains("\nverified\n") && done.out.contains("6698851A525C9433"), "{done:?}");
    run(ottpay(&["explain", "--example=refnd"]), "").fails(2, &["did you mean `refund`"]);
    // The last lines can be pasted.
    let (_, seal) = done.out.rsplit_once("| ottpay ").unwrap();
    let words: Vec<_> = seal.lines().next().unwrap().split(' ').collect();
    let sealed = run(ottpay(&words), "{\"order_id\":\"T1\"}");
    assert_eq!(sealed.code, 0, "{sealed:?}");
    let explain = done.out.rsplit_once("  ottpay ").unwrap().1.split(" <").next().unwrap();
    let explained = run(ottpay(&explain.split(' ').collect::<Vec<_>>()), sealed.out);
    assert!(explained.code == 0 && explained.out.ends_with("verified\n"), "{explained:?}");
}
