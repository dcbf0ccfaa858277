//! Ids: after a refusal, of refunds, and where a duplicate is reported.

use super::shared::{query, refund, refusal, started};
use crate::common::{NOBODY, checkout, checkout_id, order, pay};
use ottpay::{Amount, Outcome, StatusClass};
use ottpay_sandbox::Fault;

#[tokio::test]
async fn the_id_of_a_refused_request_is_free_or_used_up() {
    for (assumption, is_free) in [("refused_ids=free", true), ("refused_ids=burnt", false)] {
        let (sandbox, client) = started(assumption).await;
        sandbox.add_fault(Fault::Refuse).unwrap();
        assert_eq!(pay(&client, "T1", 100, NOBODY).await.unwrap_err().outcome(), Outcome::Refused);
        let second = pay(&client, "T1", 100, NOBODY).await;
        assert_eq!(second.is_ok(), is_free, "{assumption}: {second:?}");
        assert_eq!(sandbox.order("T1").unwrap().is_some(), is_free, "{assumption}");
        let unknown = client.status_query().order_id(order("T1")).send().await;
        assert_eq!(unknown.is_ok(), is_free, "{assumption}: {unknown:?}");
        if let Err(error) = second {
            assert_eq!(refusal(&error).0, "ORDER_USED");
        }
        // Nothing reached the gateway, or it was a query: no id is used up.
        sandbox.add_fault(Fault::DropBefore).unwrap();
        assert_eq!(pay(&client, "T2", 100, NOBODY).await.unwrap_err().outcome(), Outcome::Unknown);
        pay(&client, "T2", 100, NOBODY).await.unwrap();
        assert!(client.status_query().order_id(order("T3")).send().await.is_err());
        pay(&client, "T3", 100, NOBODY).await.unwrap();
    }
}

#[tokio::test]
async fn the_id_of_a_refused_refund_or_checkout_page_is_free_or_used_up() {
    for (assumption, is_free) in [("refused_ids=free", true), ("refused_ids=burnt", false)] {
        let (sandbox, client) = started(assumption).await;
        pay(&client, "T1", 100, NOBODY).await.unwrap();
        assert_eq!(refusal(&refund(&client, "R1", 50).await.unwrap_err()).1, "the order is not paid");
        sandbox.pay("T1").await.unwrap();
        assert_eq!(refund(&client, "R1", 50).await.is_ok(), is_free, "{assumption}");
        refund(&client, "R2", 50).await.unwrap();
        sandbox.add_fault(Fault::Refuse).unwrap();
        let page = client.prepay_init().shop_id("S").operator_id("0000000696").prepay_order_id(checkout_id("P1"));
        let page = page.sale_num("1").amount(Amount::from_minor(5)).currency_type(ottpay::Currency::CAD).duration(9);
        let page = page.redirect_url("https://shop.example/").call_back_url(NOBODY);
        assert!(page.send().await.is_err());
        let again = pay(&client, "P1", 5, NOBODY).await;
        assert_eq!(again.is_ok(), is_free, "{assumption}");
    }
}

#[tokio::test]
async fn a_second_refund_with_the_same_id_is_refused_or_carried_out() {
    for (assumption, refunded) in [("refund_ids=unique", 400), ("refund_ids=reusable", 800)] {
        let (sandbox, client) = started(assumption).await;
        pay(&client, "T1", 1000, NOBODY).await.unwrap();
        sandbox.pay("T1").await.unwrap();
        refund(&client, "R1", 400).await.unwrap();
        match refund(&client, "R1", 400).await {
            Ok(reply) => assert_eq!(reply.raw().text("order_id"), Some("R1")),
            Err(error) => assert_eq!((refusal(&error).0, refunded), ("ORDER_USED", 400)),
        }
        let paid = query(&client, "T1").await;
        assert_eq!(paid.raw().text("refund_fee"), Some(&*refunded.to_string()), "{assumption}");
        assert_eq!(paid.order_status().class(), StatusClass::PartiallyRefunded);
        // The id of a payment is never that of a refund.
        pay(&client, "T2", 1, NOBODY).await.unwrap();
        assert_eq!(refusal(&refund(&client, "T2", 1).await.unwrap_err()).0, "ORDER_USED");
        // However often: never more than was paid.
        let third = refund(&client, "R1", 400).await;
        assert!(third.is_err(), "{assumption}: {third:?}");
        assert_eq!(sandbox.order("T1").unwrap().unwrap().refunded(), Amount::from_minor(refunded));
    }
}

#[tokio::test]
async fn a_duplicate_is_reported_in_the_code_or_in_the_message() {
    for (assumption, expected) in [
        ("duplicates=code", ("ORDER_USED", "order number duplicated")),
        ("duplicates=message", ("FAIL", "ORDER_USED: order number duplicated")),
    ] {
        let (sandbox, client) = started(assumption).await;
        pay(&client, "T1", 100, NOBODY).await.unwrap();
        assert_eq!(refusal(&pay(&client, "T1", 100, NOBODY).await.unwrap_err()), expected);
        sandbox.pay("T1").await.unwrap();
        refund(&client, "R1", 10).await.unwrap();
        assert_eq!(refusal(&refund(&client, "R1", 10).await.unwrap_err()), expected);
        checkout(&client, "P1", NOBODY).await;
        assert_eq!(refusal(&pay(&client, "P1", 100, NOBODY).await.unwrap_err()), expected);
    }
}

#[tokio::test]
async fn a_second_request_for_an_open_order_is_refused_or_answered_with_the_order() {
    for (assumption, is_resumed) in [("order_ids=unique", false), ("order_ids=resumed", true)] {
        let (sandbox, client) = started(assumption).await;
        let first = pay(&client, "T1", 100, NOBODY).await.unwrap();
        match pay(&client, "T1", 9900, NOBODY).await {
            Ok(second) => assert!(is_resumed && second.code_url() == first.code_url(), "{assumption}"),
            Err(error) => assert_eq!((refusal(&error).0, is_resumed), ("ORDER_USED", false)),
        }
        checkout(&client, "P1", NOBODY).await;
        assert_eq!(pay(&client, "P1", 1, NOBODY).await.unwrap_err().outcome(), Outcome::DuplicateId, "another action");
        sandbox.pay("T1").await.unwrap();
        assert_eq!(pay(&client, "T1", 100, NOBODY).await.unwrap_err().outcome(), Outcome::DuplicateId);
        assert_eq!(sandbox.order("T1").unwrap().unwrap().amount(), Amount::from_minor(100));
        assert_eq!(sandbox.orders().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn the_id_of_a_paid_order_is_refused_with_one_of_two_words() {
    for (assumption, word) in [("paid_ids=ORDER_USED", "ORDER_USED"), ("paid_ids=ORDER_PAID", "ORDER_PAID")] {
        let (sandbox, client) = started(assumption).await;
        pay(&client, "T1", 100, NOBODY).await.unwrap();
        assert_eq!(refusal(&pay(&client, "T1", 100, NOBODY).await.unwrap_err()).0, "ORDER_USED");
        sandbox.pay("T1").await.unwrap();
        let error = pay(&client, "T1", 100, NOBODY).await.unwrap_err();
        assert_eq!((refusal(&error).0, error.outcome()), (word, Outcome::DuplicateId), "{assumption}");
        sandbox.assume("duplicates=message".parse::<ottpay_sandbox::Assumption>().unwrap());
        let error = pay(&client, "T1", 100, NOBODY).await.unwrap_err();
        assert_eq!(refusal(&error), ("FAIL", &*format!("{word}: order number duplicated")));
        assert_eq!(error.outcome(), Outcome::DuplicateId, "{assumption}");
        // A refund with an id that was used is a duplicate, whatever became of the payment.
        assert_eq!(refund(&client, "T1", 1).await.unwrap_err().outcome(), Outcome::DuplicateId);
    }
}
