//! The page on which a person plays the wallet.

use std::net::SocketAddr;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{ConnectInfo, Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use ottpay::Amount;
use ottpay::info::Role;
use serde::Deserialize;

use super::{broken_database, page, path_of};
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
    state: &'static str,
    problem: Option<String>,
    open: bool,
    tips: bool,
    tip: String,
    fees: bool,
    /// Whether the one who looks may see the developer's pages.
    inside: bool,
}

impl Buyer {
    fn of(order: &Order, problem: Option<String>, peer: SocketAddr) -> Self {
        let info = order.action;
        let has = |role| {
            let of = |fields: &[ottpay::info::FieldInfo]| fields.iter().any(|field| field.role == Some(role));
            of(info.request) || of(info.reply) || info.callback.is_some_and(|callback| of(callback.fields))
        };
        Self {
            order_id: order.id.clone(),
            order_path: path_of(&order.id),
            summary: info.summary,
            amount: format!("{}.{:02}", order.charged().minor() / 100, order.charged().minor() % 100),
            state: order.state.name(),
            problem,
            open: order.is_open(),
            tips: has(Role::Tip),
            tip: order.tip.map(|tip| tip.minor().to_string()).unwrap_or_default(),
            fees: has(Role::Fee),
            inside: peer.ip().to_canonical().is_loopback(),
        }
    }
}

async fn show(
    State(engine): State<Arc<Engine>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(order_id): Path<String>,
) -> Response {
    engine.settle();
    match engine.store.order(engine.gateway, &order_id) {
        Ok(Some(order)) => page(StatusCode::OK, &Buyer::of(&order, None, peer)),
        Ok(None) => (StatusCode::NOT_FOUND, format!("there is no order {order_id}\n")).into_response(),
        Err(error) => broken_database(&error),
    }
}

#[derive(Deserialize)]
struct Pressed {
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
    let amount = |text: &str| match text.trim() {
        "" => Ok(None),
        digits => digits.parse::<u32>().map(|minor| Some(Amount::from_minor(u64::from(minor)))).map_err(drop),
    };
    // What a bank does is not for the buyer.
    let act = match (&*pressed.act, amount(&pressed.tip), amount(&pressed.convenience_fee)) {
        ("pay", Ok(tip), Ok(fee)) => Ok(Act::Pay { tip, fee }),
        ("decline", ..) => Ok(Act::Decline),
        ("cancel", ..) => Ok(Act::Cancel),
        ("expire", ..) => Ok(Act::Expire),
        _ => Err("expected amounts in minor units, for example 150 for 1.50".to_owned()),
    };
    let done = act.map(|act| engine.act(&order_id, act, "the buyer"));
    let problem = match done {
        Ok(Ok((order, _))) => return Redirect::to(&reply::pay_path(&order)).into_response(),
        Ok(Err(ActError::NoSuchOrder)) => {
            return (StatusCode::NOT_FOUND, format!("there is no order {order_id}\n")).into_response();
        }
        Ok(Err(ActError::Sqlite(error))) => return broken_database(&error),
        Ok(Err(ActError::WrongState(state))) => format!("too late: the order is {} already", state.name()),
        Err(problem) => problem,
    };
    match engine.store.order(engine.gateway, &order_id) {
        Ok(Some(order)) => page(StatusCode::CONFLICT, &Buyer::of(&order, Some(problem), peer)),
        Ok(None) => (StatusCode::NOT_FOUND, format!("there is no order {order_id}\n")).into_response(),
        Err(error) => broken_database(&error),
    }
}
