//! What the sandbox accepts although a client should not rely on it: it is noted, and a strict sandbox refuses it.

use std::collections::BTreeMap;

use crate::common::{NOBODY, OPERATOR, checkout, checkout_id, control, get, order, pay, refund_id, sealed, send};
use crate::common::{client_of, started};
use ottpay::envelope::{Message, seal, seal_as};
use ottpay::request::{AnyQuery, AnyRequest};
use ottpay::spec::{ActionInfo, Effect, Fill, Protocol};
use ottpay::{Amount, Currency, Framing, GATEWAY};
use ottpay_sandbox::{Leniency, Sandbox};
use serde_json::{Value, json};

/// A request: its path, its type, and its body.
type Request = (&'static str, &'static str, String);

const JSON: &str = "application/json";

/// The values of an action's example, with the fields that a client writes itself.
fn example(sandbox: &Sandbox, method: &str) -> (&'static ActionInfo, BTreeMap<&'static str, String>) {
    let info = GATEWAY.find_method(method).unwrap();
    let given: BTreeMap<_, _> = info.examples[0].request.iter().copied().collect();
    let fields = info.request.iter().filter(|field| !field.outer).filter_map(|field| {
        let value = match field.fill {
            Some(Fill::MerchantId) => Some(sandbox.merchant_id()),
            Some(Fill::CopyOf(from)) => given.get(from).copied(),
            _ => given.get(field.name).copied().or(field.constant),
        };
        Some((field.name, value.filter(|_| field.required)?.to_owned()))
    });
    (info, fields.collect())
}

/// A payment with this id, changed.
fn payment(sandbox: &Sandbox, id: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut fields = json!({ "order_id": id, "amount": "100", "biz_type": "ALIPAY", "operator_id": OPERATOR,
                             "call_back_url": NOBODY });
    change(&mut fields);
    String::from_utf8(sealed(sandbox, "ACTIVEPAY", "1.0", &fields.to_string())).unwrap()
}

/// The same message with another member.
fn replace_member(body: &str, name: &str, value: impl Fn(&str) -> String) -> String {
    let mut message: Value = serde_json::from_str(body).unwrap();
    message[name] = value(message[name].as_str().unwrap_or_default()).into();
    message.to_string()
}

/// A payment whose `data` contains this character.
fn payment_with_plus(sandbox: &Sandbox) -> String {
    let payments = (0..100).map(|number| payment(sandbox, &format!("P{number}"), |_| {}));
    let has_plus = |body: &String| serde_json::from_str::<Value>(body).unwrap()["data"].as_str().unwrap().contains('+');
    payments.into_iter().find(has_plus).unwrap()
}

/// A request for each leniency, with no other oddity except those that cannot be avoided.
fn find_request(sandbox: &Sandbox, leniency: Leniency) -> Request {
    let id = format!("L{}", leniency.name());
    let plain = payment(sandbox, &id, |_| {});
    let changed = |change: &dyn Fn(&mut Value)| payment(sandbox, &id, change);
    let beside = |member: &str| plain.replacen('{', &format!("{{{member},"), 1);
    let of_example = |method: &str, change: &dyn Fn(&mut BTreeMap<&'static str, String>)| {
        let (info, mut fields) = example(sandbox, method);
        change(&mut fields);
        let sealed = seal(&fields, &sandbox.sign_key(), GATEWAY.cipher);
        let members = [("action", info.action), ("version", info.version), ("merchant_id", sandbox.merchant_id())];
        let members = members.into_iter().chain([("data", &*sealed.data), ("md5", &*sealed.md5)]);
        (info.path, JSON, String::from_utf8(Message::new(members).to_body(Framing::Json)).unwrap())
    };
    let body = match leniency {
        Leniency::ContentType => return ("/processV2", "text/plain", plain),
        Leniency::QueryString => return ("/processV2?debug=1", JSON, plain),
        Leniency::OtherPath => return ("/processV3", JSON, plain),
        Leniency::Base64Body => {
            let (info, mut fields) = example(sandbox, "in_app_pay_wechat");
            fields.insert("order_id", id);
            let body = Message::new(fields).to_body(Framing::Base64);
            return (info.path, JSON, String::from_utf8(body).unwrap());
        }
        Leniency::OtherName => return of_example("elavon_query", &|fields| drop(fields.remove("order_id"))),
        Leniency::PaddedConstant => {
            return of_example("elavon_query", &|fields| drop(fields.insert("channelType", " ELAVONECOM".into())));
        }
        Leniency::ByteOrderMark => format!("\u{feff}{plain}"),
        Leniency::WhiteSpace => replace_member(&plain, "data", |data| format!("{}\r\n{}", &data[..64], &data[64..])),
        Leniency::SpacesForPlus => replace_member(&payment_with_plus(sandbox), "data", |data| data.replace('+', " ")),
        Leniency::UpperCased => replace_member(&plain, "md5", str::to_ascii_lowercase),
        Leniency::LowerCase => {
            let text = json!({ "order_id": id }).to_string();
            let md5 = seal(&BTreeMap::from([("order_id", &*id)]), &sandbox.sign_key(), GATEWAY.cipher).md5;
            let sealed = seal_as(&text, &md5.to_lowercase(), &sandbox.sign_key(), GATEWAY.cipher);
            let body = String::from_utf8(self::sealed(sandbox, "STATUS_QUERY", "1.0", &text)).unwrap();
            replace_member(&replace_member(&body, "data", |_| sealed.data.clone()), "md5", |_| sealed.md5.clone())
        }
        Leniency::HalfSurrogate => {
            let (_, mut fields) = example(sandbox, "active_pay");
            fields.extend([("order_id", id), ("order_remark", "a\u{fffd}b".to_owned())]);
            let md5 = seal(&fields, &sandbox.sign_key(), GATEWAY.cipher).md5;
            let text = json!(fields).to_string().replace('\u{fffd}', "\\ud83c");
            let sealed = seal_as(&text, &md5, &sandbox.sign_key(), GATEWAY.cipher);
            replace_member(&replace_member(&plain, "data", |_| sealed.data.clone()), "md5", |_| sealed.md5.clone())
        }
        Leniency::MalformedMember => beside(r#""note":NaN"#),
        Leniency::DuplicateMember => beside(r#""note":"1","note":"2""#),
        Leniency::UnknownMember => beside(r#""note":"1""#),
        Leniency::OtherType => beside(r#""terminal_no":["1"]"#),
        Leniency::PaddedMerchant => replace_member(&plain, "merchant_id", |merchant| format!(" {merchant}\t")),
        Leniency::OtherVersion => replace_member(&plain, "version", |_| "2.0".to_owned()),
        Leniency::UnknownField => changed(&|fields| fields["x_new"] = "a".into()),
        Leniency::Number => changed(&|fields| fields["amount"] = 100.into()),
        Leniency::NumberNotation => changed(&|fields| fields["amount"] = 1e2.into()),
        Leniency::Null => changed(&|fields| fields["order_remark"] = Value::Null),
        Leniency::EmptyField => changed(&|fields| fields["order_remark"] = "".into()),
        Leniency::BothFields => changed(&|fields| (fields["tip"], fields["Tip"]) = ("5".into(), "5".into())),
        Leniency::LeadingZeros => changed(&|fields| fields["amount"] = "0100".into()),
        Leniency::UncertainLimit => changed(&|fields| fields["operator_id"] = "7".into()),
        other => panic!("no request for {other:?}"),
    };
    ("/processV2", JSON, body)
}

/// Posts a request: the head of the reply, the reply, and the message that the sandbox lists.
async fn post(sandbox: &Sandbox, (path, content_type, body): &Request) -> (String, Value, Value) {
    let headers = format!("host: gateway\r\ncontent-type: {content_type}\r\n");
    let (_, head, reply) = send(sandbox, &format!("POST {path}"), &headers, body).await;
    let reply = Message::read(reply.as_bytes()).unwrap();
    let reply = json!({ "code": reply.code(), "message": reply.text("rsp_msg") });
    let (_, listed) = control(sandbox, "GET", "/messages?limit=1", Value::Null).await;
    (head, reply, listed[0].clone())
}

#[tokio::test]
async fn leniencies_are_noted_and_refused_by_a_strict_sandbox() {
    let (lenient, strict) = (Sandbox::start().await.unwrap(), Sandbox::builder().strict(true).start().await.unwrap());
    // The words of each request in this specification are limited, so that none of them can be unlisted; and only a link has
    // parameters.
    let elsewhere = [Leniency::UnlistedWord, Leniency::LooseBase64];
    for leniency in Leniency::ALL.iter().copied().filter(|leniency| !elsewhere.contains(leniency)) {
        let (_, reply, listed) = post(&lenient, &find_request(&lenient, leniency)).await;
        let notes = listed["notes"].as_array().unwrap();
        let note = notes.iter().find(|note| note["name"] == leniency.name());
        let note = note.unwrap_or_else(|| panic!("{leniency:?}: {reply} {listed}"));
        assert!(note["text"].as_str().unwrap().starts_with(leniency.description()), "{note}");
        // 1E2 is a number, too.
        assert_eq!(notes.len(), 1 + usize::from(leniency == Leniency::NumberNotation), "{leniency:?}: {listed}");
        assert_ne!(reply["code"], "PARAM_ERROR", "{leniency:?}: {reply}");

        let (head, reply, listed) = post(&strict, &find_request(&strict, leniency)).await;
        let message = reply["message"].as_str().unwrap();
        assert_eq!(reply["code"], "PARAM_ERROR", "{leniency:?}: {reply}");
        assert!(message.contains(note["text"].as_str().unwrap()), "{leniency:?}: {message}");
        assert!(head.contains("x-ottpay-sandbox-cause: refused by a strict sandbox: "), "{head}");
        assert_eq!(listed["cause"], message);
        assert_eq!(listed["notes"].as_array().map(Vec::len), Some(notes.len()), "{listed}");
    }
    assert!(strict.orders().unwrap().is_empty());
}

#[tokio::test]
async fn a_strict_sandbox_accepts_what_the_client_sends() {
    let sandbox = Sandbox::builder().strict(true).start().await.unwrap();
    let client = client_of(&sandbox).build().unwrap();
    pay(&client, "T1", 1999, NOBODY).await.unwrap();
    sandbox.pay("T1").await.unwrap();
    client.status_query().order_id(order("T1")).send().await.unwrap();
    let refund = client.refund().order_id(refund_id("R1")).ori_order_id(order("T1"));
    refund.refund_amt(Amount::from_minor(5)).send().await.unwrap();
    checkout(&client, "C1", NOBODY).await;
    client.prepay_query().prepay_order_id(checkout_id("C1")).send().await.unwrap();
    client.ex_rate_query().fee_type(Currency::USD).send().await.unwrap();
    let link = client.h5_pay_link().mer_code("M1").order_id(order("T2")).amount(Amount::from_minor(100));
    let link = link.new_url("https://shop.example/thanks").url().unwrap();
    assert_eq!(get(link.as_str()).await.0, 303);
    let (_, listed) = control(&sandbox, "GET", "/messages", Value::Null).await;
    assert!(listed.as_array().unwrap().iter().all(|message| message["notes"] == json!([])), "{listed}");
}

#[tokio::test]
async fn a_strict_sandbox_notes_nothing_in_any_example_that_the_client_sends() {
    let sandbox = Sandbox::builder().strict(true).start().await.unwrap();
    let client = client_of(&sandbox).build().unwrap();
    let mut sent = 0;
    for info in GATEWAY.actions.iter().filter(|info| matches!(info.protocol, Protocol::Envelope | Protocol::Json)) {
        for example in info.examples {
            let fields = example.request.iter().copied();
            // Many of them are refused, because the order does not exist.
            match info.effect {
                Effect::Write => drop(client.send(&AnyRequest::new(&client, info, fields).unwrap()).await),
                Effect::Read => drop(client.send(&AnyQuery::new(&client, info, fields).unwrap()).await),
            }
            let (_, listed) = control(&sandbox, "GET", "/messages?limit=1", Value::Null).await;
            sent += 1;
            assert_eq!((&listed[0]["message"], &listed[0]["notes"]), (&json!(sent), &json!([])), "{listed}");
        }
    }
    assert!(sent >= 15, "{sent}");
}

#[tokio::test]
async fn the_base64_of_a_link_is_read_in_any_form_and_noted() {
    let (lenient, strict) = (Sandbox::start().await.unwrap(), Sandbox::builder().strict(true).start().await.unwrap());
    for (url, is_loose) in [("aHR0cHM6Ly9hLmV4YW1wbGU%3D", false), ("aHR0cHM6Ly9hLmV4YW1wbGU", true)] {
        for sandbox in [&lenient, &strict] {
            let (_, fields) = example(sandbox, "wap_pay_link");
            let query = fields.iter().filter(|(name, _)| !name.ends_with("URL"));
            let query: Vec<_> = query
                .map(|(name, value)| match *name {
                    "orderId" => format!("{name}=L{is_loose}"),
                    _ => format!("{name}={value}"),
                })
                .collect();
            let query = format!("{}&returnURL={url}&notifyURL={url}", query.join("&"));
            let (status, text) = get(&format!("{}/wapPay?{query}", sandbox.url())).await;
            let is_refused = is_loose && std::ptr::eq(sandbox, &strict);
            assert_eq!(status, if is_refused { 400 } else { 303 }, "{query}: {text}");
            let (_, listed) = control(sandbox, "GET", "/messages?limit=1", Value::Null).await;
            let names: Vec<_> = listed[0]["notes"].as_array().unwrap().iter().map(|note| &note["name"]).collect();
            assert_eq!(names, if is_loose { vec!["loose_base64"] } else { vec![] }, "{listed}");
        }
    }
}

#[tokio::test]
async fn members_outside_the_data_are_noted_like_fields() {
    let (sandbox, _) = started().await;
    for (number, (value, note)) in
        [("null", "null"), ("\"\"", "empty_field"), ("7", "number"), ("true", "other_type"), ("{}", "other_type")]
            .into_iter()
            .enumerate()
    {
        let body = payment(&sandbox, &format!("T{number}"), |_| {});
        let body = body.replacen('{', &format!("{{\"terminal_no\":{value},"), 1);
        let (_, reply, listed) = post(&sandbox, &("/processV2", JSON, body)).await;
        assert_eq!(reply["code"], "SUCCESS", "{value}: {reply}");
        let notes = listed["notes"].as_array().unwrap();
        assert!(notes.len() == 1 && notes[0]["name"] == note, "{value}: {listed}");
        assert!(notes[0]["text"].as_str().unwrap().ends_with(": terminal_no"), "{listed}");
    }
}

#[tokio::test]
async fn notes_name_fields_and_show_no_value() {
    let (sandbox, _) = started().await;
    let body = payment(&sandbox, "T1", |fields| {
        for number in 0..8 {
            fields[format!("x{number}")] = "4111111111111111".into();
        }
        fields["4111 1111"] = "a".into();
        fields["currency_type"] = Value::Null;
    });
    let (_, _, listed) = post(&sandbox, &("/processV2", JSON, body)).await;
    let text = |name: &str| {
        let notes = listed["notes"].as_array().unwrap();
        notes.iter().find(|note| note["name"] == name).unwrap()["text"].as_str().unwrap().to_owned()
    };
    let ends = ": (a name of 9 bytes), x0, x1, x2, x3 and 4 more";
    assert!(text("unknown_field").ends_with(ends), "{listed}");
    assert!(text("null").ends_with(": currency_type"), "{listed}");

    let serial = &listed["message"];
    let (_, page) = get(&format!("{}/sandbox/message/{serial}", sandbox.url())).await;
    let notes = page.split("id=\"notes\"").nth(1).and_then(|after| after.split("</ul>").next()).unwrap();
    assert!(notes.contains("unknown_field") && notes.contains(ends) && !notes.contains("4111"), "{notes}");
    let (_, page) = get(&format!("{}/sandbox/order/T1", sandbox.url())).await;
    assert!(page.contains("· unknown_field") && page.contains("· null"), "{page}");
}

#[test]
fn the_guide_lists_every_leniency() {
    let guide = include_str!("../../../docs/sandbox.md");
    for leniency in Leniency::ALL {
        let row = format!("| `{}` | {} |\n", leniency.name(), leniency.description());
        assert!(guide.contains(&row), "docs/sandbox.md lacks {row}");
    }
}
