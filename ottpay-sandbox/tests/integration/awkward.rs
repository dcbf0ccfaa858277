//! How replies and callbacks are written: unsorted and with every form on record, or tame.

use std::collections::BTreeSet;

use crate::common::{client_of, control, pay, post_raw, sealed, shop};
use ottpay::envelope::explain::Explanation;
use ottpay::envelope::{Message, explain};
use ottpay::{Framing, GATEWAY};
use ottpay_sandbox::Sandbox;
use serde_json::{Value, json};

/// Returns the content of the data of a message, which must verify.
fn open(sandbox: &Sandbox, body: &[u8]) -> Explanation {
    let opened = explain(body, &sandbox.sign_key(), GATEWAY.cipher);
    assert!(opened.is_verified(), "{:?}", opened.problem());
    opened
}

/// The names of the members of an object, in the order in which they are written.
fn list_names(json: &str) -> Vec<String> {
    let strings = json.split('"').skip(1).step_by(2);
    let after = json.split('"').skip(2).step_by(2);
    strings.zip(after).filter(|(_, after)| after.starts_with(':')).map(|(name, _)| name.to_owned()).collect()
}

/// The reply to a query about an order, opened, and its `data` as received.
async fn query(sandbox: &Sandbox, id: &str) -> (Explanation, String) {
    let request = json!({ "order_id": id }).to_string();
    let reply = post_raw(sandbox.url(), sealed(sandbox, "STATUS_QUERY", "1.0", &request)).await;
    (open(sandbox, &reply.to_body(Framing::Json)), reply.text("data").unwrap().to_owned())
}

#[tokio::test]
async fn no_reply_and_no_callback_is_sorted() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client_of(&sandbox).build().unwrap();
    let (url, bodies) = shop().await;
    for number in 0..12 {
        let id = format!("T{number}");
        pay(&client, &id, 100, &url).await.unwrap();
        sandbox.pay(&id).await.unwrap();
        query(&sandbox, &id).await;
    }
    let (_, messages) = control(&sandbox, "GET", "/messages?limit=1000", Value::Null).await;
    let replies = messages.as_array().unwrap().iter().filter(|message| message["action"].is_string());
    let replies = replies.map(|message| message["answer"].as_str().unwrap().as_bytes().to_vec());
    let callbacks = bodies.lock().unwrap().iter().map(|body| body.to_vec()).collect::<Vec<_>>();
    let all: Vec<_> = replies.chain(callbacks).collect();
    assert_eq!(all.len(), 36);
    let mut orders = BTreeSet::new();
    for body in all {
        let opened = open(&sandbox, &body);
        let names = list_names(opened.plaintext().unwrap());
        assert!(names.len() > 1 && !names.is_sorted(), "{names:?}");
        // Without sorting, the digest is different.
        let members: serde_json::Map<String, Value> = serde_json::from_str(opened.plaintext().unwrap()).unwrap();
        let text =
            |name: &String| opened.fields().iter().find(|(known, _)| known == name).map(|(_, text)| text.clone());
        let unsorted: String = names.iter().filter(|name| !members[*name].is_null()).filter_map(text).collect();
        assert_ne!(Some(unsorted.as_str()), opened.concatenation());
        orders.insert(names);
    }
    assert!(orders.len() > 12, "{orders:?}");
}

#[tokio::test]
async fn a_reply_with_null_is_not_sorted_without_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut nulls = 0;
    for number in 0..300 {
        let fields = json!({ "order_id": format!("H{number}"), "amount": "5", "currency_type": "CAD",
                             "operator_id": "0000020156", "call_back_url": "https://shop.example/ottpay",
                             "merchant_id": sandbox.merchant_id(), "biz_type": "WECHATPAY", "submit_type": "form" });
        let reply = post_raw(sandbox.url(), sealed(&sandbox, "H5PAY", "2.0", &fields.to_string())).await;
        let opened = open(&sandbox, &reply.to_body(Framing::Json));
        let members: serde_json::Map<String, Value> = serde_json::from_str(opened.plaintext().unwrap()).unwrap();
        let names = list_names(&opened.plaintext().unwrap().replace(":null", ":\"\""));
        let (absent, given): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| members[name].is_null());
        assert!(given.len() > 1 && !given.is_sorted(), "H{number}: {given:?} {absent:?}");
        nulls += absent.len();
    }
    assert!(nulls > 0);
}

#[tokio::test]
async fn numbers_null_and_line_breaks_depend_on_the_order_id() {
    let sandbox = Sandbox::start().await.unwrap();
    let again = Sandbox::builder().sign_key(sandbox.sign_key()).start().await.unwrap();
    let mut seen = [0; 5];
    for number in 0..60 {
        let id = format!("T{number}");
        let mut forms = Vec::new();
        for sandbox in [&sandbox, &again] {
            let client = client_of(sandbox).build().unwrap();
            pay(&client, &id, 10_000_000, "http://127.0.0.1:9/").await.unwrap();
            let (opened, data) = query(sandbox, &id).await;
            let members: Value = serde_json::from_str(opened.plaintext().unwrap()).unwrap();
            let is_java = opened.concatenation().unwrap().contains("1.0E7");
            assert!(members["order_id"].is_string() && !is_java | members["total_amount"].is_number());
            if data.contains('\n') {
                assert!(data.split('\n').rev().skip(1).all(|line| line.len() == 60), "{data}");
            }
            // The client reads all of them.
            let reply = client.status_query().order_id(ottpay::OrderId::new(&*id).unwrap()).send().await.unwrap();
            assert_eq!(reply.total_amount().unwrap().map(ottpay::Amount::minor), Some(10_000_000));
            let has_null = members.as_object().unwrap().values().any(Value::is_null);
            forms.push([members["total_amount"].is_number(), is_java, has_null, data.contains('\n'), true]);
        }
        assert_eq!(forms[0], forms[1], "{id}");
        forms[0].iter().zip(&mut seen).for_each(|(form, seen)| *seen += u32::from(*form));
    }
    let [numbers, java, null, lines, all] = seen;
    assert!((5..40).contains(&numbers) && java > 0 && java < numbers, "{seen:?}");
    assert!((5..40).contains(&null) && (5..40).contains(&lines) && all == 60, "{seen:?}");
}

#[tokio::test]
async fn characters_that_mean_something_in_html_are_escaped_and_others_are_not() {
    let sandbox = Sandbox::start().await.unwrap();
    let fields = json!({ "order_id": "T1", "operator_id": "0000020156", "amount": "1", "app_id": "a", "open_id": "o",
                         "biz_type": "WECHATPAY", "call_back_url": "http://127.0.0.1:9/" });
    let reply = post_raw(sandbox.url(), sealed(&sandbox, "MAPPPAY", "1.1", &fields.to_string())).await;
    let opened = open(&sandbox, &reply.to_body(Framing::Json));
    let text = opened.plaintext().unwrap();
    assert!(text.contains(r"prepay_id\u003d") && !text.contains("prepay_id="), "{text}");
    // As in the vendor's sample of a callback: no recorded message escapes non-ASCII characters.
    let (url, bodies) = shop().await;
    pay(&client_of(&sandbox).build().unwrap(), "T2", 100, &url).await.unwrap();
    sandbox.pay("T2").await.unwrap();
    let callback = bodies.lock().unwrap()[0].clone();
    let opened = open(&sandbox, &callback);
    assert!(opened.plaintext().unwrap().contains("\"remarks\":\"可以\""), "{:?}", opened.plaintext());
}

#[tokio::test]
async fn a_tame_sandbox_sorts_and_writes_strings_only() {
    let sandbox = Sandbox::builder().tame(true).start().await.unwrap();
    let client = client_of(&sandbox).build().unwrap();
    let (url, bodies) = shop().await;
    for number in 0..20 {
        let id = format!("T{number}");
        pay(&client, &id, 100, &url).await.unwrap();
        sandbox.pay(&id).await.unwrap();
        let (opened, data) = query(&sandbox, &id).await;
        let last = bodies.lock().unwrap().last().unwrap().to_vec();
        assert!(!data.contains('\n') && !Message::read(&last).unwrap().text("data").unwrap().contains('\n'));
        for opened in [opened, open(&sandbox, &last)] {
            let text = opened.plaintext().unwrap();
            assert!(list_names(text).is_sorted() && !text.contains("\\u"), "{text}");
            let members: serde_json::Map<String, Value> = serde_json::from_str(text).unwrap();
            assert!(members.values().all(Value::is_string), "{text}");
        }
    }
}
