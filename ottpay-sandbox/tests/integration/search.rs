//! The search on the first page: by text, state, action and amount, in its URL.

use crate::common::{NOBODY, get, order, pay, refund_id, started};
use ottpay::{Amount, BizType, Currency};
use ottpay_sandbox::{Act, Sandbox};

/// The orders that the first page lists, and the page.
async fn find(sandbox: &Sandbox, query: &str) -> (Vec<String>, String) {
    let (status, page) = get(&format!("{}/sandbox?{query}", sandbox.url())).await;
    assert_eq!(status, 200, "{query}: {page}");
    let list = page.split("id=\"order-list\"").nth(1).unwrap().split("id=\"message-list\"").next().unwrap();
    let ids = list.split("<a href=\"/sandbox/order/").skip(1);
    (ids.map(|rest| rest.split('"').next().unwrap().to_owned()).collect(), page)
}

#[tokio::test]
async fn orders_are_found_by_text_state_action_and_amount() {
    let (sandbox, client) = started().await;
    for (id, amount) in [("Apple-1", 1999), ("Apple-2", 500), ("Pear-1", 500)] {
        pay(&client, id, amount, NOBODY).await.unwrap();
    }
    let scanned = client.passive_pay().amount(Amount::from_minor(777)).auth_code("134567890123456789");
    let scanned = scanned.order_id(order("Code-1")).biz_type(BizType::WechatPay).operator_id("0000020156");
    scanned.send().await.unwrap();
    sandbox.pay("Apple-2").await.unwrap();
    sandbox.act("Pear-1", Act::Decline).await.unwrap();
    let refund = client.refund().order_id(refund_id("Back-1")).ori_order_id(order("Apple-2"));
    refund.refund_amt(Amount::from_minor(100)).send().await.unwrap();

    for (query, found) in [
        ("", &["Back-1", "Code-1", "Pear-1", "Apple-2", "Apple-1"][..]),
        ("q=apple", &["Back-1", "Apple-2", "Apple-1"]),
        ("q=APPLE-1", &["Apple-1"]),
        ("q=Apple_1", &[]),
        ("q=%25", &[]),
        ("state=declined", &["Pear-1"]),
        ("state=paid", &["Code-1", "Apple-2"]),
        ("state=refunded", &["Back-1"]),
        ("action=passive_pay", &["Code-1"]),
        ("amount=5.00", &["Pear-1", "Apple-2"]),
        ("amount=5.00+CAD&q=pear&state=&action=", &["Pear-1"]),
        ("amount=500+JPY", &[]),
        ("q=134567890123456789", &[]),
    ] {
        let (ids, page) = find(&sandbox, query).await;
        assert_eq!(ids, found, "{query}: {page}");
    }
    let (_, page) = find(&sandbox, "q=%3Cb%3E%22&state=paid").await;
    assert!(page.contains("value=\"&#60;b&#62;&#34;\"") && page.contains("<option selected>paid</option>"), "{page}");
    assert!(page.contains("No matching order among those searched"), "{page}");
}

#[tokio::test]
async fn a_refund_is_never_called_paid() {
    let (sandbox, client) = started().await;
    pay(&client, "T1", 500, NOBODY).await.unwrap();
    sandbox.pay("T1").await.unwrap();
    let refund = client.refund().order_id(refund_id("R1")).ori_order_id(order("T1"));
    refund.refund_amt(Amount::from_minor(100)).send().await.unwrap();
    let (_, page) = get(&format!("{}/sandbox/order/R1", sandbox.url())).await;
    assert!(page.contains("id=\"state\">refunded<") && !page.contains(">paid<"), "{page}");
}

#[tokio::test]
async fn messages_are_found_by_text_and_action() {
    let (sandbox, client) = started().await;
    pay(&client, "T1", 500, NOBODY).await.unwrap();
    pay(&client, "T2", 500, NOBODY).await.unwrap();
    client.status_query().order_id(order("T1")).send().await.unwrap();
    let messages = async |query: &str| {
        let (_, page) = find(&sandbox, query).await;
        page.split("id=\"message-list\"").nth(1).unwrap().matches("href=\"/sandbox/message/").count()
    };
    assert_eq!(messages("").await, 3);
    assert_eq!(messages("q=t1").await, 2);
    assert_eq!(messages("q=t1&action=status_query").await, 1);
    assert_eq!(messages("state=paid").await, 3);
}

#[tokio::test]
async fn an_invalid_search_is_reported() {
    let (sandbox, client) = started().await;
    pay(&client, "T1", 500, NOBODY).await.unwrap();
    for (query, words) in [
        ("amount=5,00", "amount: "),
        ("amount=5+money", "amount: "),
        ("state=payed", "state: expected created, processing, paid"),
        ("orders=x", "orders"),
    ] {
        let (status, page) = get(&format!("{}/sandbox?{query}", sandbox.url())).await;
        assert!(status == 400 && page.contains(words), "{query}: {status} {page}");
    }
}

#[tokio::test]
async fn any_number_is_a_place_to_go_on_from() {
    let (sandbox, client) = started().await;
    pay(&client, "T1", 500, NOBODY).await.unwrap();
    for number in [i64::MIN, -1, 0, 1, i64::MAX] {
        let (ids, _) = find(&sandbox, &format!("orders={number}&messages={number}&q=t")).await;
        assert_eq!(ids.len(), usize::from(number > 1), "{number}");
        let (status, _) = get(&format!("{}/sandbox/orders?before={number}", sandbox.url())).await;
        assert_eq!(status, 200, "{number}");
    }
}

#[tokio::test]
async fn the_links_to_older_orders_keep_the_search() {
    let (sandbox, client) = started().await;
    for number in 1..=31 {
        pay(&client, &format!("Mine-{number}"), 100, NOBODY).await.unwrap();
        pay(&client, &format!("Other-{number}"), 100, NOBODY).await.unwrap();
    }
    let (ids, page) = find(&sandbox, "q=mine").await;
    assert!(ids.len() == 30 && page.contains("/sandbox?q=mine&#38;orders=3\">older orders"), "{page}");
    let (ids, page) = find(&sandbox, "q=mine&orders=3").await;
    assert_eq!(ids, ["Mine-1"]);
    assert!(page.contains("<a href=\"/sandbox?q=mine\">newest orders"), "{page}");
}

#[tokio::test]
async fn a_currency_of_the_request_is_part_of_the_amount() {
    let (sandbox, client) = started().await;
    let page = client.prepay_init().shop_id("ON00004652001").operator_id("0000020156");
    let page = page.prepay_order_id(crate::common::checkout_id("C1")).sale_num("S1").amount(Amount::from_minor(500));
    let page = page.currency_type(Currency::USD).duration(100).redirect_url("https://shop.example/result");
    page.call_back_url(NOBODY).send().await.unwrap();
    assert_eq!(find(&sandbox, "amount=5.00+USD").await.0.len(), 1);
    assert_eq!(find(&sandbox, "amount=5.00").await.0.len(), 0);
    assert_eq!(find(&sandbox, "q=c1").await.0.len(), 1);
}
