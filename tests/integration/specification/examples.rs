//! Every example of the specification is a test: its fields are digested, sealed, sent and opened, and are then equal.

use std::collections::BTreeMap;

use crate::common::{self, Any, SAMPLE_KEY, SAMPLE_MERCHANT, Script, key};
use md5::{Digest, Md5};
use ottpay::envelope::{self, Fields, Message};
use ottpay::request::{AnyQuery, AnyRequest};
use ottpay::spec::{Effect, Fill, Protocol};
use ottpay::{Cipher, GATEWAY};

const ECB: Cipher = Cipher::Aes128Ecb;

type Texts<'a> = BTreeMap<&'a str, &'a str>;

fn texts<'a>(fields: &[(&'a str, &'a str)]) -> Texts<'a> {
    fields.iter().copied().collect()
}

fn same(opened: &Fields, expected: &Texts<'_>) -> bool {
    opened.iter().map(|(name, value)| (name, value.as_text().unwrap())).eq(expected.iter().map(|(n, t)| (*n, *t)))
}

/// Fields → sorted concatenation → digest, without any code of the project; sealed → opened → equal.
fn goes_round(fields: &[(&str, &str)], what: &str) {
    let fields = texts(fields);
    let concatenation: String = fields.values().copied().collect();
    let digest: String = Md5::digest(concatenation).iter().map(|byte| format!("{byte:02X}")).collect();
    let sealed = envelope::seal(&fields, &key(SAMPLE_KEY), ECB);
    assert_eq!(sealed.md5, digest, "{what}");
    let opened = envelope::open(&sealed.data, &sealed.md5, &key(SAMPLE_KEY), ECB).unwrap();
    assert!(same(&opened, &fields), "{what}");
}

#[test]
fn every_example_goes_through_the_envelope_and_back() {
    let mut messages = 0;
    for info in GATEWAY.actions.iter().filter(|info| info.protocol == Protocol::Envelope) {
        for example in info.examples {
            goes_round(example.request, info.name);
            goes_round(example.reply, info.name);
            messages += 2;
        }
    }
    for callback in GATEWAY.callbacks {
        assert!(!callback.examples.is_empty(), "{} has no example", callback.name);
        for example in callback.examples {
            goes_round(example, callback.name);
            messages += 1;
        }
    }
    assert!(messages > 40, "{messages}");
}

#[tokio::test]
async fn sent_and_read_fields_match_the_example() {
    for info in GATEWAY.actions {
        for example in info.examples {
            let replied = texts(example.reply);
            let client = |script: &Script| script.client();
            let mut expected = texts(example.request);
            for field in info.request.iter().filter(|field| field.fill == Some(Fill::MerchantId)) {
                expected.insert(field.name, SAMPLE_MERCHANT);
            }
            let (script, opened) = match info.protocol {
                Protocol::Envelope => (Script::accepted(&serde_json::to_string(&replied).unwrap()), true),
                Protocol::Json => (Script::body(serde_json::to_string(&replied).unwrap()), false),
                _ => continue,
            };
            // The samples name several merchants; a reply for another one is refused.
            let client = match example.reply.iter().find(|(name, _)| *name == "merchant_id") {
                Some((_, merchant)) => {
                    for field in info.request.iter().filter(|field| field.fill == Some(Fill::MerchantId)) {
                        expected.insert(field.name, merchant);
                    }
                    common::sample().merchant_id(*merchant).transport(script.clone()).build().unwrap()
                }
                None => client(&script),
            };
            let request = Any::new(&client, info, example.request.iter().copied()).unwrap();
            let reply = request.send(&client).await.unwrap_or_else(|error| panic!("{}: {error}", info.name));
            assert!(same(reply.fields(), &replied), "{}", info.name);
            for field in info.reply {
                reply.check_field(field).unwrap_or_else(|error| panic!("{}: {error}", info.name));
            }
            let body = &script.requests()[0].body;
            let sent = if opened {
                let message = Message::read(body).unwrap();
                assert_eq!((message.text("action"), message.text("version")), (Some(info.action), Some(info.version)));
                message.open(&key(SAMPLE_KEY), ECB).unwrap().unwrap()
            } else {
                let (message, fields) = Message::read_plain(body).unwrap();
                assert_eq!((message.text("action"), message.text("md5")), (None, None));
                fields
            };
            assert!(same(&sent, &expected), "{}", info.name);
        }
    }
}

#[test]
fn a_request_named_at_run_time_is_held_to_the_same_rules() {
    let client = common::sample().build().unwrap();
    let info = GATEWAY.find_method("elavon_query").unwrap();
    let error = |fields: &[(&str, &str)]| {
        AnyQuery::new(&client, info, fields.iter().copied()).unwrap_err().to_string().replace("(declared at ", "(")
    };
    let at = |name: &str| {
        let line = info.request.iter().find(|field| field.name == name).map_or(info.line, |field| field.line);
        format!("spec/actions/elavon_query.yaml:{line}")
    };
    let time = ("txnTime", "20191125163000");
    assert_eq!(error(&[time]), format!("STATUS_QUERY: order_id: required, but absent ({})", at("order_id")));
    assert_eq!(
        error(&[("order_id", "T1"), ("txnTime", "now")]),
        format!("STATUS_QUERY: txnTime: expected a time as 14 digits, yyyyMMddHHmmss ({})", at("txnTime"))
    );
    assert_eq!(
        error(&[("ordre_id", "T1")]),
        format!("STATUS_QUERY: field 1: the action has no such field ({})", at("field 1"))
    );
    assert_eq!(
        error(&[("order_id", "T1"), time, ("bizType", "other")]),
        format!("STATUS_QUERY: bizType: always converge_hosted: the client writes it ({})", at("bizType"))
    );
    assert_eq!(
        error(&[("order_id", "T1"), time, ("merchant_id", "M")]),
        format!("STATUS_QUERY: merchant_id: the client writes it ({})", at("merchant_id"))
    );
    assert_eq!(
        error(&[("order_id", "T1"), time, ("orderId", "T2")]),
        format!("STATUS_QUERY: orderId: the client writes it ({})", at("orderId"))
    );
    // An invalid name may be a value in the wrong place.
    let swapped = error(&[("order_id", "T1"), ("4111111111111111", "cc_number")]);
    assert_eq!(swapped, format!("STATUS_QUERY: field 2: the action has no such field ({})", at("field 2")));
    // A field that the client writes may be set to its own value, omitted with an empty string, and not sent together
    // with its replacement.
    let info = GATEWAY.find_method("portico_query").unwrap();
    let names = |fields: &[(&str, &str)]| {
        let request = AnyQuery::new(&client, info, fields.iter().copied()).map_err(|error| error.to_string())?;
        let values = ottpay::request::Request::values(&request);
        Ok::<_, String>(values.iter().map(|(field, _)| field.name).collect::<Vec<_>>().join(" "))
    };
    let (id, merchant) = (("orderId", "T1"), ("merchant_id", SAMPLE_MERCHANT));
    let all = "bizType cc_channelType channelType merchant_id orderId termId";
    assert_eq!(names(&[id, merchant]).unwrap(), all);
    let fewer = "bizType channelType orderId termId";
    assert_eq!(names(&[id, ("merchant_id", ""), ("cc_channelType", "")]).unwrap(), fewer);
    let info = GATEWAY.find_method("elavon_purchase").unwrap();
    let both = info.examples[0].request.iter().copied().chain([("biz_type", "converge_hosted")]);
    let error_of = AnyRequest::new(&client, info, both).unwrap_err().to_string();
    assert!(error_of.contains("biz_type: conflicts with bizType: set only one of the two"), "{error_of}");
    assert_eq!(
        error(&[("order_id", "T1"), ("order_id", "T2"), time]),
        format!("STATUS_QUERY: order_id: set twice ({})", at("order_id"))
    );
    let info = GATEWAY.find_method("active_pay").unwrap();
    let fields = info.examples[0].request.iter().copied().filter(|(name, _)| *name != "call_back_url");
    let error_of = AnyRequest::new(&client, info, fields.chain([("call_back_url", "http://shop.example/")]));
    assert!(error_of.unwrap_err().to_string().contains("call_back_url: expected https"));
    // The same name may appear outside `data` and inside it.
    let info = GATEWAY.find_method("passive_pay").unwrap();
    let fields = info.examples[0].request.iter().copied().chain([("outer operator_id", "0000000001")]);
    let request = AnyRequest::new(&client, info, fields).unwrap();
    assert!(format!("{request:?}").contains("outer operator_id: \"0000000001\""), "{request:?}");
    let link = GATEWAY.find_method("web_pay_link").unwrap();
    let error = AnyRequest::new(&client, link, []).unwrap_err().to_string();
    assert!(error.contains("the client does not send this"), "{error}");
    let error = AnyRequest::link(&client, info, []).unwrap_err().to_string();
    assert!(error.contains("this is sent, not opened as a link"), "{error}");
}

#[test]
fn a_write_named_at_run_time_is_not_a_query_and_a_query_is_not_a_write() {
    let client = common::sample().build().unwrap();
    for info in GATEWAY.actions {
        let fields = || info.examples[0].request.iter().copied();
        let (write, read) = (AnyRequest::new(&client, info, fields()), AnyQuery::new(&client, info, fields()));
        let errors = [write.err(), read.err()].map(|error| error.map_or_else(String::new, |error| error.to_string()));
        let is_sent = matches!(info.protocol, Protocol::Envelope | Protocol::Json);
        let expected = match info.effect {
            _ if !is_sent => ["the client does not send this"; 2],
            Effect::Write => ["", "effect: the action may move money: use `AnyRequest`, not `AnyQuery`"],
            Effect::Read => ["effect: the action only reads: use `AnyQuery`, not `AnyRequest`", ""],
        };
        for (error, expected) in errors.iter().zip(expected) {
            assert_eq!(error.is_empty(), expected.is_empty(), "{}: {error}", info.name);
            assert!(error.contains(expected), "{}: {error}", info.name);
        }
    }
}
