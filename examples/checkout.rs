//! The main job, from the QR code to the refund: `cargo run --example checkout`.
//!
//! Without settings it runs against a gateway of its own on this machine: no account, no network, no money. With
//! `OTTPAY_ENDPOINT`, `OTTPAY_MERCHANT_ID`, `OTTPAY_OPERATOR_ID` and `OTTPAY_SIGN_KEY` set it talks to that gateway:
//! it creates a **real** payment of 0.01, shows the QR code and asks every three seconds whether it has been paid. It
//! never refunds there.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program's output is its purpose")]

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use ottpay::{
    Amount, BizType, Client, Currency, Money, OrderId, Outcome, PaymentCallback, RefundId, SignKey, StatusClass,
    StatusQueryReply,
};
use ottpay_sandbox::Sandbox;
use qrcode::{QrCode, render::unicode::Dense1x2};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    let done = match settings() {
        Ok(Some(settings)) => at_a_gateway(settings).await,
        Ok(None) => in_the_sandbox().await,
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("failed     {error}");
            ExitCode::FAILURE
        }
    }
}

/// Create, pay as the buyer, receive, confirm, refund: all of it on this machine.
async fn in_the_sandbox() -> Result<()> {
    let sandbox = Sandbox::start().await?;
    let client = Client::builder()
        .endpoint(sandbox.url())
        .merchant_id(sandbox.merchant_id())
        .sign_key(sandbox.sign_key())
        .build()?;
    let (callback_url, mut callbacks) = receive_callbacks(client.clone()).await?;

    let price = Money::parse("19.99", Currency::CAD)?;
    let order = OrderId::random();
    let qr = client
        .active_pay()
        .order_id(&order)
        .amount(price.amount())
        .biz_type(BizType::WechatPay)
        .operator_id("0000020156")
        .call_back_url(callback_url)
        .send()
        .await?;
    println!("created    order {order} over {price}: {}", qr.code_url());
    draw(qr.code_url())?;

    sandbox.pay(order.as_str()).await?;
    println!("paid       the buyer has scanned the code and paid");

    // The shop compares what was paid with what it asked for; a callback is a reason to ask, and no proof.
    let paid = tokio::time::timeout(Duration::from_secs(10), callbacks.recv()).await?.ok_or("no callback came")?;
    let amount = paid.amount().in_currency(price.currency());
    if *paid.order_id() != order || amount != price {
        return Err("the callback is about another order or amount".into());
    }
    let time = paid.finish_time().map_or("an unknown time", |time| time.as_str());
    println!("callback   verified: order {}, {amount}, at {time}", paid.order_id());

    let state = client.status_query().order_id(&order).send().await?;
    if state.order_status().class() != StatusClass::Paid {
        return Err(format!("the gateway says {}", state.order_status()).into());
    }
    println!("confirmed  the gateway says: {}", state.order_status());

    let part = Money::parse("5.00", Currency::CAD)?;
    let refund = RefundId::random();
    client.refund().order_id(&refund).ori_order_id(&order).refund_amt(part.amount()).send().await?;
    let state = client.status_query().order_id(&order).send().await?;
    println!("refunded   {part} by {refund}; the gateway says: {}", describe(&state, price.currency())?);
    Ok(())
}

/// A shop's end of the callback: verify, take note, answer.
async fn receive_callbacks(client: Client) -> Result<(String, mpsc::Receiver<PaymentCallback>)> {
    let (sender, receiver) = mpsc::channel(8);
    let client = Arc::new(client);
    let take = move |body: Bytes| {
        let (client, sender) = (Arc::clone(&client), sender.clone());
        async move {
            let paid = match client.callback(&body) {
                Ok(paid) => paid,
                Err(error) => return refuse(&error),
            };
            // Acknowledge only what has been noted: otherwise the gateway has no reason to tell it again.
            if sender.send(paid).await.is_err() {
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            }
            let answer = client.acknowledgement();
            let status = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::OK);
            let content_type = answer.content_type().to_owned();
            (status, [(header::CONTENT_TYPE, content_type)], answer.body().to_owned()).into_response()
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/ottpay", listener.local_addr()?);
    let app = Router::new().route("/ottpay", post(take));
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok((url, receiver))
}

fn refuse(error: &ottpay::CallbackError) -> Response {
    eprintln!("a callback was not taken: {error}");
    StatusCode::BAD_REQUEST.into_response()
}

fn describe(state: &StatusQueryReply, currency: Currency) -> Result<String> {
    Ok(match state.refund_fee()? {
        Some(refunded) => format!("{}, {} given back", state.order_status(), refunded.in_currency(currency)),
        None => state.order_status().to_string(),
    })
}

/// Draws light on dark, as most terminals are.
fn draw(text: &str) -> Result<()> {
    let code = QrCode::new(text)?;
    println!("{}", code.render().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build());
    Ok(())
}

struct Settings {
    endpoint: String,
    merchant_id: String,
    operator_id: String,
    sign_key: SignKey,
}

/// The settings of a gateway elsewhere: all four or none.
fn settings() -> Result<Option<Settings>> {
    const NAMES: [&str; 4] = ["OTTPAY_ENDPOINT", "OTTPAY_MERCHANT_ID", "OTTPAY_OPERATOR_ID", "OTTPAY_SIGN_KEY"];
    let missing: Vec<_> = NAMES.into_iter().filter(|name| std::env::var_os(name).is_none()).collect();
    match missing.len() {
        0 => Ok(Some(Settings {
            endpoint: std::env::var("OTTPAY_ENDPOINT")?,
            merchant_id: std::env::var("OTTPAY_MERCHANT_ID")?,
            operator_id: std::env::var("OTTPAY_OPERATOR_ID")?,
            sign_key: SignKey::from_env("OTTPAY_SIGN_KEY")?,
        })),
        4 => Ok(None),
        _ => Err(format!("to use a gateway elsewhere, also set {}", missing.join(", ")).into()),
    }
}

/// Create the QR code of a real payment and wait until it is paid or closed, for at most five minutes. If it is
/// unknown what became of the request, ask all the same: the order id is known.
async fn at_a_gateway(settings: Settings) -> Result<()> {
    let Settings { endpoint, merchant_id, operator_id, sign_key } = settings;
    let client = Client::builder().endpoint(endpoint).merchant_id(merchant_id).sign_key(sign_key).build()?;
    let order = OrderId::random();
    let created = client
        .active_pay()
        .order_id(&order)
        .amount(Amount::from_minor(1))
        .biz_type(BizType::WechatPay)
        .operator_id(operator_id)
        // No server listens there: this program asks instead.
        .call_back_url("https://shop.example/ottpay")
        .send()
        .await;
    match created {
        Ok(qr) => {
            println!("created    order {order} over 1 minor unit: {}", qr.code_url());
            draw(qr.code_url())?;
        }
        // Perhaps the order exists: ask about it.
        Err(error) if matches!(error.outcome(), Outcome::Unknown | Outcome::DuplicateId) => {
            eprintln!("{:10} {error}", error.outcome());
        }
        Err(error) => return Err(error.into()),
    }
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_secs(3)).await;
        // A query moves no money: if one fails, the next may not.
        let state = match client.status_query().order_id(&order).send().await {
            Ok(state) => state,
            Err(error) => {
                eprintln!("asking again: {error}");
                continue;
            }
        };
        let status = state.order_status();
        match status.class() {
            StatusClass::Pending | StatusClass::Authorised | StatusClass::Unknown => {}
            StatusClass::Paid => {
                println!("paid       the buyer has scanned the code and paid");
                println!("confirmed  the gateway says: {status}");
                return Ok(());
            }
            _ => return Err(format!("the gateway says {status}").into()),
        }
    }
    Err(format!("order {order} has not been paid within five minutes").into())
}
