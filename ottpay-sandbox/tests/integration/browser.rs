//! The sandbox's pages in headless Chromium: a developer watches while a buyer pays.

use axum::Router;
use axum::routing::post;
use fantoccini::{Client, Locator};
use ottpay::{Amount, BizType, OrderId};
use ottpay_sandbox::Sandbox;
use serde_json::json;
use tokio::net::TcpListener;

use crate::chromium::{picture, shows, with_browser};

async fn pays(client: &Client) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let shop = format!("http://{}/ottpay", listener.local_addr().unwrap());
    let app = Router::new().route("/ottpay", post(async || "SUCCESS"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    let sandbox = Sandbox::start().await.unwrap();
    client.goto(&format!("{}/sandbox", sandbox.url())).await.unwrap();
    shows(client, "//*[contains(text(), 'None yet')]").await;

    let merchant = ottpay::Client::builder().endpoint(sandbox.url()).merchant_id(sandbox.merchant_id());
    let merchant = merchant.sign_key(sandbox.sign_key()).build().unwrap();
    let order = OrderId::random();
    let payment = merchant.active_pay().order_id(&order).amount(Amount::from_minor(1999)).biz_type(BizType::Alipay);
    payment.operator_id("0000020156").call_back_url(&*shop).send().await.unwrap();

    // The page updates itself.
    shows(client, &format!("//table[@id='orders']//a[text()='{order}']")).await;
    client.find(Locator::LinkText(order.as_str())).await.unwrap().click().await.unwrap();
    shows(client, "//*[@id='pay']//*[name()='svg']").await;
    picture(client, "order.png").await;
    client.find(Locator::Id("pay")).await.unwrap().click().await.unwrap();
    shows(client, "//*[@id='amount'][text()='19.99 CAD']").await;
    picture(client, "buyer.png").await;
    client.find(Locator::Css("button.pay")).await.unwrap().click().await.unwrap();
    shows(client, "//*[@id='state'][text()='paid']").await;

    client.goto(&format!("{}/sandbox/order/{order}", sandbox.url())).await.unwrap();
    shows(client, "//*[@id='state'][text()='paid']").await;
    shows(client, "//table[@id='callbacks']//*[text()='delivered']").await;
    client.goto(&format!("{}/sandbox", sandbox.url())).await.unwrap();
    shows(client, "//table[@id='orders']//*[text()='paid']").await;
    picture(client, "sandbox.png").await;
    client.goto(&format!("{}/sandbox/message/1", sandbox.url())).await.unwrap();
    shows(client, "//*[contains(text(), 'which are digested')]").await;
    picture(client, "message.png").await;
    client.set_window_size(390, 844).await.unwrap();
    client.goto(&format!("{}/sandbox", sandbox.url())).await.unwrap();
    let width = client
        .execute("return document.documentElement.scrollWidth - document.documentElement.clientWidth", Vec::new())
        .await
        .unwrap();
    assert_eq!(width, json!(0), "the page is wider than a phone");
    picture(client, "phone.png").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_turns_paid_before_the_developers_eyes() {
    with_browser(|client| async move { pays(&client).await }).await;
}
