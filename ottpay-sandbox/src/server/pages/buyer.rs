//! The page on which a person acts as the buyer.

use std::net::SocketAddr;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{ConnectInfo, Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use ottpay::Amount;
use ottpay::spec::Role;

use super::acts::{Pressed, press};
use super::problem::{Problem, find_order};
use super::render::render_page;
use crate::address::{encode_order_id, payment_path};
use crate::engine::Engine;
use crate::order::Order;
use crate::server::blocking::run_blocking;
use crate::store::BUYER;

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
    /// The tip and the fee that were added to the amount.
    extras: Vec<(&'static str, String)>,
    problem: Option<String>,
    open: bool,
    tips: bool,
    tip: String,
    fees: bool,
    /// The link back to the shop.
    back: Option<String>,
    /// Whether the visitor has access to the developer's pages.
    inside: bool,
}

impl Buyer {
    fn new(engine: &Engine, order: &Order, problem: Option<String>, peer: SocketAddr) -> Self {
        let info = order.action;
        let money = |amount: Amount| amount.in_currency(order.currency).to_string();
        // While the order is open, the buyer can still change the tip, and the form shows it.
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
) -> Result<Response, Problem> {
    run_blocking(move || {
        let order = engine.require_order(&order_id)?;
        Ok(render_page(StatusCode::OK, &Buyer::new(&engine, &order, None, peer)))
    })
    .await
}

/// The acts of the buyer; a bank does the others.
const ACTS: &[&str] = &["pay", "decline", "cancel", "expire"];

async fn apply_act(
    State(engine): State<Arc<Engine>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(order_id): Path<String>,
    Form(pressed): Form<Pressed>,
) -> Result<Response, Problem> {
    let found = find_order(&engine, &order_id).await?;
    match press(&engine, &found, &pressed, ACTS, BUYER).await {
        Ok(order) => Ok(Redirect::to(&payment_path(&order.id)).into_response()),
        Err(Problem { status, text }) => {
            // Read again, because another page may have changed the order.
            run_blocking(move || {
                let order = engine.find(&order_id)?.unwrap_or(found);
                Ok(render_page(status, &Buyer::new(&engine, &order, Some(text), peer)))
            })
            .await
        }
    }
}
