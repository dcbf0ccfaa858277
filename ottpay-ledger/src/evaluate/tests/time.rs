//! What time does: when it is asked again, and what ends by silence.

use std::time::Duration;

use serde_json::json;

use super::super::case::{Limits, Next};
use super::answers::{
    cannot_ask, found, lost, mini_program, pending, qr_code, refund, reply, scanned, status, unknown, unpayable,
};
use super::order::{NOTED, Order};
use crate::event::{Kind, Why};
use crate::schedule::{DAY, Schedule};
use crate::state::State;

const HOUR: i64 = DAY / 24;

/// The times after it was noted at which the gateway is asked, in seconds, and what was reported.
fn follow(order: &mut Order, found: &super::super::case::Found) -> (Vec<i64>, Vec<&'static str>) {
    let (mut asked, mut words) = (Vec::new(), Vec::new());
    order.now = NOTED;
    words.extend(order.words(found));
    while let Some(at) = order.next.due_at() {
        assert!(at > order.now, "{:?} at {}", order.next, order.now);
        order.now = at;
        asked.push((at - NOTED) / 1000);
        words.extend(order.words(found));
        assert!(asked.len() < 100, "{order:?}");
    }
    (asked, words)
}

#[test]
fn an_order_that_no_buyer_pays_lapses_after_a_week_without_an_event() {
    for (state, silence) in [(State::Open, pending()), (State::Unpayable, unpayable()), (State::Open, unknown())] {
        let mut order = Order::new(qr_code(), state);
        let (asked, words) = follow(&mut order, &silence);
        assert_eq!(asked, [5, 15, 60, 300, 900, 3600, 21_600, 86_400, 259_200, 604_800]);
        assert!(words.is_empty());
        assert_eq!((order.state(), order.next), (State::Lapsed, Next::Never));
    }
}

#[test]
fn a_write_that_moves_money_immediately_is_unresolved_after_a_week_and_never_failed() {
    for (tracked, state) in
        [(lost(scanned()), State::Unknown), (scanned(), State::Open), (lost(refund()), State::Unknown)]
    {
        let mut order = Order::new(tracked, state);
        let (asked, words) = follow(&mut order, &unknown());
        assert_eq!((asked.len(), words), (10, vec!["unresolved"]));
        assert_eq!((order.state(), order.next), (State::Unresolved, Next::Never));
        // Only once; and a hint makes the worker query it again.
        assert!(order.hint().words(&unknown()).is_empty());
        assert_eq!(order.next, Next::At(order.now + 5000));
    }
}

#[test]
fn an_order_that_cannot_be_queried_is_never_abandoned_silently() {
    for tracked in [qr_code(), scanned(), refund()] {
        let mut order = Order::new(tracked, State::Open);
        order.days(7);
        let Kind::Unresolved(unresolved) = order.one(&cannot_ask()) else { panic!("{order:?}") };
        assert_eq!(unresolved.why(), Why::CannotAsk);
        assert_eq!(unresolved.text(), "`pay` has no query: none is known");
    }
}

#[test]
fn a_word_that_is_not_documented_is_for_a_person_in_the_end() {
    for tracked in [qr_code(), scanned()] {
        let unclear = status(&tracked, "chargeback", json!({}));
        let mut order = Order::new(tracked, State::Open);
        assert!(order.words(&unclear).is_empty());
        let Kind::Unresolved(unresolved) = order.days(7).one(&unclear) else { panic!("{order:?}") };
        assert_eq!((unresolved.why(), unresolved.text()), (Why::UnclearWord, "chargeback"));
    }
}

#[test]
fn an_order_that_lapsed_is_reopened_by_a_hint() {
    let mut order = Order::new(qr_code(), State::Open);
    order.days(8).words(&pending());
    assert_eq!(order.state(), State::Lapsed);
    order.days(1).hint().words(&pending());
    assert_eq!(order.state(), State::Open);
    assert_eq!(order.next, Next::At(order.now + 5000));
    order.days(7).words(&pending());
    assert_eq!((order.state(), order.next), (State::Lapsed, Next::Never));
    order.hint().words(&unpayable());
    assert_eq!(order.state(), State::Unpayable);
    assert_eq!(order.words(&status(&qr_code(), "success", json!({}))), ["paid"]);
}

#[test]
fn an_order_that_ended_is_asked_about_after_an_hour_a_day_and_a_week() {
    let closed = status(&qr_code(), "orderclosed", json!({}));
    let mut order = Order::new(qr_code(), State::Open);
    let (asked, words) = follow(&mut order, &closed);
    assert_eq!((asked, words), (vec![3600, 86_400, 604_800], vec!["ended"]));
    order.hint().words(&closed);
    assert_eq!(order.next, Next::At(order.now + 5000));
}

#[test]
fn a_payment_is_asked_about_again_for_refunds_made_elsewhere() {
    let paid = status(&qr_code(), "success", json!({}));
    let mut order = Order::new(qr_code(), State::Open);
    let (asked, words) = follow(&mut order, &paid);
    assert_eq!((asked, words), (vec![86_400, 604_800, 2_592_000], vec!["paid"]));
    // A refund is in progress, so it cannot be reported yet.
    order.refund_in_flight = true;
    order.words(&status(&qr_code(), "success", json!({ "refund_fee": "100" })));
    assert_eq!(order.next, Next::Never);
    order.days(-3);
    order.words(&status(&qr_code(), "success", json!({ "refund_fee": "100" })));
    assert_eq!(order.next, Next::At(order.now + HOUR));
    order.words(&status(&qr_code(), "orderclosed", json!({})));
    assert_eq!((order.next, order.state()), (Next::At(order.now + HOUR), State::Paid));
}

#[test]
fn a_reservation_is_asked_about_daily_for_35_days() {
    let reserved = status(&qr_code(), "authorised", json!({}));
    let mut order = Order::new(qr_code(), State::Open);
    let (asked, words) = follow(&mut order, &reserved);
    let days: Vec<_> = asked.iter().map(|at| at / 86_400).collect();
    assert_eq!(days, (1..=35).collect::<Vec<_>>());
    assert_eq!((words, order.state(), order.next), (vec!["reserved", "unresolved"], State::Unresolved, Next::Never));
    assert!(order.hint().words(&reserved).is_empty());
    assert_eq!(order.words(&status(&qr_code(), "captured", json!({}))), ["paid"]);
}

#[test]
fn a_reservation_is_asked_about_when_it_ends_although_a_day_has_not_passed() {
    let reserved = status(&qr_code(), "authorised", json!({}));
    let mut order = Order::new(qr_code(), State::Open);
    order.words(&reserved);
    let end = order.now + 35 * DAY;
    order.now = end - HOUR;
    assert!(order.words(&reserved).is_empty());
    assert_eq!(order.next, Next::At(end));
    // At the end, too, only an answer changes it.
    order.now = end;
    assert!(order.words(&super::super::case::Found::NotAsked).is_empty());
    assert_eq!((order.state(), order.next), (State::Reserved, Next::At(end + DAY)));
}

#[test]
fn a_callback_that_no_query_confirms_is_unconfirmed_after_a_day() {
    for silence in [pending(), unknown(), cannot_ask(), status(&mini_program(), "orderclosed", json!({}))] {
        let mut order = Order::new(mini_program(), State::Open);
        order.vouched_at = Some(order.now);
        assert!(order.words(&silence).is_empty(), "{silence:?}");
        assert!(order.days(1).words(&silence) == ["unconfirmed"], "{silence:?}");
        assert_eq!(order.state(), State::Unconfirmed);
        assert!(order.days(30).words(&silence).is_empty());
        assert_eq!(order.words(&status(&mini_program(), "success", json!({}))), ["paid"]);
    }
}

#[test]
fn a_callback_does_not_cast_doubt_on_a_proven_query() {
    let mut order = Order::new(mini_program(), State::Open);
    (order.vouched_at, order.is_proven) = (Some(order.now), true);
    assert!(order.days(8).words(&pending()).is_empty());
    assert_eq!(order.state(), State::Lapsed);
    // According to the vendor, this query serves the action.
    let mut order = Order::new(qr_code(), State::Open);
    order.vouched_at = Some(order.now);
    assert_eq!(order.words(&status(&qr_code(), "orderclosed", json!({}))), ["ended"]);
}

#[test]
fn a_callback_after_the_end_is_not_forgotten() {
    let mut order = Order::new(mini_program(), State::Open);
    assert_eq!(order.words(&status(&mini_program(), "orderclosed", json!({}))), ["ended"]);
    order.days(2).hint();
    order.vouched_at = Some(order.now);
    assert!(order.words(&pending()).is_empty());
    assert_eq!(order.days(1).words(&pending()), ["unconfirmed"]);
    let mut order = Order::new(lost(scanned()), State::Unknown);
    assert_eq!(order.days(7).words(&unknown()), ["unresolved"]);
    order.hint().vouched_at = Some(order.now);
    assert!(order.words(&unknown()).is_empty());
    assert_eq!(order.days(1).words(&unknown()), ["unconfirmed"]);
}

#[test]
fn a_horizon_does_not_cut_off_a_callback() {
    let mut order = Order::new(mini_program(), State::Open);
    order.limits.horizon = HOUR;
    order.vouched_at = Some(order.now);
    order.now += 2 * HOUR;
    assert!(order.words(&pending()).is_empty());
    assert_eq!((order.state(), order.next), (State::Open, Next::At(order.vouched_at.unwrap() + DAY)));
}

#[test]
fn the_earliest_of_schedule_horizon_and_callback_is_next() {
    let mut order = Order::new(mini_program(), State::Open);
    order.limits = Limits { schedule: Schedule::from_times([Duration::from_secs(60)]), ..Limits::default() };
    order.words(&pending());
    assert_eq!(order.next, Next::At(NOTED + 60_000));
    order.now = NOTED + 60_000;
    order.words(&pending());
    assert_eq!(order.next, Next::At(NOTED + 7 * DAY));
    order.vouched_at = Some(order.now);
    order.words(&pending());
    assert_eq!(order.next, Next::At(order.now + DAY));
}

#[test]
fn without_an_answer_nothing_ends() {
    let not_asked = super::super::case::Found::NotAsked;
    for (tracked, state) in [(qr_code(), State::Open), (lost(scanned()), State::Unknown), (refund(), State::Open)] {
        let mut order = Order::new(tracked, state);
        for now in [NOTED + 7 * DAY, NOTED + 30 * DAY] {
            order.now = now;
            assert!(order.words(&not_asked).is_empty());
            assert_eq!((order.state(), order.next), (state, Next::At(now + DAY)));
        }
    }
}

#[test]
fn an_order_whose_schedule_has_ended_is_asked_about_at_the_horizon() {
    let mut order = Order::new(qr_code(), State::Open);
    order.limits.schedule = Schedule::from_times([Duration::from_secs(60)]);
    order.now = NOTED + 60_000;
    assert!(order.words(&super::super::case::Found::NotAsked).is_empty());
    assert_eq!(order.next, Next::At(NOTED + 7 * DAY));
}

#[test]
fn what_is_being_sent_is_asked_about_by_schedule_and_then_daily() {
    for (tracked, state) in [(qr_code(), State::Noted), (qr_code(), State::Sending), (refund(), State::Noted)] {
        let mut order = Order::new(tracked, state);
        assert!(order.words(&pending()).is_empty());
        assert_eq!((order.state(), order.next), (state, Next::At(NOTED + 5000)));
        assert!(order.days(8).words(&pending()).is_empty());
        assert_eq!((order.state(), order.next), (state, Next::At(order.now + DAY)));
    }
}

#[test]
fn an_order_of_which_no_status_is_stated_lapses_like_an_unknown_one() {
    let mut order = Order::new(qr_code(), State::Open);
    let no_word = found(&qr_code(), vec![reply(&json!({ "order_id": "T1" }))]);
    assert!(order.days(7).words(&no_word).is_empty());
    assert_eq!(order.state(), State::Lapsed);
}
