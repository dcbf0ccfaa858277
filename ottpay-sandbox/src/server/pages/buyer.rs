//! The page on which a person plays the wallet.

use std::net::SocketAddr;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{ConnectInfo, Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use ottpay::info::Role;
use ottpay::{Amount, Currency};
use serde::Deserialize;

use super::{broken_database, no_order, page};
use crate::engine::Engine;
use crate::order::{Act, Order};
use crate::reply;
use crate::store::ActError;

pub(in crate::server) fn router() -> Router<Arc<Engine>> {
    Router::new().route("/pay/{order_id}", get(show).post(act))
}

#[derive(Template)]
#[template(path = "buyer.html")]
struct Buyer {
    order_id: String,
    order_path: String,
    summary: &'static str,
    amount: String,
    currency: String,
    state: &'static str,
    /// What came on top of the price once it was paid.
    extras: Vec<(&'static str, String)>,
    problem: Option<String>,
    open: bool,
    tips: bool,
    tip: String,
    fees: bool,
    /// Where the browser goes afterwards.
    back: Option<String>,
    /// Whether the one who looks may see the developer's pages.
    inside: bool,
}

impl Buyer {
    fn of(engine: &Engine, order: &Order, problem: Option<String>, peer: SocketAddr) -> Self {
        let info = order.action;
        let money = |amount: Amount| amount.in_currency(order.currency).to_string();
        let tip = order.tip.filter(|_| !order.is_open()).map(|tip| ("plus a tip of", money(tip)));
        let fee = order.fee.map(|fee| ("with a convenience fee of", money(fee)));
        let extras = [fee, tip];
        Self {
            order_id: order.id.clone(),
            order_path: reply::path_of(&order.id),
            summary: info.summary,
            amount: order.charged().in_currency(order.currency).to_string(),
            currency: order.currency.to_string(),
            state: order.state.name(),
            extras: extras.into_iter().flatten().collect(),
            problem,
            open: order.is_open(),
            tips: order.says(Role::Tip),
            tip: order.tip.map(|tip| reply::decimal(tip, order.currency)).unwrap_or_default(),
            fees: order.says(Role::Fee),
            back: if order.is_open() {
                None
            } else {
                reply::way_back(engine, order).map(|url| url.as_str().to_owned())
            },
            inside: peer.ip().to_canonical().is_loopback(),
        }
    }
}

async fn show(
    State(engine): State<Arc<Engine>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(order_id): Path<String>,
) -> Response {
    match engine.find(&order_id) {
        Ok(Some(order)) => page(StatusCode::OK, &Buyer::of(&engine, &order, None, peer)),
        Ok(None) => no_order(&order_id),
        Err(error) => broken_database(&error),
    }
}

#[derive(Deserialize)]
struct Pressed {
    #[serde(default)]
    act: String,
    #[serde(default)]
    tip: String,
    #[serde(default)]
    convenience_fee: String,
}

async fn act(
    State(engine): State<Arc<Engine>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(order_id): Path<String>,
    Form(pressed): Form<Pressed>,
) -> Response {
    let found = match engine.find(&order_id) {
        Ok(Some(order)) => order,
        Ok(None) => return no_order(&order_id),
        Err(error) => return broken_database(&error),
    };
    // What a bank does is not for the buyer.
    let act = match &*pressed.act {
        "pay" => extra(&pressed.tip, found.currency)
            .and_then(|tip| Ok(Act::Pay { tip, fee: extra(&pressed.convenience_fee, found.currency)? })),
        "decline" => Ok(Act::Decline),
        "cancel" => Ok(Act::Cancel),
        "expire" => Ok(Act::Expire),
        _ => Err("expected act to be pay, decline, cancel or expire".to_owned()),
    };
    let shown = |status, order: &Order, problem| page(status, &Buyer::of(&engine, order, Some(problem), peer));
    match act.map(|act| engine.act(&order_id, act, "the buyer")) {
        Ok(Ok((order, _))) => Redirect::to(&reply::pay_path(&order)).into_response(),
        Ok(Err(ActError::NoSuchOrder)) => no_order(&order_id),
        Ok(Err(ActError::Sqlite(error))) => broken_database(&error),
        Ok(Err(ActError::Extra(reason))) => shown(StatusCode::BAD_REQUEST, &found, reason.to_owned()),
        Ok(Err(ActError::WrongState(state))) => {
            let problem = format!("too late: the order is {} already", state.name());
            match engine.find(&order_id) {
                Ok(order) => shown(StatusCode::CONFLICT, &order.unwrap_or(found), problem),
                Err(error) => broken_database(&error),
            }
        }
        Err(problem) => shown(StatusCode::BAD_REQUEST, &found, problem),
    }
}

/// What the buyer adds, as people write money.
fn extra(text: &str, currency: Currency) -> Result<Option<Amount>, String> {
    match text.trim() {
        "" => Ok(None),
        text => match Amount::parse(text, currency) {
            Ok(amount) if amount.minor() <= u64::from(u32::MAX) => Ok(Some(amount)),
            Ok(_) => Err("the amount is too large".to_owned()),
            Err(error) => Err(error.to_string()),
        },
    }
}
