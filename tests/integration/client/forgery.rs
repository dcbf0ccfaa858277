//! Callbacks that an attacker without the sign key made from the encrypted blocks of a genuine one.

use ottpay::envelope::{Alteration, FieldForm, Message};
use ottpay::{CallbackError, Client, Framing, GATEWAY};

use super::mutations::{Blocks, json};
use crate::common::{self, SAMPLE_KEY, SAMPLE_MERCHANT, accepted, key};

fn strict() -> Client {
    common::sample().build().unwrap()
}

fn body_of(text: &str) -> Vec<u8> {
    accepted(text).to_body(Framing::Json)
}

fn signs_of(text: &str) -> Vec<Alteration> {
    match strict().callback(body_of(text)) {
        Ok(_) => Vec::new(),
        Err(CallbackError::PossiblyAltered { alterations, .. }) => alterations,
        Err(error) => panic!("{text}: {error:?}"),
    }
}

#[test]
fn a_forgery_made_of_a_genuine_callback_is_distinguished_from_it() {
    let pair: serde_json::Value =
        serde_json::from_str(include_str!("../../../ottpay-runtime/tests/vectors/forgery.json")).unwrap();
    let client = |strict| {
        let builder = Client::builder().merchant_id(pair["merchant_id"].as_str().unwrap());
        let builder = builder.sign_key(key(pair["sign_key"].as_str().unwrap())).endpoint("http://127.0.0.1:9");
        builder.strict_callbacks(strict).build().unwrap()
    };
    let body = |which: &str| pair[which]["body"].to_string();
    // The buyer filled the remark with blocks to be used again, so that the genuine one has a sign, too.
    let error = client(true).callback(body("genuine")).unwrap_err();
    assert_eq!(error.order_id(), pair["genuine"]["order_id"].as_str());
    let CallbackError::PossiblyAltered { alterations, .. } = &error else { panic!("{error:?}") };
    assert!(matches!(alterations[..], [Alteration::RepeatedBlock { .. }]), "{error}");

    let error = client(true).callback(body("forged")).unwrap_err();
    assert!(error.to_string().starts_with("possibly altered: query the order ("), "{error}");
    assert_eq!(error.order_id(), pair["forged"]["order_id"].as_str());
    let CallbackError::PossiblyAltered { alterations, .. } = &error else { panic!("{error:?}") };
    assert!(
        matches!(alterations[..], [Alteration::RepeatedBlock { .. }, Alteration::WhiteSpace { .. }, ..]),
        "{error}"
    );
    for read in [client(true).wallet_callback(body("forged")).err(), client(true).elavon_callback(body("forged")).err()]
    {
        assert!(matches!(read, Some(CallbackError::PossiblyAltered { .. })), "{read:?}");
    }

    // The switch turns the rules off, and then it passes.
    let taken = client(false).callback(body("forged")).unwrap();
    assert_eq!(taken.order_id().as_str(), pair["forged"]["order_id"]);
}

/// What the rules must not cost: none of these is rejected.
#[test]
fn genuine_callbacks_have_no_sign() {
    let published = common::vector("published", "callback");
    let sealed = ["data", "md5"].map(|name| (name, published[name].as_str().unwrap()));
    strict().callback(Message::new(sealed).to_body(Framing::Json)).unwrap();
    for callback in GATEWAY.callbacks {
        for example in callback.examples {
            let text = json(example.iter().map(|(name, value)| (*name, (*value).to_owned())));
            let own = example.iter().find(|(name, _)| *name == "merchant_id").map_or(SAMPLE_MERCHANT, |(_, own)| own);
            let client = Client::builder().merchant_id(own).sign_key(key(SAMPLE_KEY)).build().unwrap();
            client.callback(body_of(&text)).unwrap();
        }
    }
    let base = r#""order_id":"T1","amount":"1999","merchant_id":"ON00004652""#;
    for more in [
        // Characters that libraries escape, and non-ASCII characters.
        r#""remarks":"a\u003db\u0026c\u003cd\u003e\u0027e""#,
        r#""remarks":"https:\/\/shop.example\/?a=b&c=\"d\"""#,
        r#""remarks":"\u53ef\u4ee5 caf\u00e9 \ud83c\udf75\t\r\n\u001F""#,
        r#""remarks":"可以 / ok 🍵""#,
        // Every form of a time that is on record.
        r#""finish_time":"20181121121502""#,
        r#""finish_time":"2024-01-08 16:29:03 CST""#,
        r#""finish_time":"Mar 13, 2023, 9:52:19 AM""#,
        // Numbers that are not strings, null, and empty values.
        r#""tip":1,"exchange_rate":5.24740000"#,
        r#""tip":1.0,"convenience_fee":2.00"#,
        r#""tip":null,"convenience_fee":"","remarks":"""#,
        r#""order_status":"Refund-Pending","bizpay_order_id":"4200001234202303231234567890""#,
        r#""prepay_order_id":"ON00004652-7","sale_num":"S 1","reference":"PTM3835286374203402""#,
    ] {
        assert_eq!(signs_of(&format!("{{{base},{more}}}")), [], "{more}");
    }
}

#[test]
fn each_rule_has_its_sign() {
    let base = r#""order_id":"T1","amount":"1999""#;
    let form = |field, expected| Alteration::Form { field, expected };
    let undeclared = |name: &str| Alteration::Undeclared { name: Some(name.to_owned()) };
    for (more, sign) in [
        (r#" "tip":"0""#, Alteration::WhiteSpace { byte: 34 }),
        (r#""tip":"\u0030""#, Alteration::Escape { byte: 41 }),
        (r#""new_field":"1""#, undeclared("new_field")),
        // In the order of the digest, just before `order_id`.
        (r#""orderId":"T2""#, Alteration::TwoNames { field: "order_id" }),
        (
            r#""payNo":"1","pay_no":"2","finish_time":"20230323012153""#,
            Alteration::TwoNames { field: "bizpay_order_id" },
        ),
        (r#""bizpay_order_id":"WX1""#, Alteration::NoBorder),
        (
            r#""exchange_rate":"5.05","order_status":"ON","orderId":"00004652T2""#,
            Alteration::TwoNames { field: "order_id" },
        ),
        (r#""finish_time":"2024-01-08 16:29:03 CSTSHOP""#, form("finish_time", FieldForm::DateTime)),
        (r#""tip":1.000"#, form("tip", FieldForm::WholeNumber)),
        (r#""4711 0815":"1""#, Alteration::Undeclared { name: None }),
        (r#""tip":"1234567890123""#, form("tip", FieldForm::WholeNumber)),
        (r#""tip":"1.5""#, form("tip", FieldForm::WholeNumber)),
        (r#""tip":"-1""#, form("tip", FieldForm::WholeNumber)),
        (r#""exchange_rate":"5.05.7""#, form("exchange_rate", FieldForm::Decimal)),
        (r#""exchange_rate":"5.0570302023032301""#, form("exchange_rate", FieldForm::Decimal)),
        (r#""finish_time":"2023-03-23 01:21:53T1234567""#, form("finish_time", FieldForm::DateTime)),
        (r#""finish_time":"2023-03-23 01:21:5""#, form("finish_time", FieldForm::DateTime)),
        (r#""order_status":"success2088""#, form("order_status", FieldForm::Word)),
        (
            r#""bizpay_order_id":"AL5909918566288061 5","merchant_id":"ON00004652""#,
            form("bizpay_order_id", FieldForm::ProviderId),
        ),
        (
            r#""bizpay_order_id":"JKZ2NDF5GC5PPJ651171176511711765","merchant_id":"ON00004652""#,
            form("bizpay_order_id", FieldForm::ProviderId),
        ),
        (r#""prepay_order_id":"a b""#, form("prepay_order_id", FieldForm::Id)),
        (r#""remarks":["a"]"#, form("remarks", FieldForm::Scalar)),
        (r#""remarks":7"#, form("remarks", FieldForm::Scalar)),
        (
            r#""bizpay_order_id":"WX1ON00004652T1","merchant_id":"ON00004652""#,
            Alteration::MerchantInside { field: "bizpay_order_id" },
        ),
        (r#""reference":"ON00004652""#, Alteration::MerchantInside { field: "reference" }),
    ] {
        assert_eq!(signs_of(&format!("{{{base},{more}}}")), [sign], "{more}");
    }
    // The merchant's id in two parts.
    let split = r#"{"amount":"3","orderStatus":"ON","order_id":"00004652SHOP1"}"#;
    assert_eq!(signs_of(split), [Alteration::MerchantInside { field: "order_status" }]);
    let block = "0123456789abcdef".repeat(3);
    let [Alteration::RepeatedBlock { block, earlier }] = signs_of(&format!(r#"{{{base},"remarks":"{block}"}}"#))[..]
    else {
        panic!("one repeated block")
    };
    assert_eq!(block, earlier + 1);
}

#[test]
fn an_error_shows_no_value() {
    let secret = "2088032832386722";
    let error = strict()
        .callback(body_of(&format!(
            r#"{{"order_id":"T1","amount":"1","sub_openId":{secret},"{secret}":"a","finish_time":"{secret}"}}"#
        )))
        .unwrap_err();
    assert!(matches!(error, CallbackError::PossiblyAltered { .. }));
    assert!(!format!("{error} {error:?}").contains(secret), "{error:?}");
}

#[test]
fn an_unreadable_field_is_reported_as_such_unless_there_is_another_sign() {
    let read = |strict, text: &str| {
        let client = common::sample().strict_callbacks(strict).build().unwrap();
        client.callback(body_of(text)).unwrap_err()
    };
    let form_only = r#"{"amount":"19.99","order_id":"T1"}"#;
    let another_sign = r#"{"amount":"19.99","new_field":"1","order_id":"T1"}"#;
    for (strict, text) in [(true, form_only), (false, form_only), (false, another_sign)] {
        let error = read(strict, text);
        assert!(matches!(&error, CallbackError::Field { error, .. } if error.field() == "amount"), "{error:?}");
        assert_eq!(error.order_id(), Some("T1"));
    }
    let error = read(true, another_sign);
    assert!(matches!(error, CallbackError::PossiblyAltered { .. }), "{error:?}");
}

/// Replies come over a connection on which the gateway has proved its identity.
#[tokio::test]
async fn replies_are_not_held_to_the_rules_of_callbacks() {
    let script = common::Script::accepted(
        r#"{ "order_id": "T1", "total_amount": 100, "order_status": "success", "new_field": [] }"#,
    );
    let reply = script.client().status_query().order_id(common::order("T1")).send().await.unwrap();
    assert_eq!(reply.raw().text("new_field"), Some("[]"));
}

/// In a message in which nothing is between the two, the wallet's order id can absorb the order's, so that the remark
/// supplies another one. None of its blocks occurs twice.
#[test]
fn an_order_id_is_not_read_from_the_remark() {
    let forged = "zzv680MABU7COpGJwZibxf92z026BpZ+oQHo6f1jlGdgMazJCgW8DFr/pUW6WFpcS7cx8ypM0RusqVDi2JXbLEw6jMr8u6CoEegybg+Qhe0u\
                  rJiWiTZ96oQnsYSFSVoYOJZARFgQp1QJhB6Ut2bXZNiwkH1Vf7S38MzcSNcv1fI=";
    let body = Message::new([("data", forged), ("md5", "A121F8B623E5AF1078DCBB99DD36F9D0")]).to_body(Framing::Json);
    let client = |strict| {
        let builder = Client::builder().merchant_id(SAMPLE_MERCHANT).sign_key(key("6698851A525C9433"));
        builder.strict_callbacks(strict).build().unwrap()
    };
    assert_eq!(client(false).callback(&body).unwrap().order_id().as_str(), "1176511711765117117");
    let error = client(true).callback(&body).unwrap_err();
    let CallbackError::PossiblyAltered { alterations, .. } = error else { panic!("{error:?}") };
    assert!(alterations.contains(&Alteration::NoBorder), "{alterations:?}");
}

/// Forgeries against the rules, by an attacker who chooses the remark of an order.
#[test]
fn an_order_id_can_still_be_lengthened_by_whole_blocks() {
    // `OP1","remarks":"` is a block. It is moved after three blocks that the buyer wrote, each of them different.
    let remark = "OP1".repeat(16) + "and the rest";
    let fields = [("amount", "1999"), ("convenience_fee", "123456789012"), ("order_id", "SHOP1"), ("remarks", &remark)];
    let (Blocks(mut blocks), md5) = Blocks::new(&json(fields.map(|(name, value)| (name, value.to_owned()))));
    let border = blocks.iter().position(|(plain, _)| plain == b"OP1\",\"remarks\":\"").unwrap();
    let block = blocks.remove(border);
    blocks.insert(border + 3, block);
    let taken = strict().callback(Blocks(blocks).body(&md5)).unwrap();
    assert_eq!(taken.order_id().as_str(), format!("SH{}", "OP1".repeat(17)));
    assert_eq!(taken.remarks(), Some("and the rest"));
}
