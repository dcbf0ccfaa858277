//! The smallest payment in a program without an async runtime: `cargo run --example blocking`.
//!
//! It starts a local gateway: no account, no network, no money.

#![allow(clippy::print_stdout, reason = "a program's output is its purpose")]

use std::error::Error;
use std::time::Duration;

use ottpay::payment::Confirmed;
use ottpay::{Amount, BizType, Client, Currency, OrderId};
use ottpay_sandbox::Sandbox;

fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start_blocking()?;
    let client = Client::builder()
        .endpoint(sandbox.url())
        .merchant_id(sandbox.merchant_id())
        .sign_key(sandbox.sign_key())
        .currency(Currency::CAD)
        .blocking()
        .build()?;

    let request = client
        .active_pay()
        .order_id(OrderId::random())
        .amount(Amount::from_minor(1999))
        .biz_type(BizType::WechatPay)
        .operator_id("0000020156")
        .call_back_url("http://127.0.0.1:9/ottpay")
        .build()?;
    let mut order = request.tracked(); // store it before the request is sent
    let created = client.send(&request).wait();
    order.record(&created); // store it again before the buyer sees the code
    println!("draw this as a QR code: {}", created?.code_url());

    // The buyer pays. No server receives the callback, and none has to: the query confirms the payment.
    sandbox.pay_blocking(order.id())?;

    match client.wait(&order).every(Duration::from_millis(100)).wait()? {
        Confirmed::Paid(payment) => println!("ship, once: {}", payment.paid()),
        other => return Err(format!("not paid: {other}").into()),
    }
    Ok(())
}
