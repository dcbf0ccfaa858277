//! A shop in one file: `cargo run --example shop`, then open the printed address. The gateway is a sandbox on this machine.
//! Orders are in memory here. A real shop has them in its database: what a comment calls *stored* belongs there.

#![allow(clippy::print_stdout, reason = "a program's output is its purpose")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use ottpay::payment::{Confirmed, Payment, Tracked, WaitError};
use ottpay::{ActivePay, Amount, BizType, Client, Currency, OrderId, Refund, RefundId};
use ottpay_sandbox::Sandbox;
use qrcode::{QrCode, render::unicode::Dense1x2};

struct Order {
    tracked: Tracked,
    link: String,
    state: String,
    payment: Option<Payment>,
    refund: Option<Tracked>,
}

#[derive(Clone)]
struct Shop {
    client: Client,
    callback_url: String,
    orders: Arc<Mutex<BTreeMap<String, Order>>>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = Client::builder().endpoint(sandbox.url()).merchant_id(sandbox.merchant_id());
    let client = client.sign_key(sandbox.sign_key()).currency(Currency::CAD).build()?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    println!("the shop is at {url}; pay at {}", sandbox.url());
    let shop = Shop { client, callback_url: format!("{url}/ottpay"), orders: Arc::default() };
    let routes = axum::Router::new()
        .route("/", get(Html("<form method=post><button>Buy tea for 19.99 CAD</button></form>")).post(buy))
        .route("/orders/{id}", get(show).post(refund))
        .route("/ottpay", post(callback));
    Ok(axum::serve(listener, routes.with_state(shop)).await?)
}

/// The order is stored before it is sent, and sent in a task of its own: a buyer who closes the page stops nothing.
async fn buy(State(shop): State<Shop>) -> Result<Redirect, (StatusCode, String)> {
    let request = shop.client.active_pay().order_id(OrderId::random()).amount(Amount::from_minor(1999));
    let request = request.biz_type(BizType::WechatPay).operator_id("0000020156").call_back_url(&shop.callback_url);
    let request = request.build().map_err(wrong)?;
    let (tracked, link, state) = (request.tracked(), String::new(), "new".to_owned());
    let (id, order) = (tracked.id().to_owned(), Order { tracked, link, state, payment: None, refund: None });
    shop.orders.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), order);
    tokio::spawn(shop.create(request)).await.map_err(wrong)?;
    Ok(Redirect::to(&format!("/orders/{id}")))
}

async fn show(State(shop): State<Shop>, Path(id): Path<String>) -> Result<Html<String>, (StatusCode, String)> {
    let shown = shop.with(&id, |order| (order.state.clone(), order.link.clone()));
    let (state, link) = shown.ok_or_else(|| wrong("there is no such order"))?;
    let code = QrCode::new(link).map_err(wrong)?.render::<Dense1x2>().build();
    let head = "<meta charset=utf-8><meta http-equiv=refresh content=2>";
    Ok(Html(format!(
        "{head}<p>{}<pre>{code}</pre><form method=post><button>Give the money back</button></form>",
        state.replace('<', "&lt;")
    )))
}

/// A callback is a reason to ask, never a proof. It is acknowledged only if its order is stored, and so followed to its end.
async fn callback(State(shop): State<Shop>, body: Bytes) -> Response {
    let order_id = match shop.client.callback(&body) {
        Ok(callback) => Some(callback.order_id().to_string()),
        // One that cannot be read or is possibly altered names an order to ask about, too.
        Err(error) => error.order_id().map(|id| id.into_owned()),
    };
    let tracked = order_id.and_then(|id| shop.with(&id, |order| order.tracked.clone()));
    let Some(tracked) = tracked else { return StatusCode::BAD_REQUEST.into_response() };
    let answer = shop.client.acknowledgement().clone();
    tokio::spawn(async move { shop.note(&tracked, shop.client.confirm(&tracked).await.ok()) });
    ([(header::CONTENT_TYPE, answer.content_type().to_owned())], answer.body().to_owned()).into_response()
}

/// A clerk's button; a real one is behind a login. What is left of a payment goes back once: the refund is stored before it is sent, and never sent again.
async fn refund(State(shop): State<Shop>, Path(id): Path<String>) -> Result<Redirect, (StatusCode, String)> {
    let noted = shop.with(&id, |order| {
        let paid = order.payment.as_ref().filter(|_| order.refund.is_none())?;
        let refund = shop.client.refund().order_id(RefundId::random()).ori_order_id(OrderId::new(paid.id()).ok()?);
        let refund = refund.refund_amt(paid.net()?.amount()).build().ok()?;
        order.refund = Some(refund.tracked());
        Some(refund)
    });
    let refund = noted.flatten().ok_or_else(|| wrong("there is nothing to give back"))?;
    tokio::spawn(shop.give_back(id.clone(), refund)).await.map_err(wrong)?;
    Ok(Redirect::to(&format!("/orders/{id}")))
}

impl Shop {
    fn with<T>(&self, id: &str, change: impl FnOnce(&mut Order) -> T) -> Option<T> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner).get_mut(id).map(change)
    }

    async fn create(self, request: ActivePay) {
        let (sent, mut tracked) = (self.client.send(&request).await, request.tracked());
        tracked.record(&sent);
        let link = sent.map(|reply| reply.code_url().to_owned()).unwrap_or_default();
        self.with(tracked.id(), |order| (order.tracked, order.link) = (tracked.clone(), link));
        tokio::spawn(self.follow(tracked));
    }

    /// Asks until there is an end. After a restart, a shop does this for every stored order that has none.
    async fn follow(self, tracked: Tracked) {
        let fate = self.client.resolve(&tracked).await.map_or_else(|error| error.to_string(), |fate| fate.to_string());
        self.with(tracked.id(), |order| order.state = fate);
        loop {
            let answer = self.client.wait(&tracked).up_to(std::time::Duration::from_secs(1800)).await;
            if !matches!(answer, Err(WaitError::TimedOut { .. })) {
                return self.note(&tracked, answer.ok());
            }
        }
    }

    /// However often a payment is confirmed, the tea is sent once.
    fn note(&self, tracked: &Tracked, answer: Option<Confirmed>) {
        let Some(answer) = answer else { return };
        self.with(tracked.id(), |order| {
            if let (Confirmed::Paid(payment), None) = (&answer, &order.payment) {
                println!("send the tea of order {}", tracked.id());
                order.payment = Some(payment.clone());
            }
            order.state = answer.to_string();
        });
    }

    async fn give_back(self, id: String, request: Refund) {
        let (sent, mut tracked) = (self.client.send(&request).await, request.tracked());
        tracked.record(&sent);
        let fate = self.client.resolve(&tracked).await.map_or_else(|error| error.to_string(), |end| end.to_string());
        self.with(&id, |order| (order.refund, order.state) = (Some(tracked), format!("refund: {fate}")));
    }
}

/// What is wrong with a request to the shop.
fn wrong(error: impl ToString) -> (StatusCode, String) {
    (StatusCode::BAD_REQUEST, error.to_string())
}
