//! What each event is to shops in other languages.

use std::time::{Duration, UNIX_EPOCH};

use ottpay::Amount;
use serde_json::{Value, json};

use super::super::case::Found;
use super::answers::{
    lost, mini_program, of_payments, pending, qr_code, refund, refunded_total, scanned, status, unknown,
};
use super::order::{NOTED, Order};
use crate::event::{Event, Kind};
use crate::state::State;

/// The event that this answer leads to.
fn event(order: &mut Order, found: &Found) -> Event {
    let mut events = order.ask(found);
    let (kind, key) = events.pop().unwrap();
    let (merchant_id, order_id) = (order.tracked.merchant_id().to_owned(), order.tracked.id().to_owned());
    Event { key, merchant_id, order_id, reference: "invoice 7".parse().unwrap(), attempt: 2, kind }
}

fn data(order: &mut Order, found: &Found) -> (String, Value) {
    let json: Value = serde_json::from_str(&event(order, found).to_json()).unwrap();
    (json["type"].as_str().unwrap().to_owned(), json["data"].clone())
}

fn open(tracked: ottpay::payment::Tracked) -> Order {
    Order::new(tracked, State::Open)
}

fn cad(minor: u64) -> Value {
    json!({ "amount": minor, "currency": "CAD" })
}

#[test]
fn an_event_is_a_plain_object_on_one_line() {
    let event = event(&mut open(qr_code()), &status(&qr_code(), "orderclosed", json!({})));
    assert_eq!(
        event.to_json(),
        r#"{"attempt":2,"data":{"code":null,"reason":"closed","text":"orderclosed"},"key":"KEY","merchant_id":"ON00004652","order_id":"T1","reference":"invoice 7","type":"ended"}"#
            .replace("KEY", &event.key.to_string())
    );
    assert_eq!(event.key.to_string().len(), 64);
}

#[test]
fn a_payment_states_how_it_was_compared() {
    let paid = json!({
        "id": "T1", "asked": cad(500), "paid": cad(500), "fee": cad(0), "tip": cad(0), "refunded": null,
        "order": "echoed", "merchant": "unstated", "currency": "assumed", "query": "status_query", "evidence": "vendor",
    });
    let answer = status(&qr_code(), "success", json!({}));
    assert_eq!(data(&mut open(qr_code()), &answer), ("paid".to_owned(), paid.clone()));
    let mut second = open(qr_code());
    second.other_paid = true;
    assert_eq!(data(&mut second, &answer), ("paid_again".to_owned(), paid.clone()));
    let mut order = open(qr_code());
    order.ask(&answer);
    order.ask(&status(&qr_code(), "orderclosed", json!({})));
    assert_eq!(data(&mut order, &answer), ("restored".to_owned(), paid));
}

#[test]
fn each_kind_has_its_members() {
    let reserved = status(&qr_code(), "authorised", json!({}));
    let expected = json!({ "id": "T1", "reserved": cad(500), "evidence": "vendor" });
    assert_eq!(data(&mut open(qr_code()), &reserved), ("reserved".to_owned(), expected));

    let given_back = status(&qr_code(), "fully_refunded", json!({ "refund_fee": "500" }));
    let expected = json!({ "paid": cad(500), "refunded": cad(500), "evidence": "vendor" });
    assert_eq!(data(&mut open(qr_code()), &given_back), ("given_back".to_owned(), expected));

    let less = status(&qr_code(), "success", json!({ "total_amount": "400" }));
    let expected = json!({ "word": "success", "asked": cad(500), "said": cad(400), "less": true, "scale": null });
    assert_eq!(data(&mut open(qr_code()), &less), ("mismatch".to_owned(), expected));

    let expected = json!({ "reason": "refused", "code": "PARAM_ERROR", "text": "format" });
    assert_eq!(data(&mut Order::new(qr_code(), State::Refused), &Found::NotAsked), ("ended".to_owned(), expected));

    assert_eq!(data(&mut Order::new(qr_code(), State::Conflict), &Found::NotAsked), ("conflict".to_owned(), json!({})));

    let mut paid = open(qr_code());
    paid.ask(&status(&qr_code(), "success", json!({})));
    let expected = json!({ "number": 1, "paid": cad(500), "reason": "failed", "word": "failure" });
    assert_eq!(data(&mut paid, &status(&qr_code(), "failure", json!({}))), ("reversed".to_owned(), expected));
}

#[test]
fn refunds_name_their_id_if_they_have_one() {
    let mut order = Order::new(lost(refund()), State::Unknown);
    order.known_refunded = Amount::from_minor(100);
    let expected = json!({ "refund": "R1", "amount": cad(200), "total": cad(300), "evidence": "clients" });
    assert_eq!(data(&mut order, &refunded_total(200)), ("refunded".to_owned(), expected));

    let elsewhere = status(&qr_code(), "partial_refunded", json!({ "refund_fee": "100" }));
    let expected = json!({ "refund": null, "amount": cad(100), "total": cad(100), "evidence": null });
    assert_eq!(data(&mut open(qr_code()), &elsewhere), ("refunded".to_owned(), expected));

    let expected = json!({ "amount": cad(200), "reason": "refused", "code": "PARAM_ERROR", "text": "format" });
    assert_eq!(
        data(&mut Order::new(refund(), State::Refused), &Found::NotAsked),
        ("refund_failed".to_owned(), expected)
    );
}

#[test]
fn an_event_for_a_person_states_since_when() {
    let mut order = open(mini_program());
    order.vouched_at = Some(NOTED + 5);
    order.days(1);
    let expected = json!({ "asked": cad(500), "since": NOTED + 5 });
    assert_eq!(data(&mut order, &pending()), ("unconfirmed".to_owned(), expected));

    let mut order = Order::new(lost(scanned()), State::Unknown);
    order.days(7);
    let text = "no answer states whether money has moved";
    let expected = json!({ "asked": cad(500), "why": "no_answer", "text": text, "since": NOTED });
    assert_eq!(data(&mut order, &unknown()), ("unresolved".to_owned(), expected));
}

#[test]
fn a_handler_learns_what_a_person_has_to_decide() {
    let mut order = open(mini_program());
    order.vouched_at = Some(NOTED + 5);
    let Kind::Unconfirmed(unconfirmed) = order.days(1).one(&pending()) else { panic!("{order:?}") };
    assert_eq!(unconfirmed.requested().unwrap().to_string(), "5.00 CAD");
    assert_eq!(unconfirmed.since(), UNIX_EPOCH + Duration::from_millis(1_000_005));

    let mut order = Order::new(lost(scanned()), State::Unknown);
    let Kind::Unresolved(unresolved) = order.days(7).one(&unknown()) else { panic!("{order:?}") };
    assert_eq!(unresolved.requested().unwrap().to_string(), "5.00 CAD");
    assert_eq!(unresolved.since(), UNIX_EPOCH + Duration::from_secs(1000));
}

#[test]
fn a_kind_is_shown_by_its_word() {
    let mut seen = std::collections::BTreeSet::new();
    for (_, found) in of_payments() {
        for (kind, _) in open(qr_code()).ask(&found) {
            seen.insert(kind.as_str());
            let is_for_people = matches!(kind, Kind::Mismatch(_) | Kind::Unresolved(_) | Kind::Conflict);
            assert_eq!(kind.needs_person(), is_for_people, "{kind:?}");
        }
    }
    let expected = ["conflict", "ended", "given_back", "mismatch", "paid", "refunded", "reserved", "unresolved"];
    assert!(seen.iter().eq(&expected), "{seen:?}");
}
