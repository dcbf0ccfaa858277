//! The sandbox's pages: what they show of messages and orders, how lists are paged, and what the buyer sees.

use crate::common::{NOBODY, OPERATOR, client_of, get, key, order, pay, payment, refund_id, send, started};
use ottpay::{Amount, BizType};
use ottpay_sandbox::{Act, Sandbox};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// The page of the latest message.
async fn latest(sandbox: &Sandbox, query: &str) -> String {
    let messages = send(sandbox, "GET /sandbox/messages?limit=1", "host: localhost\r\n", "").await.2;
    let messages: Value = serde_json::from_str(&messages).unwrap();
    let number = &messages[0]["message"];
    send(sandbox, &format!("GET /sandbox/message/{number}{query}"), "host: localhost\r\n", "").await.2
}

#[tokio::test]
async fn the_pages_show_orders_and_messages_and_escape_what_they_show() {
    let (sandbox, client) = started().await;
    let url = sandbox.url();
    let id = "<b>&\"'1";
    let paid = pay(&client, id, 1999, NOBODY).await;
    if let Ok(qr) = &paid {
        let (status, page) = get(qr.code_url()).await;
        assert_eq!(status, 200);
        assert!(page.contains("19.99") && page.contains("value=\"pay\"") && !page.contains("<b>&"), "{page}");
    }
    pay(&client, "T1", 1999, NOBODY).await.unwrap();
    let body = payment(&client, &order("T2"));
    client.send(&body).await.unwrap();
    for path in ["/sandbox", "/sandbox/order/T1", "/sandbox/message/1"] {
        let (status, page) = get(&format!("{url}{path}")).await;
        assert_eq!(status, 200, "{path}: {page}");
        assert!(!page.contains("<b>&"), "{path}");
        assert!(!page.contains("http://") || page.contains(url), "{path}");
    }
    let (_, page) = get(&format!("{url}/sandbox/message/2")).await;
    for text in ["1999", "which are digested", "Computed MD5", "call_back_url", "Step by step"] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[tokio::test]
async fn sensitive_values_are_shown_after_a_click_only() {
    let (sandbox, client) = started().await;
    let passive = async || {
        let passive = client.passive_pay().amount(Amount::from_minor(100)).auth_code("134567890123456789");
        passive.without_order_id().biz_type(BizType::WechatPay).operator_id(OPERATOR).send().await.unwrap();
    };
    passive().await;
    let page = latest(&sandbox, "").await;
    assert!(page.contains("[auth_code]") && page.contains("?show=sensitive"), "{page}");
    for secret in ["134567890123456789", "Computed MD5", "&#34;md5&#34;"] {
        assert!(!page.contains(secret), "{secret}: {page}");
    }
    let page = latest(&sandbox, "?show=sensitive").await;
    assert!(page.contains("134567890123456789") && page.contains("Computed MD5"), "{page}");

    let link = client.h5_pay_link().mer_code("SECRET-CODE").order_id(order("T1")).amount(Amount::from_minor(100));
    let link = link.new_url("https://shop.example/").url().unwrap();
    assert_eq!(get(link.as_str()).await.0, 303);
    let page = latest(&sandbox, "").await;
    assert!(!page.contains("SECRET-CODE") && page.contains("?show=sensitive"), "{page}");
    assert!(latest(&sandbox, "?show=sensitive").await.contains("SECRET-CODE"));

    for (path, body, shown) in [
        ("/inAppPay", r#"{"wxapikey": "SECRET-CODE", "amount": "77"}"#, "77"),
        ("/inAppPay", r#"{"wxapikey": "SECRET-CODE", "amount""#, ""),
        ("/processV2", r#"{"action": "PASSIVEPAY", "Auth_Code": "SECRET-CODE"}"#, "expected `data`"),
    ] {
        send(&sandbox, &format!("POST {path}"), "host: localhost\r\n", body).await;
        let page = latest(&sandbox, "").await;
        assert!(!page.contains("SECRET-CODE") && page.contains("?show=sensitive"), "{body}: {page}");
        assert!(page.contains(shown), "{body}: {page}");
        assert!(latest(&sandbox, "?show=sensitive").await.contains("SECRET-CODE"), "{body}");
    }
}

#[tokio::test]
async fn the_page_of_a_refused_message_shows_the_cause() {
    let (sandbox, _) = started().await;
    let stranger = client_of(&sandbox).sign_key(key("6698851A525C9433")).build().unwrap();
    assert!(stranger.status_query().order_id(order("T1")).send().await.is_err());
    let page = latest(&sandbox, "").await;
    assert!(page.contains("<h1>STATUS_QUERY to /processV2, refused</h1>"), "{page}");
    assert!(page.contains("Likely cause:") && page.contains(" open><summary"), "{page}");

    let sealed = latest_body(&sandbox).await;
    let form = form_of(&sealed);
    let long = format!(r#"{{"action": "ACTIVEPAY", "data": "{}"}}"#, "A".repeat(20_000));
    for (body, words) in [
        (r#"{"action": "ACTIVEPAY", "data": "x"#, ["unreadable request", "the body is truncated"]),
        ("garbage", ["unreadable request", "Likely cause:"]),
        (r#"{"action": "ACTIVEPAY", "Data": "x", "md5": "y"}"#, ["ACTIVEPAY to /processV2, refused", "misspelt"]),
        (&form, ["unreadable request", "send the request as JSON"]),
        (&long, ["unreadable request", "the 16 KiB"]),
        (r#"{"action": "<b>", "merchant_id": "X"}"#, ["&#60;b&#62; to /processV2", "unknown merchant"]),
    ] {
        send(&sandbox, "POST /processV2", "host: localhost\r\n", body).await;
        let page = latest(&sandbox, "").await;
        for word in words {
            assert!(page.contains(word), "{body:.60}: {word}: {page}");
        }
        assert!(!page.contains("<b>"), "{page}");
    }
}

async fn latest_body(sandbox: &Sandbox) -> Value {
    let messages = send(sandbox, "GET /sandbox/messages?limit=1", "host: localhost\r\n", "").await.2;
    let messages: Value = serde_json::from_str(&messages).unwrap();
    serde_json::from_str(messages[0]["sent"].as_str().unwrap()).unwrap()
}

/// The same members as a form.
fn form_of(sealed: &Value) -> String {
    let escaped = |text: &str| text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let members = sealed.as_object().unwrap().iter();
    members.map(|(name, value)| format!("{name}={}", escaped(value.as_str().unwrap()))).collect::<Vec<_>>().join("&")
}

async fn page(sandbox: &Sandbox, path: &str) -> String {
    let (status, _, page) = send(sandbox, &format!("GET {path}"), "host: localhost\r\n", "").await;
    assert_eq!(status, 200, "{path}: {page}");
    page
}

#[tokio::test]
async fn each_list_has_its_own_pages() {
    let (sandbox, client) = started().await;
    let none = page(&sandbox, "/sandbox").await;
    assert!(none.contains("None yet") && !none.contains("older") && !none.contains("newest"), "{none}");
    for number in 1..=30 {
        pay(&client, &format!("T{number}"), 100, NOBODY).await.unwrap();
    }
    let full = page(&sandbox, "/sandbox").await;
    assert!(!full.contains("older") && full.contains(">T1<"), "{full}");
    pay(&client, "T31", 100, NOBODY).await.unwrap();
    let first = page(&sandbox, "/sandbox").await;
    assert!(first.contains("<a href=\"/sandbox?orders=2\">older orders") && !first.contains(">T1<"), "{first}");
    let second = page(&sandbox, "/sandbox?orders=2").await;
    assert!(second.contains(">T1<") && !second.contains("older orders"), "{second}");
    assert!(second.contains("/sandbox?orders=2&#38;messages=2\">older messages"), "{second}");
    let both = page(&sandbox, "/sandbox?orders=2&messages=2").await;
    assert!(both.contains("<a href=\"/sandbox?messages=2\">newest orders"), "{both}");
    assert!(both.contains("<a href=\"/sandbox?orders=2\">newest messages"), "{both}");
    let beyond = page(&sandbox, "/sandbox?orders=1").await;
    assert!(!beyond.contains("None yet") && beyond.contains("newest orders"), "{beyond}");
    let (status, head, _) = send(&sandbox, "GET /sandbox/", "host: localhost\r\n", "").await;
    assert!(status == 308 && head.contains("location: /sandbox\r\n"), "{head}");
}

#[tokio::test]
async fn the_page_of_an_order_shows_its_latest_hundred_refunds() {
    let (sandbox, client) = started().await;
    pay(&client, "T1", 100, NOBODY).await.unwrap();
    sandbox.act("T1", Act::Decline).await.unwrap();
    let payment = client.active_pay().order_id(order("T2")).amount(Amount::from_minor(500)).biz_type(BizType::Alipay);
    payment.operator_id(OPERATOR).call_back_url(NOBODY).send().await.unwrap();
    sandbox.pay("T2").await.unwrap();
    for number in 0..103 {
        let refund = client.refund().order_id(refund_id(&format!("R{number}"))).ori_order_id(order("T2"));
        refund.refund_amt(Amount::from_minor(1)).send().await.unwrap();
    }
    let page = page(&sandbox, "/sandbox/order/T2").await;
    assert!(page.contains("3 more before these.") && page.contains(">R102<") && !page.contains(">R2<"), "{page}");
}

#[tokio::test]
async fn the_buyer_sees_tip_and_fee() {
    let (sandbox, client) = started().await;
    pay(&client, "T1", 100, NOBODY).await.unwrap();
    let (tip, fee) = (Some(Amount::from_minor(70)), Some(Amount::from_minor(5)));
    sandbox.act("T1", Act::Pay { tip, fee }).await.unwrap();
    let page = page(&sandbox, "/pay/T1").await;
    assert!(page.contains("plus a tip of 0.70 CAD") && page.contains("with a convenience fee of 0.05 CAD"), "{page}");
}

#[tokio::test]
async fn at_most_32_pages_receive_news() {
    let (sandbox, _) = started().await;
    let address = sandbox.url().strip_prefix("http://").unwrap();
    let mut open = Vec::new();
    for place in 0..=32 {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET /sandbox/events HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
        let mut status = [0; 12];
        stream.read_exact(&mut status).await.unwrap();
        assert_eq!(&status[9..], if place < 32 { b"200" } else { b"503" });
        open.push(stream);
    }
    drop(open);
}
