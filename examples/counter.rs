//! A till: the cashier scans the code on the buyer's phone. `cargo run --example counter`
//!
//! It starts a local gateway, which loses the first reply, as a network can. Pass what your scanner reads as the argument:
//! `cargo run --example counter 134567890123456789`.

#![allow(clippy::print_stdout, reason = "a program's output is its purpose")]

use std::error::Error;

use ottpay::payment::{Confirmed, Resolved};
use ottpay::{Amount, BizType, Client, Currency, OrderId};
use ottpay_sandbox::{Fault, Sandbox};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let code = std::env::args().nth(1).unwrap_or_else(|| "134567890123456789".to_owned());
    let sandbox = Sandbox::start().await?;
    let client = Client::builder().endpoint(sandbox.url());
    let client = client.merchant_id(sandbox.merchant_id()).sign_key(sandbox.sign_key());
    let client = client.currency(Currency::CAD).build()?;

    sandbox.add_fault(Fault::DropAfter)?; // the payment is carried out, and its reply is lost
    println!("{}", charge(&client, Amount::parse("5.00", Currency::CAD)?, &code).await?);
    println!("{}", charge(&client, Amount::parse("3.50", Currency::CAD)?, &code).await?);
    Ok(())
}

/// Takes one payment and returns the message for the till.
async fn charge(client: &Client, price: Amount, code: &str) -> Result<String, Box<dyn Error>> {
    let request = client.passive_pay().order_id(OrderId::random()).amount(price);
    let request = request.biz_type(BizType::WechatPay).auth_code(code).operator_id("0000020156").build()?;
    let mut order = request.tracked(); // store it before the request is sent
    let sent = client.send(&request).await;
    order.record(&sent);

    // A lost reply does not mean a lost payment, so the code is never charged again before this is known.
    if let Err(error) = sent
        && client.resolve(&order).await? == Resolved::NotDone
    {
        return Ok(format!("not paid, and safe to charge again: {error}"));
    }
    // A reply does not prove the payment either. A query does; `wait` repeats it while the buyer enters a password.
    Ok(match client.wait(&order).await? {
        Confirmed::Paid(payment) => format!("hand over the goods: {}", payment.paid()),
        other => format!("call the manager: {other}"),
    })
}
