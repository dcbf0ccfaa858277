//! Refunds: when they are carried out and counted, in how many parts, up to which amount, and the status of the payment
//! afterwards.

use std::time::Duration;

use super::shared::{query, refund, refund_query, refusal, started};
use crate::common::{NOBODY, pay};
use ottpay::{Amount, Client, StatusClass};
use ottpay_sandbox::{Act, Assumption, Sandbox};

/// A payment T1 of 500 with a fee of 6 and a tip of 70.
async fn paid(assumption: &str) -> (Sandbox, Client) {
    let (sandbox, client) = started(assumption).await;
    pay(&client, "T1", 500, NOBODY).await.unwrap();
    let extras = Act::Pay { tip: Some(Amount::from_minor(70)), fee: Some(Amount::from_minor(6)) };
    sandbox.act("T1", extras).await.unwrap();
    (sandbox, client)
}

#[tokio::test]
async fn a_refunded_payment_has_a_word_for_it_or_is_still_paid() {
    for (assumption, part, whole) in [
        ("after_refund=refunded", StatusClass::PartiallyRefunded, StatusClass::Refunded),
        ("after_refund=paid", StatusClass::Paid, StatusClass::Paid),
    ] {
        let (_sandbox, client) = paid(assumption).await;
        refund(&client, "R1", 6).await.unwrap();
        assert_eq!(query(&client, "T1").await.order_status().class(), part, "{assumption}");
        refund(&client, "R2", 500).await.unwrap();
        let reply = query(&client, "T1").await;
        assert_eq!(reply.order_status().class(), whole, "{assumption}");
        assert_eq!(reply.raw().text("refund_fee"), Some("506"), "{assumption}");
        let refunds = refund_query(&client, "R1").await.unwrap();
        assert_eq!(refunds.order_status().unwrap().class(), StatusClass::Refunded);
    }
}

#[tokio::test]
async fn a_refund_is_carried_out_at_once_or_later() {
    for (assumption, first) in
        [("refunds_settle=at_once", StatusClass::Refunded), ("refunds_settle=later", StatusClass::Pending)]
    {
        let (sandbox, client) = paid(assumption).await;
        refund(&client, "R1", 100).await.unwrap();
        let ask = async || {
            let reply = refund_query(&client, "R1").await.unwrap();
            reply.order_status().unwrap().class()
        };
        assert_eq!(ask().await, first, "{assumption}");
        sandbox.advance(Duration::from_secs(61)).unwrap();
        assert_eq!(ask().await, StatusClass::Refunded, "{assumption}");
    }
}

#[tokio::test]
async fn a_refund_counts_once_it_is_accepted_or_carried_out() {
    for (assumption, at_first) in [("refunds_count=accepted", "400"), ("refunds_count=settled", "0")] {
        let (sandbox, client) = paid(assumption).await;
        sandbox.assume("refunds_settle=later".parse::<Assumption>().unwrap());
        refund(&client, "R1", 400).await.unwrap();
        let refunded = async || query(&client, "T1").await.raw().text("refund_fee").map(str::to_owned);
        assert_eq!(refunded().await.as_deref(), Some(at_first), "{assumption}");
        // A payment with a refund in progress is not refunded again.
        assert!(refund(&client, "R2", 400).await.is_err(), "{assumption}");
        sandbox.advance(Duration::from_secs(61)).unwrap();
        assert_eq!(refunded().await.as_deref(), Some("400"), "{assumption}");
        refund(&client, "R3", 106).await.unwrap();
        sandbox.advance(Duration::from_secs(61)).unwrap();
        assert_eq!(refunded().await.as_deref(), Some("506"), "{assumption}");
    }
}

#[tokio::test]
async fn a_payment_is_refunded_in_parts_or_once_or_as_a_whole() {
    for (assumption, part, second, whole) in [
        ("refund_parts=many", true, true, false),
        ("refund_parts=one", true, false, false),
        ("refund_parts=whole", false, false, true),
    ] {
        let (_sandbox, client) = paid(assumption).await;
        assert_eq!(refund(&client, "R1", 100).await.is_ok(), part, "{assumption}");
        assert_eq!(refund(&client, "R2", 100).await.is_ok(), second, "{assumption}");
        assert_eq!(refund(&client, "R3", 506).await.is_ok(), whole, "{assumption}");
        assert!(refund(&client, "R4", 506).await.is_err(), "{assumption}");
    }
}

#[tokio::test]
async fn as_much_is_refunded_as_is_assumed() {
    for (assumption, limit) in [("refund_limit=fee", 506), ("refund_limit=bare", 500), ("refund_limit=fee+tip", 576)] {
        let (sandbox, client) = paid(assumption).await;
        let error = refund(&client, "R1", limit + 1).await.unwrap_err();
        assert_eq!(refusal(&error), ("FAIL", "the refund is greater than the payment"), "{assumption}");
        refund(&client, "R2", limit).await.unwrap();
        assert_eq!(sandbox.order("T1").unwrap().unwrap().refunded(), Amount::from_minor(limit), "{assumption}");
    }
}
