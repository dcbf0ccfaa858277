//! Callbacks: verified data is trusted, members outside it are not.

use crate::common::{self, SAMPLE_MERCHANT, accepted};
use ottpay::envelope::Message;
use ottpay::incoming::MessageProblem;
use ottpay::{Amount, CallbackError, Framing, PaymentCallback, StatusClass};

const PAID: &str = r#"{"finish_time":"2025-01-01 00:00:00","order_id":"T1","amount":"1999","tip":"0","bizpay_order_id":"WX1","merchant_id":"ON00004652"}"#;

/// The sealed members of a genuine callback with other clear-text members around them.
fn with_outer(fields: &str, outer: &[(&str, &str)]) -> Message<'static> {
    let genuine = accepted(fields);
    let sealed = ["data", "md5"].map(|name| (name, genuine.text(name).unwrap()));
    Message::new(outer.iter().copied().chain(sealed)).into_owned()
}

#[test]
fn both_framings_and_a_form_are_read() {
    let client = common::sample().build().unwrap();
    let message = with_outer(PAID, &[("rsp_code", "SUCCESS"), ("merchant_id", SAMPLE_MERCHANT)]);
    let form = ["data", "md5"].map(|name| {
        let escaped = message.text(name).unwrap().replace('+', "%2B").replace('=', "%3D").replace('/', "%2F");
        format!("{name}={escaped}")
    });
    for body in [message.to_body(Framing::Json), message.to_body(Framing::Base64), form.join("&").into_bytes()] {
        assert_eq!(client.callback(body).unwrap().amount(), Amount::from_minor(1999));
    }
}

#[test]
fn outer_members_are_information_and_not_truth() {
    // An attacker replays a genuine callback with arbitrary members around it.
    let client = common::sample().build().unwrap();
    let message =
        with_outer(PAID, &[("rsp_code", "FAIL"), ("rsp_msg", "refused"), ("order_id", "T2"), ("amount", "1")]);
    let paid = client.callback(message.to_body(Framing::Json)).unwrap();
    assert_eq!((paid.order_id().as_str(), paid.amount()), ("T1", Amount::from_minor(1999)));
    assert_eq!(paid.unauthenticated().code(), Some("FAIL"));
    assert_eq!(paid.unauthenticated().message(), Some("refused"));
}

#[test]
fn a_callback_for_another_merchant_is_refused_inside_and_outside() {
    let client = common::sample().build().unwrap();
    let inside = PAID.replace(SAMPLE_MERCHANT, "ON00004653");
    for message in [with_outer(&inside, &[]), with_outer(PAID, &[("merchant_id", "ON00004653")])] {
        assert!(matches!(
            client.callback(message.to_body(Framing::Json)),
            Err(CallbackError::Message(MessageProblem::OtherMerchant { .. }))
        ));
    }
}

#[test]
fn an_order_id_is_returned_as_the_shop_wrote_it() {
    let client = common::sample().build().unwrap();
    for id in ["42", "42-1679505621", "shop_7.2026/11#3", "00042", "O'Neil", "a\"b\\c", "订单7"] {
        let id = common::order(id);
        let request = common::payment(&client, &id);
        assert_eq!(ottpay::request::Request::values(&request).get("order_id"), Some(id.as_str()));
        let fields = PAID.replace("\"T1\"", &serde_json::to_string(id.as_str()).unwrap());
        let paid = client.callback(with_outer(&fields, &[]).to_body(Framing::Json)).unwrap();
        assert_eq!(paid.order_id(), &id);
    }
}

#[test]
fn aliases_are_read_under_one_name_and_the_documented_name_wins() {
    let client = common::sample().build().unwrap();
    let fields = PAID.replace("\"amount\"", "\"total_amount\"").replace("\"order_id\"", "\"orderId\"");
    let paid = client.callback(with_outer(&fields, &[]).to_body(Framing::Json)).unwrap();
    assert_eq!((paid.order_id().as_str(), paid.amount()), ("T1", Amount::from_minor(1999)));
    let both = PAID.replace("\"tip\":\"0\"", "\"txnAmt\":\"5\",\"total_amount\":\"6\"");
    let client = common::sample().strict_callbacks(false).build().unwrap();
    let paid = client.callback(with_outer(&both, &[]).to_body(Framing::Json)).unwrap();
    assert_eq!(paid.amount(), Amount::from_minor(1999));
}

#[test]
fn fields_outside_the_specification_are_kept() {
    let client = common::sample().strict_callbacks(false).build().unwrap();
    let fields = PAID
        .replace("\"tip\":\"0\"", "\"tip\":\"0\",\"order_status\":\"Refund-Pending\",\"new_field\":{\"a\":[1,null]}");
    let paid = client.callback(with_outer(&fields, &[]).to_body(Framing::Json)).unwrap();
    let status = paid.order_status().unwrap();
    assert_eq!((status.as_str(), status.class()), ("Refund-Pending", StatusClass::Unknown));
    assert_eq!(status.class(), StatusClass::Unknown);
    assert_eq!(paid.raw().text("new_field"), Some(r#"{"a":[1,null]}"#));
}

#[test]
fn status_words_compare_without_case_hyphens_and_spaces() {
    for (word, class) in [
        ("SUCCESS", StatusClass::Paid),
        (" Fully Refunded ", StatusClass::Refunded),
        ("partial-refunded", StatusClass::PartiallyRefunded),
        ("AUTHORIZED", StatusClass::Authorised),
        ("OrderClose", StatusClass::Closed),
        ("authfinish", StatusClass::Unknown),
        ("trade_success", StatusClass::Unknown),
        ("", StatusClass::Unknown),
    ] {
        assert_eq!(ottpay::OrderStatus::from(word).class(), class, "{word}");
    }
}

#[test]
fn an_unreadable_field_is_named_and_the_rest_is_kept() {
    let client = common::sample().build().unwrap();
    let fields = PAID.replace("\"1999\"", "\"19.99\"");
    match client.callback(with_outer(&fields, &[]).to_body(Framing::Json)).unwrap_err() {
        CallbackError::Field { error, received, .. } => {
            assert_eq!(error.to_string(), "amount: expected a whole number of minor units");
            assert_eq!(received.text("order_id"), Some("T1"));
        }
        other => panic!("{other:?}"),
    }
}

/// Status, content type and body of what a client answers to callbacks.
fn answer(client: &ottpay::Client) -> (u16, &str, &str) {
    let answer = client.acknowledgement();
    (answer.status(), answer.content_type(), answer.body())
}

#[test]
fn the_answer_to_a_callback_is_that_of_the_specification_unless_the_client_has_another() {
    let client = common::sample().build().unwrap();
    assert_eq!(answer(&client), (200, "text/plain", "SUCCESS"));
    assert_eq!(client.acknowledgement(), ottpay::GATEWAY.acknowledgement);
    let json = r#"{"rsp_code":"SUCCESS","rsp_msg":"成功"}"#;
    for (body, content_type) in [("OK", "text/plain; charset=utf-8"), ("", "text/plain"), (json, "application/json")] {
        let client = common::sample().acknowledgement(body, content_type).build().unwrap();
        assert_eq!(answer(&client.clone()), (200, content_type, body));
    }
    // Of two settings the later one counts, as with every other setting.
    let twice = common::sample().acknowledgement("OK", "text/html").acknowledgement("success", "text/plain");
    assert_eq!(answer(&twice.build().unwrap()), (200, "text/plain", "success"));
}

#[test]
fn no_message_influences_the_answer() {
    let client = common::sample().strict_callbacks(false).acknowledgement("OK", "text/plain").build().unwrap();
    let fields = PAID.replace("\"tip\"", "\"acknowledgement\":\"x\",\"rsp_msg\":\"x\",\"tip\"");
    let outer = [("acknowledgement", "x"), ("content_type", "x/y"), ("rsp_msg", "x"), ("status", "302")];
    client.callback(with_outer(&fields, &outer).to_body(Framing::Json)).unwrap();
    assert_eq!(answer(&client), (200, "text/plain", "OK"));
}

#[test]
fn an_answer_that_cannot_be_sent_is_refused_before_the_first_request() {
    for (body, content_type, says) in [
        ("OK\r\nset-cookie: x=y", "text/plain", "expected a body of one line"),
        ("OK", "text/plain\r\nset-cookie: x=y", "expected a content type such as text/plain"),
        // The two the other way round.
        ("text/plain", "OK", "expected a content type such as text/plain"),
        ("OK", "text/plain; charset=gbk", "expected a content type in UTF-8"),
        (&"x".repeat(1025), "text/plain", "expected a body of at most 1024 bytes, got 1025"),
    ] {
        let error = common::sample().acknowledgement(body, content_type).build().unwrap_err();
        assert!(matches!(error, ottpay::ConfigError::Acknowledgement(_)), "{error:?}");
        let text = error.to_string();
        assert!(text.starts_with(&format!("invalid acknowledgement of callbacks: {says}")), "{text}");
    }
}

/// A callback of a channel is read by the method for that channel and by the one for all channels.
#[test]
fn the_general_callback_reads_the_example_of_every_channel() {
    for callback in ottpay::GATEWAY.callbacks {
        for example in callback.examples {
            let fields: std::collections::BTreeMap<_, _> = example.iter().copied().collect();
            let merchant = fields.get("merchant_id").copied().unwrap_or(SAMPLE_MERCHANT);
            let client = common::sample().merchant_id(merchant).build().unwrap();
            let body = accepted(&serde_json::to_string(&fields).unwrap()).to_body(Framing::Json);
            let paid = client.callback(&body).unwrap_or_else(|error| panic!("{}: {error}", callback.name));
            assert_eq!(paid.order_id().as_str(), fields["order_id"]);
            for field in callback.fields {
                paid.raw().check_field(field).unwrap_or_else(|error| panic!("{}: {error}", callback.name));
            }
        }
    }
}

#[test]
fn a_member_that_is_read_strictly_is_there_once() {
    let client = common::sample().build().unwrap();
    let message = accepted(PAID);
    let escaped = |name: &str| message.text(name).unwrap().replace('+', "%2B").replace('=', "%3D").replace('/', "%2F");
    let form = format!("data={}&md5={}", escaped("data"), escaped("md5"));
    for body in
        [form.clone(), format!("{form}\r\n"), format!("\u{feff} {form}\n"), format!("{form}&a=1&a=2&rsp_msg=%B3%C9%FF")]
    {
        client.callback(body).unwrap();
    }
    let sealed = ["data", "md5"].map(|name| format!(r#""{name}":"{}""#, message.text(name).unwrap())).join(",");
    for body in [
        format!("{form}&merchant_id={SAMPLE_MERCHANT}&merchant_id=OTHER"),
        format!("{form}&data=AAAA"),
        format!(r#"{{{sealed},"merchant_id":"{SAMPLE_MERCHANT}","merchant_id":"{SAMPLE_MERCHANT}"}}"#),
        format!(r#"{{{sealed},"md5":null}}"#),
        format!(r#"{{{sealed},"d\u0061ta":"AAAA"}}"#),
        format!(r#"{{{sealed},"rep_code":"SUCCESS","rep_code":"SUCCESS"}}"#),
        format!(r#"{{{sealed},"merchant_id":["{SAMPLE_MERCHANT}"]}}"#),
        format!(r#"{{{sealed},"merchant_id":"\ud83c"}}"#),
        format!(r#"{{{sealed},"rsp_code":NaN}}"#),
    ] {
        let error = client.callback(&body).unwrap_err();
        assert!(matches!(error, CallbackError::Message(MessageProblem::Unreadable(_))), "{body}: {error:?}");
    }
}

/// Members outside `data` that anyone can write: invalid JSON, or more members than any message has.
#[test]
fn no_member_outside_the_data_prevents_reading_a_genuine_callback() {
    let client = common::sample().build().unwrap();
    let genuine = accepted(PAID);
    let sealed = ["data", "md5"].map(|name| format!(r#""{name}":"{}""#, genuine.text(name).unwrap())).join(",");
    let many: String = (0..600).map(|index| format!("\"m{index}\":1,")).collect();
    let deep = format!("\"deep\":{}{},", "[".repeat(100_000), "]".repeat(100_000));
    for outer in [
        // `success` in Chinese in GBK; a character whose second byte in GBK is a backslash; Latin-1.
        &b"\"rsp_msg\":\"\xb3\xc9\xb9\xa6\","[..],
        b"\"rsp_msg\":\"\xd5\x5c\",",
        b"\"rsp_msg\":\"succ\xe8s\",",
        br#""rsp_msg":"\ud83c","#,
        br#""rsp_msg":"\udf1f \ud83c","#,
        b"\"rsp_msg\":\"two\r\nlines\0\x1b\",",
        br#""rsp_msg":"\q\u12","#,
        br#""\ud83c":"\ud83c","#,
        b"\"\xff\xfe\":1,",
        br#""rsp_msg":"a","rsp_msg":"b","#,
        br#""rate":NaN,"more":-Infinity,"none":undefined,"#,
        br#""rate":1e999999999999,"more":007,"#,
        br#""list":[1,,"]",{"data":"x"}],"data ":"x","#,
        many.as_bytes(),
        deep.as_bytes(),
    ] {
        let object = [b"{\"rsp_code\":\"SUCCESS\",", outer, sealed.as_bytes(), b"}"].concat();
        let encoded = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, &object).into_bytes();
        for body in [object, encoded] {
            let shown = String::from_utf8_lossy(outer).chars().take(40).collect::<String>();
            let paid = client.callback(&body).unwrap_or_else(|error| panic!("{shown}: {error}"));
            assert_eq!((paid.order_id().as_str(), paid.amount()), ("T1", Amount::from_minor(1999)), "{shown}");
            assert_eq!(paid.unauthenticated().code(), Some("SUCCESS"));
        }
        // The structure of the object must still be valid.
        for broken in [&b"{"[..], b"{}{", b"{\"rsp_code\":\"SUCCESS\""] {
            let body = [broken, outer, sealed.as_bytes(), b"}"].concat();
            client.callback(&body[..body.len() - 1]).unwrap_err();
        }
    }
}

#[test]
fn members_outside_the_data_are_shown_as_far_as_they_can_be_read() {
    let client = common::sample().build().unwrap();
    let genuine = accepted(PAID);
    let sealed = ["data", "md5"].map(|name| format!(r#""{name}":"{}""#, genuine.text(name).unwrap())).join(",");
    for (message, shown) in [
        // `success` in Chinese in GBK, two bytes of which are a character of UTF-8.
        (&b"\xb3\xc9\xb9\xa6"[..], "\u{fffd}\u{279}\u{fffd}"),
        (br"a\ud83cb", "a\u{fffd}b"),
        (b"two\nlines", "twolines"),
    ] {
        let body = [b"{\"rsp_msg\":\"", message, b"\",", sealed.as_bytes(), b"}"].concat();
        let paid = client.callback(&body).unwrap();
        assert_eq!(paid.unauthenticated().message(), Some(shown));
    }
}

#[test]
fn the_vendors_callback_decodes_into_the_typed_callback() {
    let vector = common::vector("published", "callback");
    let text = |member: &str| vector[member].as_str().unwrap();
    let body = format!(
        r#"{{"rsp_code":"SUCCESS","rsp_msg":"success","merchant_id":"ON00004652","data":"{}","md5":"{}"}}"#,
        text("data"),
        text("md5")
    );
    let paid: PaymentCallback = common::sample().build().unwrap().callback(body).unwrap();
    assert_eq!(paid.order_id().as_str(), "16795056216014900");
    assert_eq!(paid.amount(), Amount::from_minor(3));
    assert_eq!(paid.tip(), Ok(Some(Amount::from_minor(1))));
    assert_eq!(paid.bizpay_order_id(), Some("AL5909918566288061"));
    assert_eq!(paid.merchant_id(), Some("ON00004652"));
    assert_eq!(paid.finish_time().unwrap().as_str(), "2023-03-23 01:21:53");
    assert_eq!(paid.exchange_rate().unwrap().unwrap().to_string(), "5.057030");
    assert_eq!(paid.remarks(), Some("可以"));
    assert_eq!(paid.sub_open_id(), Some("2088032832386722"));
    // A wallet's callback does not state whether the order is paid.
    assert_eq!(paid.order_status(), None);
    // The buyer's id at the wallet is sensitive.
    assert!(!format!("{paid:?} {:?}", paid.raw()).contains("2088032832386722"));
}
