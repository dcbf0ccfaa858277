//! Requests of merchants: what the gateway reads, and its answers to those that are wrong.

use crate::common::{NOBODY, OPERATOR, control, exchange, get, order, post_raw, sealed, send, started};
use ottpay::envelope::Message;
use ottpay::spec::Protocol;
use ottpay::{Amount, Framing, GATEWAY, Timestamp};
use ottpay_sandbox::Sandbox;
use serde_json::{Value, json};

#[tokio::test]
async fn rejected_requests_are_answered_with_the_accepted_forms() {
    let (sandbox, _) = started().await;
    let send = async |method, path, body| {
        let (status, reply) = exchange(sandbox.url(), method, path, body).await;
        (status, String::from_utf8(reply).unwrap())
    };
    let (status, text) = send("POST", "/processV2", vec![b' '; 1024 * 1024 + 1]).await;
    assert_eq!((status, text.as_str()), (413, "expected a body of at most 1048576 bytes\n"));
    let (status, text) = send("GET", "/processV2", vec![]).await;
    assert_eq!((status, text.as_str()), (405, "/processV2 accepts POST, not GET\n"));
    let (status, text) = send("POST", "/proces", vec![]).await;
    assert!(status == 404 && text.contains("/processV2"), "{status} {text}");
}

#[tokio::test]
async fn a_body_that_is_not_a_message_is_answered_in_readable_json() {
    let (sandbox, _) = started().await;
    for body in ["", "a=b", "[]", "\"x\"", "eyJhIjo"] {
        let (status, reply) = exchange(sandbox.url(), "POST", "/processV2", body.into()).await;
        let reply: Value = serde_json::from_slice(&reply).unwrap();
        assert_eq!((status, &reply["rsp_code"]), (200, &json!("PARAM_ERROR")), "{body}: {reply}");
    }
}

#[tokio::test]
async fn a_request_as_a_form_is_refused_with_its_cause() {
    let (sandbox, _) = started().await;
    let request = sealed(&sandbox, "STATUS_QUERY", "1.0", r#"{"order_id":"T1"}"#);
    let members: serde_json::Map<String, Value> = serde_json::from_slice(&request).unwrap();
    let members: Vec<(&str, &str)> =
        members.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
    let escape = |text: &str| text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let form: Vec<_> = members.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
    let parts: Vec<_> = members
        .iter()
        .map(|(name, value)| format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"))
        .collect();
    for body in [form.join("&"), parts.concat() + "--x--\r\n"] {
        let (_, reply) = exchange(sandbox.url(), "POST", "/processV2", body.into_bytes()).await;
        let reply: Value = serde_json::from_slice(&reply).unwrap();
        assert_eq!(reply["rsp_code"], "PARAM_ERROR");
        let message = "expected a JSON object, but the request is a form; only callbacks may be forms: send JSON";
        assert_eq!(reply["rsp_msg"], message);
    }
}

#[tokio::test]
async fn a_refusal_suggests_the_nearest_name() {
    let (sandbox, _) = started().await;
    let said = async |action: &str, fields: Value| {
        let reply = post_raw(sandbox.url(), sealed(&sandbox, action, "1.0", &fields.to_string())).await;
        reply.text("rsp_msg").unwrap().to_owned()
    };
    assert_eq!(said("ACTIVE_PAY", json!({})).await, "action: unknown action ACTIVE_PAY; did you mean ACTIVEPAY?");
    let fields = json!({ "order_id": "T1", "amount": "1", "biz_type": "ALIPAY", "operator_id": OPERATOR,
                         "callback_url": NOBODY });
    let text = said("ACTIVEPAY", fields).await;
    assert!(text.starts_with("call_back_url: ") && text.ends_with("; you sent callback_url"), "{text}");
    // If a constant has several actions, the likely one reports the mistake.
    let text = said("CC_PURCHASE", json!({ "bizType": "securePay", "cc_channelType": "pc" })).await;
    assert!(!text.contains("converge"), "{text}");
}

#[tokio::test]
async fn every_disputed_form_of_the_vendors_pages_and_clients_is_accepted() {
    let (sandbox, _) = started().await;
    let code = async |action: &str, version: &str, text: &str| {
        let reply = post_raw(sandbox.url(), sealed(&sandbox, action, version, text)).await;
        (reply.code().unwrap().into_owned(), reply.text("rsp_msg").unwrap_or_default().to_owned())
    };
    let payment = |id: &str, amount: &str| {
        format!(
            r#"{{"order_id":"{id}","amount":{amount},"biz_type":"ALIPAY","operator_id":"0000020156","call_back_url":"{NOBODY}"}}"#
        )
    };
    for (id, version, amount) in
        [("T1", "1.0", "100"), ("T2", "1.1", "100.0"), ("T3", "2.0", "1E2"), ("T4", "1.0", "\"100\"")]
    {
        assert_eq!(code("ACTIVEPAY", version, &payment(id, amount)).await.0, "SUCCESS", "{id}");
        assert_eq!(sandbox.order(id).unwrap().unwrap().amount(), Amount::from_minor(100));
    }
    for (version, amount) in [("7.0", "100"), ("1.0", "100.5"), ("1.0", "\"100.0\""), ("1.0", "-1")] {
        assert_eq!(code("ACTIVEPAY", version, &payment("T5", amount)).await.0, "PARAM_ERROR", "{version} {amount}");
    }
    let card =
        r#"{"orderId":"C1","shopId":"S","bizType":" securePay","cc_channelType":"pc","channelType":" UPAYONLINE","#;
    let rest = r#""operator_id":"0000020156","txnTime":"20191125162635","txnAmt":"1","frontUrl":"https://a.example","backUrl":"http://127.0.0.1:9/"}"#;
    let (code, text) = code("CC_PURCHASE", "1.0", &format!("{card}{rest}")).await;
    assert!(code != "PARAM_ERROR" || !text.contains("expected securePay"), "{text}");
}

/// A client of Elavon's page sends the id of the order only as `orderId`.
#[tokio::test]
async fn the_id_of_an_order_is_accepted_under_its_other_name_only() {
    let (sandbox, client) = started().await;
    let purchase = client.elavon_purchase().order_id(order("T1")).operator_id(OPERATOR);
    let purchase = purchase.txn_time(Timestamp::now_utc()).txn_amt(Amount::from_minor(100));
    purchase.front_url("https://shop.example").back_url(NOBODY).send().await.unwrap();
    sandbox.pay("T1").await.unwrap();
    let code = async |mut ids: Value| {
        let others = json!({ "merchant_id": sandbox.merchant_id(), "bizType": "converge_hosted",
                             "channelType": "ELAVONECOM", "txnTime": "20191125162635" });
        ids.as_object_mut().unwrap().extend(others.as_object().unwrap().clone());
        let reply = post_raw(sandbox.url(), sealed(&sandbox, "STATUS_QUERY", "1.0", &ids.to_string())).await;
        (reply.code().unwrap().into_owned(), reply.text("rsp_msg").unwrap_or_default().to_owned())
    };
    assert_eq!(code(json!({ "orderId": "T1" })).await.0, "SUCCESS");
    assert_eq!(code(json!({ "order_id": "T1" })).await.0, "SUCCESS");
    assert_eq!(code(json!({ "orderId": "T2" })).await.0, "FAIL");
    let (refused, text) = code(json!({ "order_id": "T1", "orderId": "T2" })).await;
    assert_eq!((refused.as_str(), text.as_str()), ("PARAM_ERROR", "orderId: expected the same value as in order_id"));
    let (refused, text) = code(json!({ "orderId": "" })).await;
    assert!(refused == "PARAM_ERROR" && text.starts_with("order_id: "), "{refused} {text}");
}

#[tokio::test]
async fn the_sandbox_reports_the_mistake_in_a_link_or_a_plain_call() {
    let sandbox = Sandbox::start().await.unwrap();
    let url = sandbox.url();
    for (query, problem) in [
        ("", "merCode: required, but absent"),
        (
            "merCode=C&orderId=T1&amount=1.5&newURL=https://a.example",
            "amount: expected a whole number of minor units, found \"1.5\" (order T1)",
        ),
        ("merCode=C&merCode=D", "the query has a duplicate parameter"),
    ] {
        assert_eq!(get(&format!("{url}/h5Pay?{query}")).await, (400, format!("PARAM_ERROR: {problem}\n")));
    }
    let (_, page) = get(&format!("{url}/wapPay?returnURL=https://a.example")).await;
    assert_eq!(page, "PARAM_ERROR: returnURL: expected text in Base64\n");
    let (_, page) = get(&format!(
        "{url}/wapPay?merCode=C&merchantId=OTHER&orderId=T1&operId={OPERATOR}&amount=1&returnURL=aHR0cHM6Ly9hLmV4YW1wbGU&notifyURL=x"
    ))
    .await;
    assert!(page.starts_with("PARAM_ERROR: "), "{page}");
    assert_eq!(get(&format!("{url}/processV2")).await.0, 405);
    let reply = exchange(url, "POST", "/inAppPay", br#"{"bizType":"WECHATPAY","merchant_id":"OTHER"}"#.to_vec());
    let (status, body) = reply.await;
    let body = String::from_utf8(body).unwrap();
    assert!(status == 200 && body.contains("PARAM_ERROR"), "{body}");
}

#[tokio::test]
async fn a_callback_with_an_unknown_field_inside_the_data_is_rejected() {
    let sandbox = Sandbox::start().await.unwrap();
    let own = sandbox.merchant_id();
    let reply = ask_as(&sandbox, own, "OTHER").await;
    assert_eq!(reply.code().as_deref(), Some("PARAM_INVALID"));
    let expected = format!("merchant_id: unknown merchant; this sandbox serves only {own}");
    assert_eq!(reply.text("rsp_msg"), Some(&*expected));
}

#[tokio::test]
async fn a_merchant_is_compared_as_the_client_compares_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let own = sandbox.merchant_id();
    let padded = format!(" {own}\t");
    for (outside, inside) in [(own, own), (&*padded, own), (own, &*padded), (&*padded, &*padded)] {
        let reply = ask_as(&sandbox, outside, inside).await;
        assert_eq!(reply.text("rsp_msg"), Some("no such order"), "{outside:?} {inside:?}");
    }
    for (outside, inside, code) in [
        ("OTHER", own, "PARAM_INVALID"),
        (" OTHER", " OTHER", "PARAM_INVALID"),
        (&own.to_lowercase(), own, "PARAM_INVALID"),
        ("", own, "PARAM_ERROR"),
        (" ", own, "PARAM_ERROR"),
    ] {
        let reply = ask_as(&sandbox, outside, inside).await;
        assert_eq!(reply.code().as_deref(), Some(code), "{outside:?} {inside:?}");
    }
    // For a request with the sign key of another merchant, the error is about the merchant, not the key.
    let message = Message::new([("action", "PREPAY_QUERY"), ("merchant_id", "OTHER")]);
    let reply = post_raw(sandbox.url(), message.to_body(Framing::Json)).await;
    assert!(reply.text("rsp_msg").unwrap().contains("unknown merchant"), "{reply:?}");
}

/// What the sandbox answers to a query that names these merchants outside and inside of `data`.
async fn ask_as(sandbox: &Sandbox, outside: &str, inside: &str) -> Message<'static> {
    let fields = std::collections::BTreeMap::from([("prepay_order_id", "C1"), ("merchant_id", inside)]);
    let sealed = ottpay::envelope::seal(&fields, &sandbox.sign_key(), GATEWAY.cipher);
    let message = Message::new([
        ("action", "PREPAY_QUERY"),
        ("version", "2.0"),
        ("merchant_id", outside),
        ("data", &sealed.data),
        ("md5", &sealed.md5),
    ]);
    post_raw(sandbox.url(), message.to_body(Framing::Json)).await
}

#[tokio::test]
async fn unneeded_members_outside_the_data_are_not_a_reason_to_refuse_a_request() {
    let sandbox = Sandbox::start().await.unwrap();
    let fields = std::collections::BTreeMap::from([("fee_type", "CAD")]);
    let sealed = ottpay::envelope::seal(&fields, &sandbox.sign_key(), GATEWAY.cipher);
    let needed = format!(
        r#""action":"EX_RATE_QUERY","version":"1.0","merchant_id":"{}","data":"{}","md5":"{}""#,
        sandbox.merchant_id(),
        sealed.data,
        sealed.md5
    );
    for note in [&b"\"\xb1\xb8\xd7\xa2\xd5\x5c\""[..], br#""\ud83c""#, b"\"two\nlines\"", b"NaN", b"1,\"note\":2"] {
        let body = [b"{\"note\":", note, b",", needed.as_bytes(), b"}"].concat();
        assert_eq!(post_raw(sandbox.url(), body).await.code().as_deref(), Some("SUCCESS"));
    }
    let twice = format!(r#"{{{needed},"merchant_id":"{}"}}"#, sandbox.merchant_id());
    let reply = post_raw(sandbox.url(), twice.into_bytes()).await;
    let message = "the body has two members with the same name; likely cause: a member was added, and the existing one \
                   was not removed";
    assert_eq!(reply.text("rsp_msg"), Some(message));
}

#[tokio::test]
async fn the_cause_of_a_refusal_is_in_the_reply_in_its_head_and_in_the_list() {
    let (sandbox, _) = started().await;
    let refused = async |body: Vec<u8>| {
        let headers = "host: gateway\r\ncontent-type: application/json\r\n";
        let body = String::from_utf8(body).unwrap();
        let (_, head, reply) = send(&sandbox, "POST /processV2", headers, &body).await;
        let message = Message::read(reply.as_bytes()).unwrap().text("rsp_msg").unwrap().to_owned();
        let (_, listed) = control(&sandbox, "GET", "/messages?limit=1", Value::Null).await;
        assert_eq!(listed[0]["cause"], message, "{listed}");
        assert!(
            head.contains(&format!("x-ottpay-sandbox-cause: {}", message.to_lowercase().replace('…', "..."))),
            "{head}"
        );
        (message, listed[0].clone())
    };
    let fields = |amount: &str| json!({ "order_id": "T1", "amount": amount, "biz_type": "ALIPAY", "operator_id": OPERATOR, "call_back_url": NOBODY });
    let (message, listed) = refused(sealed(&sandbox, "ACTIVEPAY", "1.0", &fields("12.5").to_string())).await;
    assert_eq!(message, "amount: expected a whole number of minor units, found \"12.5\" (order T1)");
    assert_eq!(listed["order_id"], "T1");
    let (message, _) = refused(sealed(&sandbox, "ACTIVEPAY", "1.0", &fields("1\n\u{1b}x").to_string())).await;
    assert!(message.contains(r#"found "1\n\u{1b}x""#), "{message}");
    let (message, _) = refused(sealed(&sandbox, "ACTIVEPAY", "1.0", &fields(&"9".repeat(5000)).to_string())).await;
    assert!(message.contains("999…") && message.len() < 200, "{message}");

    let mut altered: Value =
        serde_json::from_slice(&sealed(&sandbox, "STATUS_QUERY", "1.0", r#"{"order_id":"T1"}"#)).unwrap();
    altered["data"] = altered["data"].as_str().unwrap().replace('=', "").into();
    let (message, _) = refused(altered.to_string().into_bytes()).await;
    assert!(message.contains("; likely cause: ") && message.contains("padding"), "{message}");
}

#[tokio::test]
async fn a_sensitive_value_is_in_no_cause() {
    let (sandbox, _) = started().await;
    let (info, field) = GATEWAY
        .actions
        .iter()
        .flat_map(|info| info.request.iter().map(move |field| (info, field)))
        .find(|(info, field)| {
            field.sensitive && field.limits.max_len < 1000 && !field.lenient && info.protocol == Protocol::Envelope
        })
        .expect("a sensitive field with a limit");
    let secret = "4111111111111111".repeat(100);
    let mut fields: serde_json::Map<String, Value> =
        info.examples[0].request.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    fields.insert(field.name.to_owned(), json!(secret));
    let body = sealed(&sandbox, info.action, info.version, &Value::Object(fields).to_string());
    let reply = post_raw(sandbox.url(), body).await;
    let message = reply.text("rsp_msg").unwrap();
    assert!(message.starts_with(field.name) && !message.contains("4111"), "{message}");
    let (_, listed) = control(&sandbox, "GET", "/messages?limit=1", Value::Null).await;
    assert!(!listed[0]["cause"].as_str().unwrap().contains("4111"), "{listed}");
}
