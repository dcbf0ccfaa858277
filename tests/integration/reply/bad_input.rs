//! Anything that a gateway or an impostor sends leads to a typed error, never to a panic or a leaked secret.

use crate::common::{self, SAMPLE_KEY, Script, accepted, key, order, payment, refund_id, sealed_bytes};
use ottpay::envelope::{DigestForm, Message, MessageError, OpenError, seal_json};
use ottpay::error::ReplyProblem;
use ottpay::incoming::MessageProblem;
use ottpay::transport::{HttpResponse, TransportError, TransportErrorKind};
use ottpay::{CallbackError, Cipher, Error, Framing, Outcome, StatusClass};

const FIELDS: &str = r#"{"code_url":"weixin://wxpay/SECRET-LINK","order_id":"T1"}"#;

/// Sends a payment and returns the error it ends in.
async fn pay(script: &Script) -> Error {
    let client = script.client();
    let error = client.send(&payment(&client, &order("T1"))).await.unwrap_err();
    assert_eq!(script.requests().len(), 1, "a write is sent once");
    for text in [error.to_string(), format!("{error:?}")] {
        for secret in [SAMPLE_KEY, "SECRET-LINK"] {
            assert!(!text.contains(secret), "{text}");
        }
        assert!(text.len() < 1000, "{text}");
    }
    error
}

/// The problem of the reply.
async fn problem(script: &Script) -> ReplyProblem {
    let error = pay(script).await;
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert_eq!(error.order_id(), Some("T1"));
    match error {
        Error::Reply { problem, .. } => problem,
        other => panic!("expected a problem of the reply, got {other:?}"),
    }
}

/// A reply whose `data` and `md5` are as given.
fn reply(data: &str, md5: &str) -> Script {
    Script::body(Message::new([("rsp_code", "SUCCESS"), ("data", data), ("md5", md5)]).to_body(Framing::Json))
}

async fn open_error(script: &Script) -> OpenError {
    match problem(script).await {
        ReplyProblem::Message(MessageProblem::Unverified(error)) => error,
        other => panic!("expected an error of opening, got {other:?}"),
    }
}

#[tokio::test]
async fn a_wrong_sign_key_opens_nothing() {
    let sealed = seal_json(FIELDS, DigestForm::TextNullEmpty, &key("another key"), Cipher::Aes128Ecb).unwrap();
    assert_eq!(open_error(&reply(&sealed.data, &sealed.md5)).await, OpenError::Undecryptable);
}

#[tokio::test]
async fn a_wrong_digest_opens_nothing() {
    // The key depends on the digest, so with another digest nothing even decrypts …
    let sealed = seal_json(FIELDS, DigestForm::TextNullEmpty, &key(SAMPLE_KEY), Cipher::Aes128Ecb).unwrap();
    let other = seal_json(r#"{"a":"1"}"#, DigestForm::TextNullEmpty, &key(SAMPLE_KEY), Cipher::Aes128Ecb).unwrap();
    assert_eq!(open_error(&reply(&sealed.data, &other.md5)).await, OpenError::Undecryptable);
    // … unless an attacker with the key sealed it under the stated digest. This vector decrypts; only its digest is
    // wrong.
    let vector = common::vector("received", "wrong-md5");
    let client = common::sample().sign_key(key("6698851A525C9433")).build().unwrap();
    let text = |name: &str| vector[name].as_str().unwrap().to_owned();
    let body = Message::new([("data", text("data")), ("md5", text("md5"))]).to_body(Framing::Json);
    assert!(matches!(
        client.callback(body),
        Err(CallbackError::Message(MessageProblem::Unverified(OpenError::Digest)))
    ));
}

#[tokio::test]
async fn truncated_and_foreign_data_is_named() {
    let sealed = seal_json(FIELDS, DigestForm::TextNullEmpty, &key(SAMPLE_KEY), Cipher::Aes128Ecb).unwrap();
    let md5 = sealed.md5.as_str();
    for (data, error) in [
        (&sealed.data[..sealed.data.len() - 1], OpenError::NotBase64),
        ("not Base64 at all!", OpenError::NotBase64),
        ("QUJD", OpenError::Length),
        // Whole blocks, but the end is missing, and with it the padding.
        (&sealed.data[..64], OpenError::Undecryptable),
    ] {
        assert_eq!(open_error(&reply(data, md5)).await, error, "{data}");
    }
    for md5 in ["", "00", "not hex, but as long as a digest!", "é3242342342342342342342342342342"] {
        if md5.is_empty() {
            assert_eq!(open_error(&reply(&sealed.data, md5)).await, OpenError::Half);
        } else {
            assert_eq!(open_error(&reply(&sealed.data, md5)).await, OpenError::Md5Form, "{md5}");
        }
    }
}

#[tokio::test]
async fn sealed_json_must_be_an_object() {
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    for (plaintext, error) in [
        (&b"[1,2]"[..], OpenError::NotObject),
        (b"\"text\"", OpenError::NotObject),
        (b"not json", OpenError::NotJson),
        (b"\xff\xff", OpenError::NotUtf8),
        (b"", OpenError::NotJson),
        (br#"{"a":"","a":""}"#, OpenError::DuplicateMember),
        (deep.as_bytes(), OpenError::TooDeep),
    ] {
        let (data, md5) = sealed_bytes(plaintext);
        let error_text = open_error(&reply(&data, &md5)).await;
        assert_eq!(error_text, error);
    }
    // The same helper makes a message that is right, so it is the content that was refused above.
    let (data, md5) = sealed_bytes(b"{}");
    assert!(matches!(problem(&reply(&data, &md5)).await, ReplyProblem::Field { .. }));
}

#[tokio::test]
async fn a_reply_that_decrypts_and_has_another_digest_is_not_believed() {
    let (data, md5) = sealed_bytes(FIELDS.as_bytes());
    assert_eq!(open_error(&reply(&data, &md5)).await, OpenError::Digest);
}

#[tokio::test]
async fn a_body_that_is_not_a_message_is_named() {
    for (body, expected) in [
        ("", MessageError::Empty),
        ("  \r\n", MessageError::Empty),
        ("<html><body>Bad Gateway</body></html>", MessageError::Markup),
        ("[1]", MessageError::NotObject),
        ("{\"rsp_code\":\"SUCCESS\"", MessageError::NotJson),
        ("Internal Server Error", MessageError::NotJson),
        ("\"text\"", MessageError::NotObject),
    ] {
        match problem(&Script::body(body)).await {
            ReplyProblem::Message(MessageProblem::Unreadable(error)) => assert_eq!(error, expected),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn an_html_page_with_status_502_is_an_http_error() {
    let page = HttpResponse { status: 502, body: b"<html>SECRET-LINK</html>".to_vec() };
    let error = pay(&Script::new([Ok(page)])).await;
    assert!(matches!(error, Error::HttpStatus { status: 502, .. }), "{error:?}");
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert_eq!(
        error.to_string(),
        "ACTIVEPAY (order T1): expected HTTP status 2xx, got 502; \
         the outcome is unknown: query this order id, do not send it again"
    );
}

#[tokio::test]
async fn a_reply_without_a_code_is_not_believed() {
    let mut message = String::from_utf8(accepted(FIELDS).to_body(Framing::Json)).unwrap();
    message = message.replace("rsp_code", "some_code");
    assert!(matches!(problem(&Script::body(message)).await, ReplyProblem::NoCode));
    assert!(matches!(problem(&Script::body("{}")).await, ReplyProblem::NoCode));
    assert!(matches!(problem(&Script::body(r#"{"rsp_code":null}"#)).await, ReplyProblem::NoCode));
}

#[tokio::test]
async fn a_refund_is_not_believed_without_verified_data() {
    // Every field of its reply is optional; nothing verified is still nothing.
    for (body, nothing) in [
        (r#"{"rsp_code":"SUCCESS"}"#, true),
        (r#"{"rsp_code":"PROCESSING","data":"","md5":null}"#, true),
        (r#"{"rsp_code":"SUCCESS","data":"AAAA"}"#, false),
        (r#"{"rsp_code":"SUCCESS","data":"RUBBISH","md5":["x"]}"#, false),
        (r#"{"rsp_code":"SUCCESS","data":5,"md5":{}}"#, false),
    ] {
        let client = Script::body(body).client();
        let refund = client.refund().order_id(refund_id("R1")).ori_order_id(order("T1"));
        let error = refund.refund_amt(ottpay::Amount::from_minor(1)).send().await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Unknown, "{body}");
        match error {
            Error::Reply { problem: ReplyProblem::NoData, .. } => assert!(nothing, "{body}"),
            Error::Reply { problem: ReplyProblem::Message(MessageProblem::Unverified(_)), .. } => {
                assert!(!nothing, "{body}")
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn nested_members_outside_data_are_not_read() {
    // Anyone can send it, and none of it is needed, so no memory or time is spent on it.
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let error = pay(&Script::body(format!(r#"{{"rsp_code":"PARAM_ERROR","data":{deep}}}"#))).await;
    assert_eq!(error.outcome(), Outcome::Refused);
    let body = format!(r#"{{"rsp_code":"SUCCESS","data":{deep},"md5":"x"}}"#);
    assert_eq!(open_error(&Script::body(body)).await, OpenError::Half);
}

#[tokio::test]
async fn unverified_text_is_truncated() {
    let long = "x".repeat(100_000);
    let mut outer = accepted(r#"{"order_id":"T1"}"#).to_body(Framing::Json);
    outer.pop();
    outer.extend_from_slice(format!(r#","rep_code":"{long}"}}"#).as_bytes());
    let outer = String::from_utf8(outer).unwrap().replace("\"success\"", &format!("\"{long}\""));
    // `pay` checks the length of the error's messages.
    pay(&Script::body(outer)).await;
    pay(&Script::body(format!(r#"{{"rsp_code":"{long}","rsp_msg":"{long}"}}"#))).await;
}

#[tokio::test]
async fn an_odd_optional_field_does_not_hide_the_state_of_an_order() {
    for odd in [
        r#""exchange_rate":"N/A""#,
        r#""receive_amount":"12.34""#,
        r#""currency":"Canadian Dollar""#,
        r#""pay_amount":-1"#,
    ] {
        let client = Script::accepted(&format!(r#"{{"order_id":"T1","order_status":"success",{odd}}}"#)).client();
        let state = client.status_query().order_id(order("T1")).send().await.unwrap();
        assert_eq!(state.order_status().class(), StatusClass::Paid);
        let name = odd.split('"').nth(1).unwrap();
        assert!(state.raw().text(name).is_some(), "{name} is kept as text");
        // An error only where the field is read: an unreadable field is not an absent one.
        let read = [
            ("exchange_rate", state.exchange_rate().map(|read| read.is_some())),
            ("receive_amount", state.receive_amount().map(|read| read.is_some())),
            ("currency", state.currency().map(|read| read.is_some())),
            ("pay_amount", state.pay_amount().map(|read| read.is_some())),
        ];
        for (field, read) in read {
            match field == name {
                true => assert_eq!(read.unwrap_err().field(), name),
                false => assert_eq!(read, Ok(false), "{field}"),
            }
        }
    }
}

#[tokio::test]
async fn an_accepted_reply_without_data_is_not_believed() {
    for body in [r#"{"rsp_code":"SUCCESS"}"#, r#"{"rsp_code":"PROCESSING","data":null,"md5":null}"#] {
        assert!(matches!(problem(&Script::body(body)).await, ReplyProblem::NoData), "{body}");
    }
}

#[tokio::test]
async fn the_content_of_data_does_not_hide_the_gateways_refusal() {
    for body in [
        r#"{"rsp_code":"PARAM_ERROR","rsp_msg":"parameter format error"}"#,
        r#"{"rep_code":" param_error ","rsp_msg":"parameter format error","data":"rubbish","md5":"rubbish"}"#,
        r#"{"rspCode":"PARAM_ERROR","rsp_msg":"parameter format error","data":null}"#,
        r#"{"rsp_code":"PARAM_ERROR","rsp_msg":"parameter format error","data":null,"data":null,"md5":"","md5":""}"#,
        r#"{"merchant_id":"\ud83c","rsp_code":"PARAM_ERROR","rsp_msg":"parameter format error"}"#,
        r#"{"merchant_id":{},"merchant_id":1,"rsp_code":"PARAM_ERROR","rsp_msg":"parameter format error"}"#,
        r#"{"rspCode":[],"rsp_code":"PARAM_ERROR","rsp_msg":"parameter format error"}"#,
        r#"{"rsp_code":" ","rspCode":"PARAM_ERROR","rsp_msg":"parameter format error"}"#,
    ] {
        let error = pay(&Script::body(body)).await;
        assert_eq!(error.outcome(), Outcome::Refused);
        assert_eq!(error.to_string(), "ACTIVEPAY (order T1): PARAM_ERROR: parameter format error");
    }
}

/// Strings that no JSON parser accepts: GBK, half of a surrogate pair, a raw line break.
const ODD_TEXTS: [&[u8]; 3] = [b"\xb6\xa9\xb5\xa5\xd5\x5c", br"used \ud83c", b"order\nused"];

#[tokio::test]
async fn a_text_that_cannot_be_read_hides_no_code() {
    for text in ODD_TEXTS {
        let body = [b"{\"rsp_msg\":\"", text, b"\",\"rsp_code\":\"ORDER_USED\"}"].concat();
        let client = Script::body(body).client();
        let refund = client.refund().order_id(refund_id("R1")).ori_order_id(order("T1"));
        let error = refund.refund_amt(ottpay::Amount::from_minor(1)).send().await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::DuplicateId, "{error}");
        assert!(error.to_string().starts_with("REFUND (order R1): ORDER_USED: "), "{error}");
        assert!(!error.to_string().contains('\n'));
        // A call without an envelope is refused in the same way.
        let body = [b"{\"rsp_code\":\"PARAM_ERROR\",\"rsp_msg\":\"", text, b"\"}"].concat();
        let client = Script::body(body).client();
        let info = ottpay::GATEWAY.find_method("in_app_pay_wechat").unwrap();
        let given = info.examples[0]
            .request
            .iter()
            .copied()
            .filter(|(name, _)| info.request.iter().any(|field| field.name == *name && !field.is_written()));
        let request = ottpay::request::AnyRequest::new(&client, info, given).unwrap();
        let error = client.send(&request).await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Refused, "{error}");
        assert!(error.to_string().contains("PARAM_ERROR"), "{error}");
    }
}

#[tokio::test]
async fn a_text_that_cannot_be_read_keeps_no_reply_from_being_opened() {
    let genuine = String::from_utf8(accepted(FIELDS).to_body(Framing::Json)).unwrap();
    let (before, after) = genuine.split_once("\"success\"").unwrap();
    for text in ODD_TEXTS {
        let body = [before.as_bytes(), b"\"", text, b"\"", after.as_bytes()].concat();
        let client = Script::body(body).client();
        let reply = client.send(&payment(&client, &order("T1"))).await.unwrap();
        assert_eq!(reply.order_id().as_str(), "T1");
    }
}

#[tokio::test]
async fn a_reply_for_another_merchant_or_order_is_not_believed() {
    let mut outer = accepted(FIELDS).to_body(Framing::Json);
    outer.pop();
    outer.extend_from_slice(br#","merchant_id":"XX00000000"}"#);
    assert!(matches!(problem(&Script::body(outer)).await, ReplyProblem::Message(MessageProblem::OtherMerchant { .. })));
    // Inside, whether the action's reply declares the field or not; outside, even as a number.
    let inside = r#"{"code_url":"weixin://SECRET-LINK","order_id":"T1","merchant_id":"XX00000000"}"#;
    assert!(matches!(
        problem(&Script::accepted(inside)).await,
        ReplyProblem::Message(MessageProblem::OtherMerchant { .. })
    ));
    // An empty one counts as absent.
    let empty = r#"{"order_id":"T1","order_status":"success","merchant_id":" "}"#;
    let client = Script::accepted(empty).client();
    let state = client.status_query().order_id(order("T1")).send().await.unwrap();
    assert_eq!(state.order_status().class(), StatusClass::Paid);
    let mut number = accepted(FIELDS).to_body(Framing::Json);
    number.pop();
    number.extend_from_slice(br#","merchant_id":12345}"#);
    assert!(matches!(
        problem(&Script::body(number)).await,
        ReplyProblem::Message(MessageProblem::OtherMerchant { .. })
    ));
    match problem(&Script::accepted(r#"{"code_url":"weixin://SECRET-LINK","order_id":"T2"}"#)).await {
        ReplyProblem::Field { error, received } => {
            assert_eq!(error.to_string(), "order_id: the reply is about a different order than the request");
            assert_eq!(received.text("order_id"), Some("T2"));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_missing_field_is_named_and_the_rest_is_kept() {
    for fields in [
        r#"{"order_id":"T1","bizpay_order_id":"WX1"}"#,
        r#"{"order_id":"T1","bizpay_order_id":"WX1","code_url":null}"#,
        r#"{"order_id":"T1","bizpay_order_id":"WX1","code_url":""}"#,
    ] {
        match problem(&Script::accepted(fields)).await {
            ReplyProblem::Field { error, received } => {
                assert_eq!(error.to_string(), "code_url: required, but absent");
                assert_eq!(received.text("bizpay_order_id"), Some("WX1"));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn every_transport_error_keeps_its_meaning() {
    let error = pay(&Script::new([Err(TransportError::not_sent("no route"))])).await;
    assert_eq!(
        (error.outcome(), error.to_string().as_str()),
        (Outcome::NotSent, "ACTIVEPAY (order T1): nothing was sent: no route")
    );
    let error = pay(&Script::new([Err(TransportError::lost("timed out"))])).await;
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert!(error.to_string().contains("query this order id"), "{error}");
    let error = pay(&Script::new([Ok(HttpResponse { status: 200, body: vec![b' '; 2 * 1024 * 1024] })])).await;
    assert!(matches!(&error, Error::Lost { reason, .. } if reason.kind() == TransportErrorKind::TooLarge), "{error:?}");
}
