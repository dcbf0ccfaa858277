//! Every page in headless Chromium: light and dark, on a desktop and on a phone, with axe-core, and by keyboard.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::StatusCode;
use axum::routing::post;
use fantoccini::{Client, Locator};
use ottpay::{Amount, BizType};
use ottpay_sandbox::{Act, Fault, PlannedFault, Sandbox};
use serde_json::{Value, json};

use crate::chromium::{picture, shows, with_browser};
use crate::common::{
    NOBODY, OPERATOR, client_of, control, exchange, key, order, pay, post_raw, refund_id, sealed, shop_that, started,
    state,
};
use crate::devtools::{find_violations, read_axe, set_colours, set_size};

/// A sandbox with something on every page.
async fn fill() -> (Sandbox, ottpay::Client) {
    let (sandbox, client) = started().await;
    let asked = Arc::new(AtomicUsize::new(0));
    // The first attempt fails.
    let answer = move || {
        let first = asked.fetch_add(1, Ordering::Relaxed) == 0;
        async move { (if first { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK }, "SUCCESS") }
    };
    let url = shop_that(post(answer)).await;
    pay(&client, "Paid-1", 1999, &url).await.unwrap();
    client.status_query().order_id(order("Paid-1")).send().await.unwrap();
    sandbox.add_fault(PlannedFault::new(Fault::DropAfter).action("STATUS_QUERY")).unwrap();
    client.status_query().order_id(order("Paid-1")).send().await.unwrap_err();
    exchange(sandbox.url(), "POST", "/pay/Paid-1", b"act=pay".to_vec()).await;
    let refund = client.refund().order_id(refund_id("Refund-1")).ori_order_id(order("Paid-1"));
    refund.refund_amt(Amount::from_minor(500)).send().await.unwrap();
    pay(&client, "Declined-1", 500, NOBODY).await.unwrap();
    sandbox.act("Declined-1", Act::Decline).await.unwrap();
    pay(&client, "Failing-1", 700, NOBODY).await.unwrap();
    let _ = sandbox.pay("Failing-1").await;
    let scanned = client.passive_pay().amount(Amount::from_minor(100)).auth_code("134567890123456789");
    scanned.order_id(order("Code-1")).biz_type(BizType::WechatPay).operator_id(OPERATOR).send().await.unwrap();
    let stranger = client_of(&sandbox).sign_key(key("6698851A525C9433")).build().unwrap();
    stranger.status_query().order_id(order("Paid-1")).send().await.unwrap_err();
    pay(&client, "Open-1", 1999, NOBODY).await.unwrap();
    let lenient = sealed(&sandbox, "STATUS_QUERY", "1.0", r#"{"order_id":"Open-1","colour":"red"}"#);
    post_raw(sandbox.url(), lenient).await;
    sandbox.add_fault(PlannedFault::new(Fault::CallbackDuplicate).order_id("Open-1").times(2)).unwrap();
    (sandbox, client)
}

/// The number of the latest message for which this is true.
async fn find_message(sandbox: &Sandbox, holds: impl Fn(&Value) -> bool) -> u64 {
    let (_, messages) = control(sandbox, "GET", "/messages", Value::Null).await;
    messages.as_array().unwrap().iter().find(|message| holds(message)).unwrap()["message"].as_u64().unwrap()
}

async fn measure(client: &Client, what: &str) -> u64 {
    client.execute(&format!("return document.documentElement.{what}"), Vec::new()).await.unwrap().as_u64().unwrap()
}

/// Checks a page in every mode, saves pictures, and returns its problems.
async fn look_at(client: &Client, name: &str, address: &str, axe: Option<&str>) -> Vec<String> {
    let mut wrong = Vec::new();
    client.goto(address).await.unwrap();
    // A phone has the colours of a desktop.
    for (width, device, colours) in [(1000, "desktop", "light"), (1000, "desktop", "dark"), (360, "phone", "light")] {
        set_colours(client, colours).await;
        set_size(client, width, 800).await;
        set_size(client, width, measure(client, "scrollHeight").await.clamp(800, 4000)).await;
        picture(client, &format!("{name}-{device}-{colours}.png")).await;
        set_size(client, width, 800).await;
        open_details(client, true).await;
        let (content, window) = (measure(client, "scrollWidth").await, measure(client, "clientWidth").await);
        if content > window {
            wrong.push(format!("{name}, {device}: {content} pixels wide, and not {window}"));
        }
        if let Some(axe) = axe {
            let found = find_violations(client, axe).await;
            wrong.extend(found.iter().map(|found| format!("{name}, {device}, {colours}: {found}")));
        }
        open_details(client, false).await;
    }
    wrong
}

async fn open_details(client: &Client, open: bool) {
    let script = format!("document.querySelectorAll('details').forEach(part => part.open = {open})");
    client.execute(&script, Vec::new()).await.unwrap();
}

async fn look_at_all(client: &Client) {
    let (sandbox, _shop) = fill().await;
    let axe = read_axe();
    if axe.is_none() {
        println!("axe-core is not there, so it is not asked; .ci/run fetches it");
    }
    let callback = find_message(&sandbox, |message| message["direction"] == "callback").await;
    let refused =
        find_message(&sandbox, |message| message["action"].is_null() && message["direction"] == "request").await;
    let sensitive = find_message(&sandbox, |message| message["action"] == "passive_pay").await;
    let mut wrong = Vec::new();
    let guarded = Sandbox::builder().control_token("0123456789abcdef").start().await.unwrap();
    wrong.extend(look_at(client, "login", &format!("{}/sandbox/login", guarded.url()), axe.as_deref()).await);
    for (name, path) in [
        ("front", "/sandbox".to_owned()),
        ("search", "/sandbox?q=-1&state=paid".to_owned()),
        ("search-wrong", "/sandbox?amount=5,00".to_owned()),
        ("order", "/sandbox/order/Paid-1".to_owned()),
        ("order-open", "/sandbox/order/Open-1".to_owned()),
        ("order-failing", "/sandbox/order/Failing-1".to_owned()),
        ("refund", "/sandbox/order/Refund-1".to_owned()),
        ("message", "/sandbox/message/1".to_owned()),
        ("message-callback", format!("/sandbox/message/{callback}")),
        ("message-refused", format!("/sandbox/message/{refused}")),
        ("message-sensitive", format!("/sandbox/message/{sensitive}")),
        ("buyer", "/pay/Open-1".to_owned()),
        ("buyer-paid", "/pay/Paid-1".to_owned()),
    ] {
        wrong.extend(look_at(client, name, &format!("{}{path}", sandbox.url()), axe.as_deref()).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let Some(axe) = axe else { return };
    client.goto("data:text/html,<img src='x'>").await.unwrap();
    assert!(!find_violations(client, &axe).await.is_empty(), "axe-core finds nothing at all");
}

async fn script(client: &Client, script: &str) -> Value {
    client.execute(&format!("return {script}"), Vec::new()).await.unwrap()
}

async fn use_keyboard(client: &Client) {
    let (sandbox, shop) = fill().await;
    pay(&shop, "Other-1", 500, NOBODY).await.unwrap();
    client.goto(&format!("{}/sandbox/order/Open-1", sandbox.url())).await.unwrap();
    client.find(Locator::Css("body")).await.unwrap().send_keys("\u{E004}").await.unwrap();
    assert_eq!(script(client, "document.activeElement.className").await, json!("skip"));
    assert_ne!(script(client, "getComputedStyle(document.activeElement).outlineStyle").await, json!("none"));
    client.active_element().await.unwrap().send_keys("\u{E007}").await.unwrap();
    assert_eq!(script(client, "document.activeElement.id").await, json!("main"));

    // An update does not change what a person has entered.
    client.execute("document.getElementById('fault').open = true", Vec::new()).await.unwrap();
    let times = client.find(Locator::Css("input[name=times]")).await.unwrap();
    times.clear().await.unwrap();
    times.send_keys("7").await.unwrap();
    shop.status_query().order_id(order("Open-1")).send().await.unwrap();
    shows(client, "//table[@id='messages']//a[contains(text(), 'status_query')]").await;
    assert_eq!(script(client, "document.querySelector('input[name=times]').value").await, json!("7"));
    shows(client, "//p[@id='news'][contains(text(), 'updated')]").await;
    times.send_keys("\u{E007}").await.unwrap();
    shows(client, "//code[text()='refuse']").await;
    assert_eq!(sandbox.waiting_faults().len(), 2);

    // Nor does it change a selection while it lasts.
    client
        .execute("getSelection().selectAllChildren(document.getElementById('story-heading'))", Vec::new())
        .await
        .unwrap();
    sandbox.act("Open-1", Act::Expire).await.unwrap();
    shows(client, "//*[@id='state'][text()='closed']").await;
    assert_eq!(
        script(client, "document.getElementById('events').textContent.includes('closed by')").await,
        json!(false)
    );
    client.execute("getSelection().removeAllRanges()", Vec::new()).await.unwrap();
    shows(client, "//table[@id='events']//*[contains(text(), 'closed by the test')]").await;

    client.goto(&format!("{}/sandbox/order/Other-1", sandbox.url())).await.unwrap();
    client.find(Locator::Css("button[value=decline]")).await.unwrap().click().await.unwrap();
    shows(client, "//*[@id='state'][text()='declined']").await;
    assert_eq!(state(&sandbox, "Other-1").await, "declined");
    client.goto(&format!("{}/sandbox/message/1", sandbox.url())).await.unwrap();
    shows(client, "//button[@data-copy='again-1'][not(@hidden)]").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_can_be_used_by_everybody() {
    with_browser(|client| async move { look_at_all(&client).await }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_an_order_is_used_by_keyboard() {
    with_browser(|client| async move { use_keyboard(&client).await }).await;
}
