//! Refunds: complete only if the gateway reports it, and unchanged once they have ended.

use ottpay::Amount;
use ottpay::spec::Evidence;
use serde_json::json;

use super::super::case::Next;
use super::answers::{lost, of_refunds, qr_code, refund, refund_status, refunded_total, status, unknown};
use super::order::{NOTED, Order};
use crate::event::{Kind, Reason};
use crate::state::State;

#[test]
fn a_lost_refund_is_done_if_the_total_rose_by_exactly_its_amount() {
    let mut order = Order::new(lost(refund()), State::Unknown);
    order.known_refunded = Amount::from_minor(50);
    assert!(order.words(&refunded_total(300)).is_empty());
    assert!(order.words(&refunded_total(0)).is_empty());
    let Kind::Refunded(refunded) = order.one(&refunded_total(200)) else { panic!("{order:?}") };
    assert_eq!(refunded.refund(), Some("R1"));
    assert_eq!((refunded.amount().to_string(), refunded.total().to_string()), ("2.00 CAD".into(), "2.50 CAD".into()));
    assert_eq!((order.state(), refunded.evidence()), (State::Refunded, Some(Evidence::Clients)));
}

#[test]
fn an_assumed_query_does_not_end_a_refund_whose_reply_was_lost() {
    let done = refund_status("success");
    let mut order = Order::new(lost(refund()), State::Unknown);
    assert!(order.words(&done).is_empty());
    assert_eq!(order.days(7).words(&done), ["unresolved"]);
    assert!(order.words(&done).is_empty());
    // Until it has confirmed one.
    order.is_proven = true;
    assert_eq!(order.words(&done), ["refunded"]);
}

#[test]
fn an_assumed_query_that_agrees_with_the_reply_ends_a_refund() {
    let mut order = Order::new(refund(), State::Open);
    let kind = order.one(&refund_status("success"));
    assert!(kind.proves_query());
    let Kind::Refunded(refunded) = kind else { panic!("{order:?}") };
    assert_eq!(refunded.evidence(), Some(Evidence::Assumed));
    // The total of the payment proves nothing about the queries by the refund's id.
    assert!(!Order::new(refund(), State::Open).one(&refunded_total(200)).proves_query());
}

#[test]
fn an_assumed_query_never_fails_a_refund() {
    for state in [State::Open, State::Unknown] {
        let mut order = Order::new(refund(), state);
        order.is_proven = true;
        assert!(order.words(&refund_status("failure")).is_empty());
        assert_eq!(order.state(), state);
        assert_eq!(order.days(7).words(&refund_status("failure")), ["unresolved"]);
    }
}

#[test]
fn a_refund_that_was_refused_has_failed() {
    let mut order = Order::new(refund(), State::Refused);
    let Kind::RefundFailed(failed) = order.one(&super::super::case::Found::NotAsked) else { panic!("{order:?}") };
    assert_eq!((failed.reason(), failed.code(), failed.text()), (Reason::Refused, Some("PARAM_ERROR"), "format"));
    assert_eq!(failed.amount().unwrap().to_string(), "2.00 CAD");
    assert_eq!(order.state(), State::RefundFailed);
    let mut order = Order::new(refund(), State::Open);
    let Kind::RefundFailed(failed) = order.one(&status(&qr_code(), "failure", json!({}))) else { panic!("{order:?}") };
    assert_eq!((failed.reason(), failed.text()), (Reason::Failed, "failure"));
}

#[test]
fn a_refund_that_was_not_sent_or_has_an_end_is_not_changed_by_the_total_of_another() {
    for state in [State::Noted, State::Sending, State::NotSent, State::Refunded, State::RefundFailed, State::Settled] {
        let mut order = Order::new(refund(), state);
        for (name, found) in of_refunds() {
            assert!(order.hint().words(&found).is_empty(), "{state} {name}");
            assert_eq!(order.state(), state, "{name}");
        }
    }
}

#[test]
fn a_refund_of_another_amount_is_followed_further() {
    let other = of_refunds().into_iter().find(|(name, _)| *name == "another amount").unwrap().1;
    let mut order = Order::new(refund(), State::Open);
    assert_eq!(order.words(&other), ["mismatch"]);
    for found in [other, unknown()] {
        assert!(order.words(&found).is_empty());
        assert_eq!((order.state(), order.next), (State::Mismatch, Next::At(NOTED + 5000)));
    }
}

#[test]
fn a_refund_id_that_was_used_before_is_a_conflict() {
    let mut order = Order::new(refund(), State::Conflict);
    assert_eq!(order.words(&refunded_total(200)), ["conflict"]);
    assert!(order.words(&refunded_total(200)).is_empty());
    assert!(!order.state().is_over());
}
