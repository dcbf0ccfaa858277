//! The page on which a person plays the buyer.

use std::net::SocketAddr;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{ConnectInfo, Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use ottpay::spec::Role;
use ottpay::{Amount, Currency};
use serde::Deserialize;

use super::render::{render_page, report_database, report_unknown_order};
use crate::address::{encode_order_id, payment_path};
use crate::engine::Engine;
use crate::order::{Act, Order};
use crate::store::ActError;

pub(crate) fn buyer_router() -> Router<Arc<Engine>> {
    Router::new().route("/pay/{order_id}", get(show_order).post(apply_act))
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
    /// What was added to the amount when it was paid.
    extras: Vec<(&'static str, String)>,
    problem: Option<String>,
    open: bool,
    tips: bool,
    tip: String,
    fees: bool,
    /// The link back to the shop.
    back: Option<String>,
    /// Whether the reader may see the developer's pages.
    inside: bool,
}

impl Buyer {
    fn new(engine: &Engine, order: &Order, problem: Option<String>, peer: SocketAddr) -> Self {
        let info = order.action;
        let money = |amount: Amount| amount.in_currency(order.currency).to_string();
        let tip = order.tip.filter(|_| !order.is_open()).map(|tip| ("plus a tip of", money(tip)));
        let fee = order.fee.map(|fee| ("with a convenience fee of", money(fee)));
        let extras = [fee, tip];
        Self {
            order_id: order.id.clone(),
            order_path: encode_order_id(&order.id),
            summary: info.summary,
            amount: order.charged().in_currency(order.currency).to_string(),
            currency: order.currency.to_string(),
            state: order.state_word(),
            extras: extras.into_iter().flatten().collect(),
            problem,
            open: engine.can_be_paid(order),
            tips: order.has_field(Role::Tip),
            tip: order.tip.map(|tip| order.format_without_currency(tip)).unwrap_or_default(),
            fees: order.has_field(Role::Fee),
            back: if order.is_open() {
                None
            } else {
                engine.compose_return_link(order).map(|url| url.as_str().to_owned())
            },
            inside: peer.ip().to_canonical().is_loopback(),
        }
    }
}

async fn show_order(
    State(engine): State<Arc<Engine>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(order_id): Path<String>,
) -> Response {
    match engine.find(&order_id) {
        Ok(Some(order)) => render_page(StatusCode::OK, &Buyer::new(&engine, &order, None, peer)),
        Ok(None) => report_unknown_order(&order_id),
        Err(error) => report_database(&error),
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

async fn apply_act(
    State(engine): State<Arc<Engine>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(order_id): Path<String>,
    Form(pressed): Form<Pressed>,
) -> Response {
    let found = match engine.find(&order_id) {
        Ok(Some(order)) => order,
        Ok(None) => return report_unknown_order(&order_id),
        Err(error) => return report_database(&error),
    };
    // The buyer cannot do what only a bank does.
    let act = match &*pressed.act {
        "pay" => parse_extra(&pressed.tip, found.currency)
            .and_then(|tip| Ok(Act::Pay { tip, fee: parse_extra(&pressed.convenience_fee, found.currency)? })),
        "decline" => Ok(Act::Decline),
        "cancel" => Ok(Act::Cancel),
        "expire" => Ok(Act::Expire),
        _ => Err("expected act to be pay, decline, cancel or expire".to_owned()),
    };
    let shown = |status, order: &Order, problem| render_page(status, &Buyer::new(&engine, order, Some(problem), peer));
    let acted = match act {
        Ok(act) => Ok(engine.act(&order_id, act, "the buyer").await),
        Err(problem) => Err(problem),
    };
    match acted {
        Ok(Ok((order, _))) => Redirect::to(&payment_path(&order.id)).into_response(),
        Ok(Err(ActError::NoSuchOrder)) => report_unknown_order(&order_id),
        Ok(Err(ActError::Sqlite(error))) => report_database(&error),
        Ok(Err(ActError::Extra(reason))) => shown(StatusCode::BAD_REQUEST, &found, reason.to_owned()),
        Ok(Err(ActError::WrongState(state))) => {
            let problem = format!("too late: the order is {} already", state.name());
            match engine.find(&order_id) {
                Ok(order) => shown(StatusCode::CONFLICT, &order.unwrap_or(found), problem),
                Err(error) => report_database(&error),
            }
        }
        Err(problem) => shown(StatusCode::BAD_REQUEST, &found, problem),
    }
}

/// An amount that the buyer adds, as people write money.
fn parse_extra(text: &str, currency: Currency) -> Result<Option<Amount>, String> {
    match text.trim() {
        "" => Ok(None),
        text => match Amount::parse(text, currency) {
            Ok(amount) if amount.minor() <= u64::from(u32::MAX) => Ok(Some(amount)),
            Ok(_) => Err("the amount is too large".to_owned()),
            Err(error) => Err(error.to_string()),
        },
    }
}
