//! The pages for the shop's staff: open orders, parked orders, and orders that need a decision. A real shop protects
//! them with a login.

use std::time::{Duration, SystemTime};

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use ottpay::{Currency, Money};
use ottpay_ledger::{Filter, Health, State as PaymentState, Verdict, View};
use serde::Deserialize;

use crate::failed::Failed;
use crate::form::Posted;
use crate::orders::Order;
use crate::shop::Shop;

#[derive(Template)]
#[template(path = "admin.html")]
struct AdminPage {
    health: Health,
    to_look_at: Vec<Row>,
    parked: Vec<Row>,
    open: Vec<Row>,
    shipped: Vec<(Order, Money)>,
}

struct Row {
    view: View,
    amount: Option<Money>,
    age: String,
}

pub async fn list(State(shop): State<Shop>) -> Result<Html<String>, Failed> {
    let needing = PaymentState::ALL.into_iter().filter(|state| state.needs_person());
    let to_look_at = shop.ledger.orders(&needing.fold(Filter::new(), Filter::state)).await?;
    let parked = shop.ledger.orders(&Filter::new().parked()).await?;
    let mut open = shop.ledger.orders(&Filter::new().open()).await?;
    // These are in `to_look_at` already.
    open.retain(|view| !view.state().needs_person());
    let shipped = shop.orders.shipped().await?;
    let [to_look_at, parked, open] = [to_look_at, parked, open].map(|views| views.into_iter().map(Row::new).collect());
    let shipped = shipped.into_iter().map(|order| {
        let price = order.price.in_currency(Currency::CAD);
        (order, price)
    });
    let page = AdminPage { health: shop.ledger.health().await?, to_look_at, parked, open, shipped: shipped.collect() };
    Ok(Html(page.render()?))
}

impl Row {
    fn new(view: View) -> Self {
        let amount = view.amount().zip(view.currency()).map(|(amount, currency)| amount.in_currency(currency));
        let age = age(SystemTime::now().duration_since(view.noted_at()).unwrap_or_default());
        Self { view, amount, age }
    }

    /// The decisions that a person may make.
    fn verdicts(&self) -> &'static [&'static str] {
        match self.view.original() {
            Some(_) => &["refunded", "not_refunded"],
            None => &["paid", "not_paid", "given_back"],
        }
    }
}

/// In the unit that fits.
fn age(age: Duration) -> String {
    match age.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7200 => format!("{} min", seconds / 60),
        seconds @ 7200..172_800 => format!("{} h", seconds / 3600),
        seconds => format!("{} d", seconds / 86_400),
    }
}

#[derive(Deserialize)]
pub struct Decision {
    id: String,
    verdict: String,
    by: String,
    why: String,
}

/// A person's decision, which is stored. It does not cause an event: the person who settles an order as paid also ships
/// it.
pub async fn settle(State(shop): State<Shop>, body: Posted<Decision>) -> Result<Response, Failed> {
    let Decision { id, verdict, by, why } = body.value;
    let Ok(verdict) = verdict.parse::<Verdict>() else { return Ok(StatusCode::UNPROCESSABLE_ENTITY.into_response()) };
    match shop.ledger.settle(&id, verdict, &by, &why).await {
        Ok(()) => Ok(Redirect::to("/admin").into_response()),
        Err(error) => Ok((StatusCode::CONFLICT, error.to_string()).into_response()),
    }
}

#[derive(Deserialize)]
pub struct Replay {
    id: String,
}

/// Delivers the current result of a parked order again.
pub async fn replay(State(shop): State<Shop>, body: Posted<Replay>) -> Result<Response, Failed> {
    match shop.ledger.replay(&body.value.id).await? {
        true => Ok(Redirect::to("/admin").into_response()),
        false => Err(Failed::NotFound),
    }
}
