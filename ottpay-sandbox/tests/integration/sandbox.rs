//! The sandbox: what it remembers, what goes wrong on demand, and who may see its inside.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::common::{
    self, NOBODY, OPERATOR, client_of, control, exchange, get, order, pay, shop, shop_that, started, until,
};
use axum::http::StatusCode;
use axum::routing::post;
use ottpay::{Amount, Currency, Error, Outcome};
use ottpay_sandbox::{Act, Delivery, Fault, OrderState, Sandbox, SandboxError, Trouble};
use serde_json::{Value, json};

#[tokio::test]
async fn a_database_file_outlives_the_sandbox() {
    let folder = std::env::temp_dir().join(format!("ottpay-sandbox-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("orders.db");
    let (bodies, key) = {
        let (url, bodies) = shop().await;
        let sandbox = Sandbox::builder().database(&file).start().await.unwrap();
        let client = client_of(&sandbox).build().unwrap();
        pay(&client, "T1", 1999, &url).await.unwrap();
        pay(&client, "T2", 5, &url).await.unwrap();
        sandbox.pay("T1").await.unwrap();
        let refund = client.refund().order_id(order("R1")).ori_order_id(order("T1"));
        refund.refund_amt(Amount::from_minor(999)).send().await.unwrap();
        let second = Sandbox::builder().database(&file).start().await;
        assert!(second.unwrap_err().to_string().contains("another sandbox has it open"));
        (bodies, sandbox.made_key().unwrap().to_owned())
    };
    assert_eq!(bodies.lock().unwrap().len(), 1);
    let reopened = async || Sandbox::builder().database(&file).start().await;
    let mut sandbox = reopened().await;
    until(async || {
        // The tasks of the first one may still hold the file for a moment.
        if sandbox.is_err() {
            sandbox = reopened().await;
        }
        sandbox.is_ok()
    })
    .await;
    let sandbox = sandbox.unwrap();
    assert_eq!(sandbox.made_key(), Some(&*key));
    let paid = sandbox.order("T1").unwrap().unwrap();
    assert_eq!((paid.state(), paid.refunded()), (OrderState::Paid, Amount::from_minor(999)));
    assert_eq!(
        (sandbox.order("T2").unwrap().unwrap().state(), sandbox.orders().unwrap().len()),
        (OrderState::Created, 3)
    );
    let client = client_of(&sandbox).build().unwrap();
    assert!(pay(&client, "T1", 1, NOBODY).await.unwrap_err().is_order_used());
    let (_, messages) = control(&sandbox, "GET", "/messages?order_id=T1", Value::Null).await;
    assert_eq!(messages.as_array().unwrap().len(), 3, "{messages}");
    drop(sandbox);

    let other = folder.join("other.db");
    std::fs::write(&other, "no database, but a text that is longer than a hundred bytes. ".repeat(4)).unwrap();
    let refused = Sandbox::builder().database(&other).start().await.unwrap_err().to_string();
    assert!(refused.contains("other.db") && refused.contains("no database"), "{refused}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn every_act_leads_to_its_state_and_its_word() {
    let (sandbox, client) = started().await;
    for (name, state, word) in [
        ("pay", "paid", "success"),
        ("decline", "declined", "failure"),
        ("cancel", "cancelled", "cancelled"),
        ("expire", "closed", "orderclosed"),
    ] {
        pay(&client, name, 100, NOBODY).await.unwrap();
        let (status, shown) = control(&sandbox, "POST", &format!("/orders/{name}/{name}"), json!({})).await;
        assert_eq!((status, &shown["state"]), (200, &json!(state)), "{shown}");
        let query = client.status_query().order_id(order(name)).send().await.unwrap();
        assert_eq!(query.order_status().to_string(), word);
        let (status, again) = control(&sandbox, "POST", &format!("/orders/{name}/pay"), Value::Null).await;
        assert_eq!(status, 409, "{again}");
        assert!(again["error"].as_str().unwrap().contains(state), "{again}");
    }
    assert_eq!(control(&sandbox, "POST", "/orders/nobody/pay", Value::Null).await.0, 404);
    assert_eq!(control(&sandbox, "POST", "/orders/pay/steal", Value::Null).await.0, 404);
    assert_eq!(control(&sandbox, "GET", "/orders/nobody", Value::Null).await.0, 404);
    assert_eq!(control(&sandbox, "POST", "/orders/pay/pay", json!({ "tipp": 1 })).await.0, 400);
}

#[tokio::test]
async fn a_reservation_is_captured_or_released() {
    let (sandbox, client) = started().await;
    for (id, act, state) in [("C1", Act::Capture, OrderState::Paid), ("C2", Act::Release, OrderState::Cancelled)] {
        let preauth = client.union_pay_preauth().order_id(order(id)).txn_amt(Amount::from_minor(100));
        let preauth = preauth.txn_time(ottpay::Timestamp::new("20261123120000").unwrap()).front_url(NOBODY);
        preauth.back_url(NOBODY).operator_id(OPERATOR).send().await.unwrap();
        assert!(matches!(sandbox.act(id, act).await, Err(SandboxError::WrongState { .. })));
        sandbox.pay(id).await.unwrap();
        assert_eq!(sandbox.order(id).unwrap().unwrap().state(), OrderState::Authorised);
        sandbox.act(id, act).await.unwrap();
        assert_eq!(sandbox.order(id).unwrap().unwrap().state(), state);
    }
}

#[tokio::test]
async fn an_unpaid_order_is_closed_when_the_clock_says_so() {
    let (sandbox, client) = started().await;
    pay(&client, "T1", 100, NOBODY).await.unwrap();
    control(&sandbox, "POST", "/clock", json!({ "advance_seconds": 29 * 60 })).await;
    assert_eq!(sandbox.order("T1").unwrap().unwrap().state(), OrderState::Created);
    control(&sandbox, "POST", "/clock", json!({ "advance_seconds": 61 })).await;
    assert_eq!(sandbox.order("T1").unwrap().unwrap().state(), OrderState::Closed);
}

#[tokio::test]
async fn a_tip_and_a_fee_of_the_buyer_are_reported_and_count_for_refunds() {
    let (sandbox, client) = started().await;
    let (url, bodies) = shop().await;
    pay(&client, "T1", 500, &url).await.unwrap();
    control(&sandbox, "POST", "/orders/T1/pay", json!({ "tip": "70", "convenience_fee": 1 })).await;
    until(async || bodies.lock().unwrap().len() == 1).await;
    let body = bodies.lock().unwrap()[0].clone();
    let paid = client.wallet_callback(&body).unwrap();
    assert_eq!((paid.amount(), paid.tip().unwrap().minor()), (Amount::from_minor(501), 70));
    assert_eq!(paid.convenience_fee(), Some(Amount::from_minor(1)));
    let refund = async |id: &str, amount| {
        let refund = client.refund().order_id(order(id)).ori_order_id(order("T1"));
        refund.refund_amt(Amount::from_minor(amount)).send().await
    };
    assert!(refund("R1", 502).await.is_err());
    refund("R2", 501).await.unwrap();
}

#[tokio::test]
async fn an_order_keeps_its_currency_and_the_buyer_writes_money_in_it() {
    let (sandbox, client) = started().await;
    let page = client.prepay_init().shop_id("S1").operator_id(OPERATOR).prepay_order_id(order("P1")).sale_num("1");
    let page = page.amount(Amount::from_minor(500)).currency_type(Currency::USD).redirect_url("http://127.0.0.1:9/");
    page.duration(100).call_back_url(NOBODY).send().await.unwrap();
    let query = client.prepay_query().prepay_order_id(order("P1"));
    assert_eq!(query.send().await.unwrap().currency_type(), Currency::USD);

    let id = sandbox.order("P1").unwrap().unwrap().id().to_owned();
    let press = async |form: &str| {
        let (status, page) = exchange(sandbox.url(), "POST", &format!("/pay/{id}"), form.into()).await;
        (status, String::from_utf8(page).unwrap())
    };
    for wrong in ["1,5", "1.505", "-1", "99999999999"] {
        let (status, page) = press(&format!("act=pay&convenience_fee={wrong}")).await;
        assert!(status == 400 && page.contains("5.00 USD") && page.contains("amount"), "{wrong}: {status} {page}");
    }
    assert_eq!(press("act=fly").await.0, 400);
    assert_eq!(press("act=pay&convenience_fee=1.5").await.0, 303);
    let paid = sandbox.order("P1").unwrap().unwrap();
    assert_eq!((paid.convenience_fee(), paid.currency()), (Some(Amount::from_minor(150)), Currency::USD));
    let (_, page) = get(&format!("{}/sandbox/order/{id}", sandbox.url())).await;
    assert!(page.contains("6.50 USD") && page.contains("1.50 USD"), "{page}");
    assert_eq!(press("act=decline").await.0, 409);
}

#[tokio::test]
async fn every_fault_of_a_request_is_what_the_client_should_see() {
    for by_amount in [false, true] {
        let (sandbox, client) = started().await;
        let client_in_hurry = client_of(&sandbox).timeout(Duration::from_millis(300)).build().unwrap();
        let requests = Fault::ALL.iter().copied().filter(|fault| !fault.is_of_callback());
        for (place, fault) in requests.enumerate() {
            let id = format!("T{place}");
            let amount = if by_amount { fault.amount().minor() } else { 100 };
            if !by_amount {
                sandbox.trouble(Trouble::new(fault)).unwrap();
            }
            let client = if fault == Fault::Delay { &client_in_hurry } else { &client };
            let result = pay(client, &id, amount, NOBODY).await;
            let carried_out = sandbox.order(&id).unwrap().is_some();
            let expected = match fault {
                Fault::Refuse => (Some(Outcome::Refused), false),
                Fault::DropBefore | Fault::BadGateway => (Some(Outcome::Unknown), false),
                Fault::Processing => (None, true),
                _ => (Some(Outcome::Unknown), true),
            };
            assert_eq!((result.as_ref().err().map(Error::outcome), carried_out), expected, "{fault:?}: {result:?}");
        }
        // What is under way is settled by itself.
        let processing =
            sandbox.orders().unwrap().into_iter().find(|order| order.state() == OrderState::Processing).unwrap();
        sandbox.advance(Duration::from_secs(3)).unwrap();
        assert_eq!(sandbox.order(processing.id()).unwrap().unwrap().state(), OrderState::Paid);
        // Each happened once.
        let id = format!("A{by_amount}");
        pay(&client, &id, 100, NOBODY).await.unwrap();
    }
}

#[tokio::test]
async fn a_fault_may_be_for_one_action_or_one_order_and_often() {
    let (sandbox, client) = started().await;
    let asked = json!({ "fault": "refuse", "times": 2, "action": "ACTIVEPAY", "order_id": "T1", "code": "ORDER_PAID" });
    assert_eq!(control(&sandbox, "POST", "/faults", asked).await.0, 200);
    pay(&client, "T2", 100, NOBODY).await.unwrap();
    for _ in 0..2 {
        assert!(pay(&client, "T1", 100, NOBODY).await.unwrap_err().to_string().contains("ORDER_PAID"));
    }
    pay(&client, "T1", 100, NOBODY).await.unwrap();
    for wrong in [
        json!({ "fault": "reffuse" }),
        json!({ "fault": "refuse", "time": 1 }),
        json!({ "fault": "refuse", "action": "X" }),
    ] {
        let (status, reply) = control(&sandbox, "POST", "/faults", wrong).await;
        assert_eq!(status, 400, "{reply}");
    }
    control(&sandbox, "POST", "/faults", json!({ "fault": "refuse" })).await;
    control(&sandbox, "DELETE", "/faults", Value::Null).await;
    let (_, faults) = control(&sandbox, "GET", "/faults", Value::Null).await;
    assert_eq!((&faults["waiting"], faults["known"].as_array().unwrap().len()), (&json!([]), Fault::ALL.len()));
}

#[tokio::test]
async fn a_callback_is_tried_again_until_it_is_taken_or_given_up() {
    let (sandbox, client) = started().await;
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let answer = move || async move {
        let call = counted.fetch_add(1, Ordering::Relaxed);
        if call < 2 { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
    };
    let url = shop_that(post(answer)).await;
    pay(&client, "T1", 100, &url).await.unwrap();
    assert!(matches!(sandbox.pay("T1").await.unwrap(), Delivery::Answered { status: 503, .. }));
    let state = async |id: &str| {
        control(&sandbox, "GET", &format!("/orders/{id}"), Value::Null).await.1["callbacks"][0].clone()
    };
    until(async || state("T1").await["state"] == "delivered").await;
    let statuses: Vec<_> =
        state("T1").await["attempts"].as_array().unwrap().iter().map(|a| a["status"].clone()).collect();
    assert_eq!(statuses, [503, 503, 200]);

    pay(&client, "T2", 100, NOBODY).await.unwrap();
    assert!(matches!(sandbox.pay("T2").await.unwrap(), Delivery::Failed { .. }));
    until(async || state("T2").await["state"] == "failed").await;
    assert_eq!(state("T2").await["attempts"].as_array().unwrap().len(), 4);

    // Not on this machine: nothing is sent, nor tried again.
    pay(&client, "T3", 100, "https://shop.example/").await.unwrap();
    let Delivery::Failed { reason, .. } = sandbox.pay("T3").await.unwrap() else { panic!("it was sent") };
    assert!(reason.contains("plain HTTP"), "{reason}");
    assert_eq!(state("T3").await["state"], "failed");
}

#[tokio::test]
async fn every_fault_of_a_callback_reaches_the_shop() {
    let (sandbox, client) = started().await;
    let (url, bodies) = shop().await;
    let taken = || bodies.lock().unwrap().len();
    let order_of = |place: usize| {
        let body = bodies.lock().unwrap()[place].clone();
        client.callback(&body).map(|paid| paid.order_id().to_string())
    };
    let trouble = |fault| {
        let mut trouble = Trouble::new(fault);
        trouble.delay = Duration::from_millis(50);
        sandbox.trouble(trouble).unwrap();
    };

    trouble(Fault::CallbackDuplicate);
    pay(&client, "T1", 1, &url).await.unwrap();
    sandbox.pay("T1").await.unwrap();
    until(async || taken() == 2).await;
    let sent = bodies.lock().unwrap().clone();
    assert_eq!(sent[0], sent[1]);

    trouble(Fault::CallbackDelay);
    pay(&client, "T2", 1, &url).await.unwrap();
    assert_eq!(sandbox.pay("T2").await.unwrap(), Delivery::Later);
    until(async || taken() == 3).await;

    trouble(Fault::CallbackOutOfOrder);
    pay(&client, "T3", 1, &url).await.unwrap();
    pay(&client, "T4", 1, &url).await.unwrap();
    assert_eq!(sandbox.pay("T3").await.unwrap(), Delivery::Later);
    sandbox.pay("T4").await.unwrap();
    until(async || taken() == 5).await;
    assert_eq!((order_of(3).unwrap(), order_of(4).unwrap()), ("T4".to_owned(), "T3".to_owned()));

    trouble(Fault::CallbackReplay);
    pay(&client, "T5", 1, &url).await.unwrap();
    sandbox.pay("T5").await.unwrap();
    until(async || taken() == 7).await;
    assert_eq!(order_of(5).unwrap(), order_of(6).unwrap());

    trouble(Fault::CallbackCorrupt);
    pay(&client, "T6", 1, &url).await.unwrap();
    sandbox.pay("T6").await.unwrap();
    assert!(order_of(7).is_err());
}

#[tokio::test]
async fn exchange_rates_can_be_set() {
    let (sandbox, client) = started().await;
    let rate = async |currency| client.ex_rate_query().fee_type(currency).send().await;
    assert_eq!(rate(Currency::USD).await.unwrap().rate().to_string(), "6.5");
    control(&sandbox, "POST", "/rates", json!({ "USD": 712_345_678 })).await;
    assert_eq!(rate(Currency::USD).await.unwrap().rate().to_string(), "7.12345678");
    assert!(rate(Currency::new("XYZ").unwrap()).await.unwrap_err().to_string().contains("XYZ"));
    assert_eq!(control(&sandbox, "POST", "/rates", json!({ "USD": "a lot" })).await.0, 400);
}

#[tokio::test]
async fn the_inside_is_for_this_machine_and_its_own_pages() {
    let (sandbox, client) = started().await;
    pay(&client, "T1", 100, NOBODY).await.unwrap();
    let address = sandbox.url().strip_prefix("http://").unwrap();
    let status = async |host: &str, more: &str| {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST /sandbox/orders/T1/pay HTTP/1.1\r\nhost: {host}\r\n{more}connection: close\r\ncontent-length: 0\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).await.unwrap();
        reply[9..12].to_owned()
    };
    assert_eq!(status("evil.example", "").await, "403");
    assert_eq!(status(address, "origin: http://evil.example\r\n").await, "403");
    assert_eq!(sandbox.order("T1").unwrap().unwrap().state(), OrderState::Created);
    assert_eq!(status(address, &format!("origin: http://{address}\r\n")).await, "200");
}

#[tokio::test]
async fn what_the_gateway_does_not_take_is_told_with_what_it_takes() {
    let (sandbox, _) = started().await;
    let send = async |method, path, body| {
        let (status, reply) = exchange(sandbox.url(), method, path, body).await;
        (status, String::from_utf8(reply).unwrap())
    };
    let (status, text) = send("POST", "/processV2", vec![b' '; 1024 * 1024 + 1]).await;
    assert_eq!((status, text.as_str()), (413, "the sandbox takes a body of at most 1048576 bytes\n"));
    let (status, text) = send("GET", "/processV2", vec![]).await;
    assert_eq!((status, text.as_str()), (405, "/processV2 takes POST, and not GET\n"));
    let (status, text) = send("POST", "/proces", vec![]).await;
    assert!(status == 404 && text.contains("/processV2"), "{status} {text}");
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
    let body = common::payment(&client, &order("T2"));
    client.send(&body).await.unwrap();
    for path in ["/sandbox", "/sandbox/order/T1", "/sandbox/message/1"] {
        let (status, page) = get(&format!("{url}{path}")).await;
        assert_eq!(status, 200, "{path}: {page}");
        assert!(!page.contains("<b>&"), "{path}");
        assert!(!page.contains("http://") || page.contains(url), "{path}");
    }
    let (_, page) = get(&format!("{url}/sandbox/message/2")).await;
    for text in ["1999", "the text of the digest", "MD5 of it", "call_back_url", "Step by step"] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[test]
fn the_guide_lists_every_fault_with_its_amount() {
    let guide = include_str!("../../../docs/sandbox.md");
    for fault in Fault::ALL {
        let row = format!("| {} | `{}` | {} |", fault.amount().minor(), fault.name(), fault.description());
        assert!(guide.contains(&row), "{row}");
    }
}
