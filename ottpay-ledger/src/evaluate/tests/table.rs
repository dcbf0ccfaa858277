//! What each answer does to an order, one rule after the other.

use ottpay::Amount;
use serde_json::json;

use super::super::step::names_money;
use super::answers::{
    cannot_ask, found, lost, mini_program, no_reply, of_payments, pending, qr_code, refusal, scanned, status, unknown,
};
use super::order::Order;
use crate::event::{Kind, Reason, Why};
use crate::state::State;

/// States in which an order can be before anything was reported.
const WAITING: [State; 4] = [State::Open, State::Unpayable, State::Unknown, State::Lapsed];

#[test]
fn paid_is_reported_once() {
    for state in WAITING {
        for tracked in [qr_code(), scanned(), lost(qr_code()), lost(scanned())] {
            let paid = status(&tracked, "success", json!({}));
            let mut order = Order::new(tracked, state);
            let Kind::Paid(payment) = order.one(&paid) else { panic!("{order:?}") };
            assert_eq!((payment.paid().to_string(), order.state()), ("5.00 CAD".to_owned(), State::Paid));
            assert_eq!(order.position.paid, Some(payment.paid()));
            assert!(order.days(1).words(&paid).is_empty());
            assert!(order.hint().words(&paid).is_empty());
        }
    }
}

#[test]
fn a_refund_before_the_first_answer_follows_the_payment() {
    let mut order = Order::new(qr_code(), State::Open);
    let partly = status(&qr_code(), "partial_refunded", json!({ "refund_fee": "100" }));
    let events = order.ask(&partly);
    let [(Kind::Paid(payment), _), (Kind::Refunded(refunded), _)] = &events[..] else { panic!("{events:?}") };
    assert_eq!(payment.net().unwrap().to_string(), "4.00 CAD");
    assert_eq!(refunded.refund(), None);
    assert_eq!((refunded.amount(), refunded.total()), (refunded.total(), refunded.amount()));
    assert_eq!(order.position.refunded, Amount::from_minor(100));
    assert!(order.words(&partly).is_empty());
}

#[test]
fn a_payment_refunded_before_it_was_reported_is_never_paid() {
    for fields in [json!({}), json!({ "refund_fee": "500" })] {
        let mut order = Order::new(qr_code(), State::Open);
        assert_eq!(order.words(&status(&qr_code(), "fully_refunded", fields)), ["given_back"]);
        assert_eq!((order.state(), order.position.paid), (State::GivenBack, None));
        assert!(order.state().allows_new_id());
    }
    // The word means paid, but the amounts show that all of it went back.
    let mut order = Order::new(qr_code(), State::Open);
    assert_eq!(order.words(&status(&qr_code(), "success", json!({ "refund_fee": "500" }))), ["given_back"]);
}

#[test]
fn after_all_was_given_back_paid_needs_an_amount_that_remains() {
    let mut order = Order::new(qr_code(), State::Open);
    order.words(&status(&qr_code(), "fully_refunded", json!({})));
    let bare = status(&qr_code(), "success", json!({}));
    let Kind::Unresolved(unresolved) = order.one(&bare) else { panic!("{order:?}") };
    assert_eq!(unresolved.why(), Why::Contradiction);
    assert!(order.words(&bare).is_empty());
    let partly = status(&qr_code(), "success", json!({ "refund_fee": "300" }));
    assert_eq!(order.words(&partly), ["paid", "refunded"]);
}

#[test]
fn a_payment_that_is_closed_later_is_a_reversal_and_never_silent() {
    let mut order = Order::new(qr_code(), State::Open);
    let (paid, closed, failed) = (
        status(&qr_code(), "success", json!({})),
        status(&qr_code(), "cancelled", json!({})),
        status(&qr_code(), "failure", json!({})),
    );
    order.ask(&paid);
    let Kind::Reversed(reversed) = order.one(&closed) else { panic!("{order:?}") };
    assert_eq!((reversed.number(), reversed.reason(), reversed.word()), (1, Reason::Closed, "cancelled"));
    assert_eq!(reversed.paid().to_string(), "5.00 CAD");
    assert!(order.words(&failed).is_empty());
    // Paid again is not a second payment: goods may have gone out for the first report.
    assert!(matches!(order.one(&paid), Kind::Restored(_)));
    assert_eq!(order.state(), State::Paid);
    let Kind::Reversed(reversed) = order.one(&failed) else { panic!("{order:?}") };
    assert_eq!((reversed.number(), reversed.reason()), (2, Reason::Failed));
}

#[test]
fn an_answer_without_meaning_for_the_money_does_not_change_a_payment() {
    for (word, fields) in [("processing", json!({})), ("chargeback", json!({})), ("authorised", json!({}))] {
        let mut order = Order::new(qr_code(), State::Open);
        order.ask(&status(&qr_code(), "success", json!({})));
        assert!(order.words(&status(&qr_code(), word, fields)).is_empty(), "{word}");
        assert_eq!(order.state(), State::Paid);
    }
    let mut order = Order::new(qr_code(), State::Open);
    order.ask(&status(&qr_code(), "success", json!({})));
    for nothing in [pending(), unknown(), cannot_ask(), status(&qr_code(), "success", json!({ "total_amount": "x" }))] {
        assert!(order.words(&nothing).is_empty(), "{nothing:?}");
    }
    assert_eq!(order.state(), State::Paid);
}

#[test]
fn an_assumed_query_does_not_undo_a_payment_until_it_has_confirmed_one() {
    let mut order = Order::new(mini_program(), State::Open);
    order.ask(&status(&mini_program(), "success", json!({})));
    let closed = status(&mini_program(), "orderclosed", json!({}));
    assert!(order.words(&closed).is_empty());
    order.is_proven = true;
    assert_eq!(order.words(&closed), ["reversed"]);
}

#[test]
fn money_that_all_went_back_is_not_reversed_as_well() {
    let mut order = Order::new(qr_code(), State::Open);
    order.ask(&status(&qr_code(), "success", json!({})));
    assert_eq!(order.words(&status(&qr_code(), "fully_refunded", json!({}))), ["refunded"]);
    assert!(order.words(&status(&qr_code(), "orderclosed", json!({}))).is_empty());
}

#[test]
fn a_second_payment_of_a_reference_is_paid_again() {
    let mut order = Order::new(qr_code(), State::Open);
    order.other_paid = true;
    let paid = status(&qr_code(), "success", json!({}));
    assert!(matches!(order.one(&paid), Kind::PaidAgain(_)));
    assert!(order.words(&paid).is_empty());
    assert_eq!(order.words(&status(&qr_code(), "fully_refunded", json!({}))), ["refunded"]);
    assert_eq!(order.state(), State::PaidAgain);
}

#[test]
fn reserved_is_not_paid() {
    let mut order = Order::new(qr_code(), State::Open);
    let reserved = status(&qr_code(), "authorised", json!({}));
    assert!(matches!(order.one(&reserved), Kind::Reserved(_)));
    assert!(order.days(1).words(&reserved).is_empty());
    assert_eq!(order.words(&status(&qr_code(), "captured", json!({}))), ["paid"]);
}

#[test]
fn ended_is_not_final() {
    let mut order = Order::new(qr_code(), State::Open);
    let Kind::Ended(ended) = order.one(&status(&qr_code(), "orderclosed", json!({}))) else { panic!("{order:?}") };
    assert_eq!((ended.reason(), ended.code(), ended.text()), (Reason::Closed, None, "orderclosed"));
    assert!(order.words(&status(&qr_code(), "failure", json!({}))).is_empty());
    assert_eq!(order.words(&status(&qr_code(), "success", json!({}))), ["paid"]);
    assert_eq!(order.state(), State::Paid);
}

#[test]
fn a_refused_request_ends_with_the_words_of_the_gateway() {
    let mut order = Order::new(qr_code(), State::Refused);
    let Kind::Ended(ended) = order.one(&of_payments().pop().unwrap().1) else { panic!("{order:?}") };
    assert_eq!((ended.reason(), ended.code(), ended.text()), (Reason::Refused, Some("PARAM_ERROR"), "format"));
    assert_eq!(order.state(), State::Refused);
    assert!(order.words(&pending()).is_empty());
    // Money under its id is not believed to be the buyer's.
    assert_eq!(order.words(&status(&qr_code(), "success", json!({}))), ["conflict"]);
}

#[test]
fn an_order_that_never_left_is_not_paid_by_another_shop() {
    for state in [State::Noted, State::NotSent] {
        let mut order = Order::new(qr_code(), state);
        assert!(order.words(&pending()).is_empty());
        assert_eq!(order.words(&status(&qr_code(), "success", json!({}))), ["conflict"]);
        assert_eq!(order.state(), State::Conflict);
    }
}

#[test]
fn nothing_changes_while_the_reply_may_still_arrive() {
    let mut order = Order::new(qr_code(), State::Sending);
    for (name, found) in of_payments() {
        assert!(order.words(&found).is_empty(), "{name}");
        assert_eq!(order.state(), State::Sending);
    }
}

#[test]
fn a_conflict_is_never_settled_by_a_query() {
    let mut order = Order::new(qr_code(), State::Conflict);
    let paid = status(&qr_code(), "success", json!({}));
    assert_eq!(order.words(&paid), ["conflict"]);
    for days in 0..40 {
        assert!(order.days(days).words(&paid).is_empty());
    }
    assert!(!order.state().allows_new_id());
}

#[test]
fn only_money_that_may_be_there_contradicts_a_person_who_found_none() {
    let payments: Vec<_> =
        of_payments().into_iter().filter(|(_, found)| names_money(found)).map(|(name, _)| name).collect();
    let expected =
        ["paid", "paid, 1.00 refunded", "paid, 3.00 refunded", "reserved", "less", "more", "no amount", "unreadable"];
    assert_eq!(payments, expected);
}

#[test]
fn a_decision_of_a_person_is_kept() {
    let mut order = Order::new(qr_code(), State::Settled);
    for (name, found) in of_payments() {
        assert!(order.hint().words(&found).is_empty(), "{name}");
        assert_eq!(order.state(), State::Settled);
    }
}

#[test]
fn each_difference_of_the_amount_is_reported_once() {
    let mut order = Order::new(qr_code(), State::Open);
    let less = status(&qr_code(), "success", json!({ "total_amount": "400" }));
    let more = status(&qr_code(), "success", json!({ "total_amount": "700" }));
    let Kind::Mismatch(mismatch) = order.one(&less) else { panic!("{order:?}") };
    assert!(mismatch.is_less());
    assert!(order.words(&less).is_empty());
    let Kind::Mismatch(mismatch) = order.one(&more) else { panic!("{order:?}") };
    assert!(!mismatch.is_less());
    assert!(order.words(&less).is_empty());
    assert!(order.words(&more).is_empty());
    assert_eq!(order.state(), State::Mismatch);
    assert_eq!(order.words(&status(&qr_code(), "success", json!({}))), ["paid"]);
    // It stays paid, and the difference is reported.
    let none = status(&qr_code(), "success", json!({ "total_amount": null }));
    assert_eq!(order.words(&none), ["mismatch"]);
    assert_eq!(order.state(), State::Paid);
}

#[test]
fn differences_without_end_are_not_reported_without_end() {
    let mut order = Order::new(qr_code(), State::Open);
    let mut events = 0;
    for minor in 501..600 {
        let other = status(&qr_code(), "success", json!({ "total_amount": minor.to_string() }));
        events += order.words(&other).len();
    }
    assert_eq!((events, order.state()), (16, State::Mismatch));
}

#[test]
fn money_that_cannot_be_read_is_for_a_person() {
    for state in WAITING {
        let mut order = Order::new(qr_code(), state);
        let unreadable = status(&qr_code(), "success", json!({ "total_amount": "1,999" }));
        let Kind::Unresolved(unresolved) = order.one(&unreadable) else { panic!("{order:?}") };
        assert_eq!(unresolved.why(), Why::UnreadableMoney);
        let text = unresolved.text();
        assert!(text.starts_with("`status_query` answered with an amount that cannot be read"), "{text}");
        assert!(order.words(&unreadable).is_empty());
        assert_eq!(order.words(&status(&qr_code(), "success", json!({}))), ["paid"]);
    }
}

#[test]
fn money_that_goes_back_elsewhere_is_reported_with_its_total() {
    let mut order = Order::new(qr_code(), State::Open);
    let total = |minor: u64| status(&qr_code(), "success", json!({ "refund_fee": minor.to_string() }));
    assert_eq!(order.words(&total(0)), ["paid"]);
    // A refund of this ledger succeeded, and its own event has reported it.
    order.known_refunded = Amount::from_minor(100);
    assert!(order.words(&total(100)).is_empty());
    // Another one is under way, and the total may be that one's.
    order.refund_in_flight = true;
    assert!(order.words(&total(300)).is_empty());
    order.refund_in_flight = false;
    let Kind::Refunded(refunded) = order.one(&total(300)) else { panic!("{order:?}") };
    assert_eq!((refunded.amount().to_string(), refunded.total().to_string()), ("2.00 CAD".into(), "3.00 CAD".into()));
    // Less than was reported changes nothing.
    assert!(order.words(&total(200)).is_empty());
    assert_eq!(order.position.refunded, Amount::from_minor(300));
    let Kind::Refunded(refunded) = order.one(&status(&qr_code(), "fully_refunded", json!({}))) else { panic!() };
    assert_eq!((refunded.amount().to_string(), refunded.total().to_string()), ("2.00 CAD".into(), "5.00 CAD".into()));
    assert_eq!(order.state(), State::Paid);
}

#[test]
fn a_lost_reply_changes_nothing() {
    for (tracked, state) in [(lost(qr_code()), State::Unpayable), (lost(scanned()), State::Unknown)] {
        for reply in [no_reply(), refusal("FAIL"), refusal("SYSTEM_ERROR"), refusal("WHAT_IS_THIS")] {
            let nothing = found(&tracked, vec![reply]);
            let mut order = Order::new(tracked.clone(), state);
            assert!(order.words(&nothing).is_empty(), "{nothing:?}");
            assert_eq!(order.state(), state);
        }
    }
}
