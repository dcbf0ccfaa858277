//! A whole payment, from the QR code to the refund: `cargo run --example checkout`.
//!
//! Without settings it starts a local gateway: no account, no network, no money. With `OTTPAY_ENDPOINT`,
//! `OTTPAY_MERCHANT_ID`, `OTTPAY_OPERATOR_ID` and `OTTPAY_SIGN_KEY` set, it talks to that gateway: it creates a
//! **real** payment of 0.01, shows the QR code and queries every three seconds whether it has been paid. It never
//! refunds there.

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
use ottpay::payment::Confirmed;
use ottpay::{
    ActivePay, Amount, BizType, Client, Currency, Money, OrderId, Outcome, PaymentCallback, RefundId, SignKey,
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
        .currency(Currency::CAD)
        .build()?;
    let (callback_url, mut callbacks) = receive_callbacks(client.clone()).await?;

    let price = Money::parse("19.99", Currency::CAD)?;
    let order = OrderId::random();
    let request = ask_for(&client, &order, price.amount(), "0000020156", &callback_url)?;
    let mut payment = request.tracked(); // a shop stores it before it sends the request
    let created = client.send(&request).await;
    payment.record(&created); // and again before the buyer sees the code
    let qr = created?;
    println!("created    order {order} over {price}: {}", qr.code_url());
    draw(qr.code_url())?;

    sandbox.pay(order.as_str()).await?;
    println!("paid       the buyer has scanned the code and paid");

    let hint = tokio::time::timeout(Duration::from_secs(10), callbacks.recv()).await?.ok_or("no callback arrived")?;
    println!("callback   verified: order {}", hint.order_id);
    if let Some(callback) = hint.callback {
        let amount = callback.amount().in_currency(price.currency());
        let time = callback.finish_time().map_or("an unknown time", |time| time.as_str());
        println!("           it reports {amount}, at {time}");
    }

    // A callback is a reason to query, and not a proof. The answer is compared with the request.
    match client.confirm(&payment).await? {
        Confirmed::Paid(payment) => println!("confirmed  paid {}", payment.paid()),
        other => return Err(format!("the gateway reports {other}").into()),
    }

    let part = Money::parse("5.00", Currency::CAD)?;
    let refund = RefundId::random();
    let request_back = client.refund().order_id(&refund).ori_order_id(&order).refund_amt(part.amount()).build()?;
    let mut tracked = request_back.tracked(); // store it
    let sent = client.send(&request_back).await;
    tracked.record(&sent); // store it again
    if let Err(error) = sent {
        // It is never sent again: its outcome is queried.
        return Err(format!("{error}; resolved: {}", client.resolve(&tracked).await?).into());
    }
    println!("refunded   {part} by {refund}; the gateway reports: {}", client.confirm(&payment).await?);
    Ok(())
}

/// The request for a QR code.
fn ask_for(client: &Client, order: &OrderId, price: Amount, operator: &str, callback_url: &str) -> Result<ActivePay> {
    let request = client.active_pay().order_id(order).amount(price).biz_type(BizType::WechatPay);
    Ok(request.operator_id(operator).call_back_url(callback_url).build()?)
}

/// A reason to query an order.
struct Hint {
    order_id: String,
    /// What the gateway reports; `None` if the callback cannot be read or may have been altered.
    callback: Option<PaymentCallback>,
}

/// The shop's callback handler: verify, store, answer.
async fn receive_callbacks(client: Client) -> Result<(String, mpsc::Receiver<Hint>)> {
    let (sender, receiver) = mpsc::channel(8);
    let client = Arc::new(client);
    let take = move |body: Bytes| {
        let (client, sender) = (Arc::clone(&client), sender.clone());
        async move {
            let hint = match client.callback(&body) {
                Ok(callback) => Hint { order_id: callback.order_id().to_string(), callback: Some(callback) },
                Err(error) => match error.order_id() {
                    Some(id) => Hint { order_id: id.to_owned(), callback: None },
                    None => return refuse(&error),
                },
            };
            // Acknowledge a callback only after it is stored: otherwise the gateway has no reason to repeat it.
            if sender.send(hint).await.is_err() {
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
    eprintln!("a callback was rejected: {error}");
    StatusCode::BAD_REQUEST.into_response()
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

/// The settings of another gateway: all four or none.
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
        _ => Err(format!("to use another gateway, also set {}", missing.join(", ")).into()),
    }
}

/// Create the QR code of a real payment and wait for its outcome, for at most five minutes.
async fn at_a_gateway(settings: Settings) -> Result<()> {
    let Settings { endpoint, merchant_id, operator_id, sign_key } = settings;
    let client = Client::builder().endpoint(endpoint).merchant_id(merchant_id).sign_key(sign_key);
    let client = client.currency(Currency::CAD).build()?;
    // No server listens at that address: this program queries instead.
    let order = OrderId::random();
    let request = ask_for(&client, &order, Amount::from_minor(1), &operator_id, "https://shop.example/ottpay")?;
    let mut tracked = request.tracked(); // store it
    let created = client.send(&request).await;
    tracked.record(&created); // store it again before the buyer sees the code
    match created {
        Ok(qr) => {
            println!("created    order {order} over 1 minor unit: {}", qr.code_url());
            draw(qr.code_url())?;
        }
        Err(error) if matches!(error.outcome(), Outcome::Unknown | Outcome::DuplicateId) => {
            eprintln!("unknown    {error}");
            return Err(format!("resolved   {}", client.resolve(&tracked).await?).into());
        }
        Err(error) => return Err(error.into()),
    }
    match client.wait(&tracked).await? {
        Confirmed::Paid(payment) => println!("confirmed  paid {}", payment.paid()),
        other => return Err(format!("the gateway reports {other}").into()),
    }
    Ok(())
}
