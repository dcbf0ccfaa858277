//! The smallest payment, from the QR code to the money: `cargo run --example payment`.
//!
//! It starts a local gateway. For OTT Pay, remove `.endpoint(…)` and use your own merchant id and sign key.

#![allow(clippy::print_stdout, reason = "a program's output is its purpose")]

use ottpay::payment::Confirmed;
use ottpay::{Amount, BizType, Client, Currency, OrderId};
use ottpay_sandbox::Sandbox;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = Client::builder().endpoint(sandbox.url());
    let client = client.merchant_id(sandbox.merchant_id()).sign_key(sandbox.sign_key());
    let client = client.currency(Currency::CAD).build()?;

    let request = client.active_pay().order_id(OrderId::random()).amount(Amount::parse("19.99", Currency::CAD)?);
    let request = request.biz_type(BizType::WechatPay).operator_id("0000020156");
    let request = request.call_back_url("https://shop.example/ottpay").build()?;
    let mut order = request.tracked(); // store it before the request is sent
    let created = client.send(&request).await;
    order.record(&created); // store it again before the buyer sees the code
    println!("draw this as a QR code: {}", created?.code_url());

    sandbox.pay(order.id()).await?; // the buyer scans the code and pays
    match client.wait(&order).await? {
        Confirmed::Paid(payment) => println!("ship, once: {}", payment.paid()),
        other => return Err(format!("not paid: {other}").into()),
    }
    Ok(())
}
