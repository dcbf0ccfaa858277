//! Replies: the HTTP status of a refusal, unknown orders, what is repeated, and payments with the buyer's code.

use super::shared::{query, refund, refusal, started};
use crate::common::{NOBODY, OPERATOR, checkout_id, exchange, order, pay, sealed};
use ottpay::{Amount, BizType, Outcome, StatusClass};
use ottpay_sandbox::Fault;

#[tokio::test]
async fn a_refusal_has_a_status_of_200_or_400() {
    for (assumption, status) in [("refusal_status=200", 200), ("refusal_status=400", 400)] {
        let (sandbox, client) = started(assumption).await;
        let ask = async |id: &str| {
            let body = sealed(&sandbox, "STATUS_QUERY", "1.0", &format!(r#"{{"order_id":"{id}"}}"#));
            exchange(sandbox.url(), "POST", "/processV2", body).await.0
        };
        assert_eq!(ask("T1").await, status, "{assumption}");
        sandbox.add_fault(Fault::Refuse).unwrap();
        let outcome = pay(&client, "T1", 100, NOBODY).await.unwrap_err().outcome();
        assert_eq!(outcome, if status == 200 { Outcome::Refused } else { Outcome::Unknown }, "{assumption}");
        pay(&client, "T1", 100, NOBODY).await.unwrap();
        assert_eq!(ask("T1").await, 200, "{assumption}");
    }
}

#[tokio::test]
async fn an_unknown_order_is_refused_or_reported_as_not_paid() {
    for (assumption, asked, refunded) in [
        ("unknown_order=FAIL", Err("FAIL"), "FAIL"),
        ("unknown_order=SYSTEM_ERROR", Err("SYSTEM_ERROR"), "SYSTEM_ERROR"),
        ("unknown_order=pending", Ok(StatusClass::Pending), "FAIL"),
    ] {
        let (_sandbox, client) = started(assumption).await;
        let answer = client.status_query().order_id(order("T9")).send().await;
        match (&answer, asked) {
            (Ok(reply), Ok(class)) => {
                assert_eq!(reply.order_status().class(), class);
                assert_eq!(reply.raw().text("order_id"), Some("T9"));
                assert_eq!(reply.raw().text("total_amount"), None);
            }
            (Err(error), Err(code)) => assert!(error.to_string().contains(code), "{assumption}: {error}"),
            _ => panic!("{assumption}: {answer:?}"),
        }
        let page = client.prepay_query().prepay_order_id(checkout_id("P9")).send().await;
        match (&page, asked) {
            (Ok(reply), Ok(class)) => assert_eq!(reply.status().class(), class),
            (Err(error), Err(code)) => assert!(error.to_string().contains(code), "{assumption}: {error}"),
            _ => panic!("{assumption}: {page:?}"),
        }
        assert_eq!(refusal(&refund(&client, "R1", 1).await.unwrap_err()).0, refunded);
    }
}

#[tokio::test]
async fn replies_repeat_or_omit_what_the_merchant_already_knows() {
    for (assumption, is_repeated) in [("echoes=on", true), ("echoes=off", false)] {
        let (sandbox, client) = started(assumption).await;
        pay(&client, "T1", 100, NOBODY).await.unwrap();
        sandbox.pay("T1").await.unwrap();
        let reply = query(&client, "T1").await;
        for name in ["order_id", "merchant_id", "currency"] {
            assert_eq!(reply.raw().text(name).is_some(), is_repeated, "{assumption}: {name}");
        }
        assert_eq!(reply.raw().text("total_amount"), Some("100"), "{assumption}");
        assert_eq!(reply.order_status().class(), StatusClass::Paid);
        let refunded = refund(&client, "R1", 1).await.unwrap();
        assert_eq!(refunded.raw().text("order_id").is_some(), is_repeated, "{assumption}");
    }
}

#[tokio::test]
async fn a_payment_with_the_buyers_code_is_done_at_once_or_waits_for_the_buyer() {
    for (assumption, class) in [("buyer_codes=paid", StatusClass::Paid), ("buyer_codes=pending", StatusClass::Pending)]
    {
        let (sandbox, client) = started(assumption).await;
        let passive = client.passive_pay().order_id(order("T1")).amount(Amount::from_minor(100));
        let passive = passive.auth_code("134567890123456789").biz_type(BizType::Alipay).operator_id(OPERATOR);
        assert_eq!(passive.send().await.unwrap().order_status().class(), class, "{assumption}");
        assert_eq!(query(&client, "T1").await.order_status().class(), class, "{assumption}");
        if class == StatusClass::Pending {
            sandbox.pay("T1").await.unwrap();
        }
        assert_eq!(query(&client, "T1").await.order_status().class(), StatusClass::Paid);
    }
}
