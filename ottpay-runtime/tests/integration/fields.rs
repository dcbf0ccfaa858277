//! Fields of received messages, compared with their declarations.

use ottpay_runtime::envelope::{Alteration, DigestForm, Fields, Message, seal_json};
use ottpay_runtime::incoming::Recipient;
use ottpay_runtime::reply::Received;
use ottpay_runtime::spec::{FieldInfo, Kind, ObjectInfo, Role};
use ottpay_runtime::{Cipher, SignKey};

const ECB: Cipher = Cipher::Aes128Ecb;
const OWN: &str = "ON00004652";

fn key() -> SignKey {
    SignKey::new("A8B5FE540E38A5A9").unwrap()
}

/// A message for the merchant, with these fields.
fn sealed(json: &str) -> Message<'static> {
    let sealed = seal_json(json, DigestForm::TextNullEmpty, &key(), ECB).unwrap();
    Message::new([("merchant_id", OWN), ("data", &sealed.data), ("md5", &sealed.md5)]).into_owned()
}

fn received(json: &str) -> Received {
    Recipient::new(&key(), ECB).open(&sealed(json), []).unwrap().unwrap()
}

static MEMBERS: [FieldInfo; 1] = [FieldInfo { name: "count", kind: Kind::Integer, ..FieldInfo::PLAIN }];
static OBJECT: ObjectInfo = ObjectInfo { name: "Object", fields: &MEMBERS };
static DECLARED: [FieldInfo; 4] = [
    FieldInfo { name: "amount", kind: Kind::Amount, ..FieldInfo::PLAIN },
    FieldInfo { name: "object", kind: Kind::Object(&OBJECT), required: false, ..FieldInfo::PLAIN },
    FieldInfo { name: "status", role: Some(Role::Status), ..FieldInfo::PLAIN },
    FieldInfo { name: "tip", kind: Kind::Amount, required: false, ..FieldInfo::PLAIN },
];

#[test]
fn a_declared_field_is_present_if_it_is_required_and_readable_if_it_is_present() {
    for (json, problem) in [
        (r#"{"amount":"5"}"#, None),
        (r#"{"amount":5,"object":{"count":1},"status":"done","tip":"1"}"#, None),
        (r#"{"tip":"1"}"#, Some("amount: required, but absent")),
        (r#"{"amount":"19.99"}"#, Some("amount: expected a whole number of minor units")),
        (r#"{"amount":"5","tip":"1.5"}"#, Some("tip: expected a whole number of minor units")),
        (r#"{"amount":"5","object":{"count":"many"}}"#, Some("object: count: expected a whole number")),
        (r#"{"amount":"5","object":{}}"#, Some("object: count: required, but absent")),
    ] {
        let received = received(json);
        let error = DECLARED.iter().find_map(|field| received.check_field(field).err());
        assert_eq!(error.map(|error| error.to_string()).as_deref(), problem, "{json}");
    }
}

#[test]
fn a_field_is_found_by_its_name_on_the_wire() {
    let received = received(r#"{"amount":"5","tip":null}"#);
    assert_eq!(received.get("amount").and_then(|value| value.as_text()), Some("5"));
    assert!(received.get("tip").is_some_and(|value| value.as_text().is_none()) && received.get("status").is_none());
}

#[test]
fn fields_are_equal_whatever_the_space_between_them() {
    let fields = |json: &str| -> Fields { received(json).fields().clone() };
    assert_eq!(fields(r#"{"a":"1","b":"2"}"#), fields(r#"{ "a": "1", "b": "2" }"#));
    for other in [r#"{"a":"1","b":"3"}"#, r#"{"a":"1","c":"2"}"#, r#"{"a":"1"}"#] {
        assert_ne!(fields(r#"{"a":"1","b":"2"}"#), fields(other), "{other}");
    }
}

/// The fields of a callback.
static CALLBACK: [FieldInfo; 3] = [
    FieldInfo { name: "info", kind: Kind::Json, required: false, ..FieldInfo::PLAIN },
    FieldInfo { name: "mer_id", role: Some(Role::Merchant), required: false, ..FieldInfo::PLAIN },
    FieldInfo { name: "order_id", kind: Kind::OrderId, role: Some(Role::Order), ..FieldInfo::PLAIN },
];

/// The signs of alteration, for a recipient of all merchants.
fn signs(json: &str) -> Vec<Alteration> {
    Recipient::new(&key(), ECB).open_callback(&sealed(json), &CALLBACK, &[]).unwrap().unwrap().alterations
}

#[test]
fn a_recipient_of_all_merchants_compares_the_merchant_inside_with_the_one_outside() {
    for (inside, expected) in
        [("ON00004653", &[Alteration::OtherMerchant][..]), (OWN, &[]), ("", &[]), (" ON00004652 ", &[])]
    {
        let json = format!(r#"{{"mer_id":"{inside}","order_id":"T1"}}"#);
        assert_eq!(signs(&json), expected, "{json}");
    }
}

#[test]
fn a_declared_json_value_may_be_nested() {
    assert_eq!(signs(r#"{"info":{"a":"1"},"order_id":"T1"}"#), []);
    let Alteration::Form { field: "order_id", .. } = signs(r#"{"order_id":["T1"]}"#).remove(0) else {
        panic!("an order id is not nested")
    };
}
