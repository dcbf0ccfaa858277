//! The buyer's pages.

use std::convert::Infallible;

use askama::Template;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Redirect, Response};
use ottpay::spec::Role;
use ottpay::{Amount, Currency, Money, OrderId, Outcome, RefundId};
use ottpay_ledger::{Reference, SendError, State as PaymentState, View};
use qrcode::{QrCode, render::svg};
use serde::Deserialize;
use serde_json::json;
use tokio_stream::{Stream, StreamExt as _};

use crate::failed::Failed;
use crate::form::{Posted, names_json};
use crate::shop::Shop;

#[derive(Template)]
#[template(path = "front.html")]
struct FrontPage;

pub async fn front() -> Result<Html<String>, Failed> {
    Ok(Html(FrontPage.render()?))
}

#[derive(Deserialize)]
pub struct Price {
    price: String,
}

/// A new order. Its reference is the shop's own; each attempt to pay it has an order id of the gateway.
pub async fn buy(State(shop): State<Shop>, body: Posted<Price>) -> Result<Response, Failed> {
    let Some(price) = parse(&body.value.price) else { return Ok(StatusCode::UNPROCESSABLE_ENTITY.into_response()) };
    let reference = Reference::from(&OrderId::random());
    // Stored before anything is sent: the handler needs the row when the payment is reported.
    shop.orders.add(&reference, price).await?;
    let offer = shop.pay(&reference, price).await;
    if !body.by_program {
        return Ok(to_order(&reference));
    }
    let status = match offer.as_ref().map_err(SendError::outcome) {
        Ok(_) => StatusCode::CREATED,
        // The gateway may have the order, and the ledger finds out.
        Err(Outcome::Unknown | Outcome::DuplicateId) => StatusCode::ACCEPTED,
        Err(Outcome::Never | Outcome::NotSent | Outcome::Refused) => StatusCode::BAD_GATEWAY,
    };
    let order_id = offer.as_ref().ok().map(|offer| offer.order_id());
    Ok((status, Json(json!({ "id": reference.as_str(), "order_id": order_id }))).into_response())
}

/// Another attempt to pay an order: the buyer gets the open code, or a new one. If there is no code, the page shows
/// why.
pub async fn pay(State(shop): State<Shop>, Path(reference): Path<String>) -> Result<Response, Failed> {
    let reference = Reference::new(reference).map_err(|_| Failed::NotFound)?;
    let order = shop.orders.find(&reference).await?;
    if let Err(error) = shop.pay(&reference, order.price).await {
        tracing::warn!(%error, "there is no code to show");
    }
    Ok(to_order(&reference))
}

#[derive(Template)]
#[template(path = "order.html")]
struct OrderPage {
    reference: String,
    price: Money,
    shown: Shown,
    /// The QR code and its content.
    code: Option<(String, String)>,
    paid: Option<Money>,
    /// The amount that may be refunded, in units of the currency.
    left: Option<String>,
    refunds: Vec<View>,
    fingerprint: String,
}

/// The message for the buyer.
#[derive(PartialEq)]
enum Shown {
    Scan,
    Wait,
    TryAgain,
    Paid,
    AskUs,
}

pub async fn order(
    State(shop): State<Shop>,
    Path(reference): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failed> {
    let reference = Reference::new(reference).map_err(|_| Failed::NotFound)?;
    let order = shop.orders.find(&reference).await?;
    let views = shop.ledger.view(&reference).await?;
    let payment = find_payment(&views);
    if names_json(&headers, header::ACCEPT) {
        let state = payment.map(|view| view.state().as_str());
        let (shipped, remark) = (order.shipped, order.remark);
        let shown = json!({ "state": state, "shipped": shipped, "remark": remark, "payments": views });
        return Ok(Json(shown).into_response());
    }
    let shown = payment.map_or(Shown::TryAgain, |view| what_to_show(view.state()));
    let code = match shown {
        // Nothing is sent for an order that is open: this is the code that the buyer has seen before.
        Shown::Scan => shop.pay(&reference, order.price).await?.link().map(draw).transpose()?,
        _ => None,
    };
    let paid = payment.and_then(View::paid);
    let page = OrderPage {
        reference: reference.to_string(),
        price: order.price.in_currency(Currency::CAD),
        shown,
        code,
        paid,
        left: payment.zip(paid).and_then(|(view, paid)| {
            let left = paid.amount().checked_sub(view.refunded())?;
            let left = left.in_currency(paid.currency()).to_string();
            (view.refunded() != paid.amount()).then(|| left.split(' ').next().unwrap_or_default().to_owned())
        }),
        fingerprint: fingerprint(&views),
        refunds: views.into_iter().filter(|view| view.role() == Role::Refund).collect(),
    };
    Ok(Html(page.render()?).into_response())
}

/// The page is reloaded when its content has changed.
pub async fn live(
    State(shop): State<Shop>,
    Path(reference): Path<String>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Failed> {
    let reference = Reference::new(reference).map_err(|_| Failed::NotFound)?;
    let changes = shop.ledger.watch(&reference);
    let events = changes.filter_map(|views| Some(Ok(Event::default().data(fingerprint(&views.ok()?)))));
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

#[derive(Deserialize)]
pub struct Part {
    amount: String,
}

/// A clerk's button. A real shop protects it with a login.
pub async fn refund(
    State(shop): State<Shop>,
    Path(reference): Path<String>,
    body: Posted<Part>,
) -> Result<Response, Failed> {
    let reference = Reference::new(reference).map_err(|_| Failed::NotFound)?;
    let Some(amount) = parse(&body.value.amount) else { return Ok(StatusCode::UNPROCESSABLE_ENTITY.into_response()) };
    let views = shop.ledger.view(&reference).await?;
    let Some(payment) = find_payment(&views) else { return Ok(StatusCode::CONFLICT.into_response()) };
    let id = RefundId::random();
    let sent = shop.refund(&id, &OrderId::new(payment.order_id())?, amount, &reference).await;
    if !body.by_program {
        return match &sent {
            // The page shows the outcome.
            Ok(()) | Err(SendError::Request(_) | SendError::NotStored { .. }) => Ok(to_order(&reference)),
            Err(error) => Ok((StatusCode::CONFLICT, error.to_string()).into_response()),
        };
    }
    let status = match sent.as_ref().map_err(SendError::outcome) {
        Ok(()) | Err(Outcome::Unknown) => StatusCode::ACCEPTED,
        Err(_) => StatusCode::CONFLICT,
    };
    let error = sent.err().map(|error| error.to_string());
    Ok((status, Json(json!({ "id": id.as_str(), "error": error }))).into_response())
}

/// A price greater than zero.
fn parse(text: &str) -> Option<Amount> {
    Amount::parse(text, Currency::CAD).ok().filter(|amount| *amount != Amount::ZERO)
}

/// The payment of an order: the one that is paid, or else the last attempt.
fn find_payment(views: &[View]) -> Option<&View> {
    let payments = views.iter().filter(|view| view.role() != Role::Refund);
    let is_paid = |view: &&View| view.state() == PaymentState::Paid;
    payments.clone().find(is_paid).or_else(|| payments.max_by_key(|view| view.serial()))
}

fn what_to_show(state: PaymentState) -> Shown {
    match state {
        PaymentState::Open => Shown::Scan,
        PaymentState::Noted | PaymentState::Sending | PaymentState::Unknown => Shown::Wait,
        PaymentState::Paid => Shown::Paid,
        state if state.allows_new_id() => Shown::TryAgain,
        _ => Shown::AskUs,
    }
}

/// Changes whenever the page does.
fn fingerprint(views: &[View]) -> String {
    let parts = views.iter().map(|view| format!("{}:{}:{}", view.order_id(), view.state(), view.refunded().minor()));
    parts.collect::<Vec<_>>().join(" ")
}

fn draw(link: &str) -> Result<(String, String), Failed> {
    let code = QrCode::new(link)?.render::<svg::Color>().min_dimensions(240, 240).build();
    // Without the declaration it is a part of the page.
    let code = code.split_once("?>").map_or(code.as_str(), |(_, code)| code).to_owned();
    Ok((code, link.to_owned()))
}

fn to_order(reference: &Reference) -> Response {
    Redirect::to(&format!("/orders/{reference}")).into_response()
}
