//! The page of one order: its story, and buttons for acts and faults.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use ottpay::Amount;
use ottpay::spec::Role;

use super::buttons::{Button, list_buttons, list_faults};
use super::diagram::Diagram;
use super::problem::Problem;
use super::render::{render_page, render_text};
use super::rows::{MessageRow, OrderRow};
use super::story::tell_story;
use crate::address::encode_order_id;
use crate::clock::format_wire_time;
use crate::engine::Engine;
use crate::fault::Fault;
use crate::order::{Order, OrderKind};
use crate::server::blocking::run_blocking;
use crate::store::{Callback, Filter, Latest};

/// The maximum number of events, refunds and messages on the page.
const LISTED: usize = 100;

/// The page, which is also available as plain text.
#[derive(Template)]
#[template(path = "order.html")]
pub(super) struct OrderPage {
    order: OrderRow,
    kind: &'static str,
    link: Option<String>,
    qr: String,
    problem: Option<String>,
    buttons: Vec<Button>,
    /// Whether the buyer can add a tip.
    tips: bool,
    fees: bool,
    currency: String,
    /// The faults that can be planned, and the planned ones.
    faults: Vec<Fault>,
    waiting: Vec<(&'static str, u32)>,
    facts: Vec<(&'static str, String)>,
    diagram: Diagram,
    events: Latest<(String, String)>,
    callbacks: Latest<CallbackRow>,
    refunds: Latest<OrderRow>,
    messages: Vec<MessageRow>,
}

#[derive(Template)]
#[template(path = "order.txt")]
struct OrderText<'a> {
    page: &'a OrderPage,
}

/// A callback in the list.
struct CallbackRow {
    state: &'static str,
    url: String,
    attempts: String,
}

impl From<Callback> for CallbackRow {
    fn from(callback: Callback) -> Self {
        let next = callback.due.map(|due| format!(", again at {}", format_wire_time(due))).unwrap_or_default();
        let attempts = format!("attempts: {}{next}", callback.attempts);
        Self { state: callback.state.name(), url: callback.url, attempts }
    }
}

pub(super) async fn show_order(
    State(engine): State<Arc<Engine>>,
    Path(order_id): Path<String>,
) -> Result<Response, Problem> {
    run_blocking(move || render_order(&engine, &engine.require_order(&order_id)?, StatusCode::OK, None)).await
}

/// Renders the page, with the problem if a button has failed.
pub(super) fn render_order(
    engine: &Engine,
    order: &Order,
    status: StatusCode,
    problem: Option<String>,
) -> Result<Response, Problem> {
    Ok(render_page(status, &OrderPage { problem, ..build_page(engine, order)? }))
}

pub(super) async fn download_text(
    State(engine): State<Arc<Engine>>,
    Path(order_id): Path<String>,
) -> Result<Response, Problem> {
    run_blocking(move || {
        let page = build_page(&engine, &engine.require_order(&order_id)?)?;
        let name = format!("order-{}.txt", encode_order_id(&page.order.id));
        Ok(render_text(&name, &OrderText { page: &page }))
    })
    .await
}

fn build_page(engine: &Engine, order: &Order) -> rusqlite::Result<OrderPage> {
    let link = order.is_open().then(|| engine.payment_link(order));
    let code = link.as_ref().and_then(|link| qrcode::QrCode::new(link).ok());
    let filter = Filter { order_id: Some(order.id.clone()), limit: LISTED as u32, ..Filter::default() };
    let exchanges = engine.exchanges(filter)?;
    let (mut events, mut refunds) = (engine.events(order)?, engine.refunds(order)?);
    events.truncate(LISTED);
    refunds.truncate(LISTED);
    let diagram = Diagram::draw(engine, &tell_story(engine, &events.items, &exchanges, exchanges.len() < LISTED));
    let waiting = engine.waiting_faults().into_iter().filter(|planned| planned.order_id.as_ref() == Some(&order.id));
    Ok(OrderPage {
        order: OrderRow::from(order),
        kind: if order.kind == OrderKind::Refund { "Refund" } else { "Order" },
        link,
        qr: code.map(|code| code.render::<qrcode::render::svg::Color<'_>>().build()).unwrap_or_default(),
        problem: None,
        buttons: list_buttons(engine, order),
        tips: order.has_field(Role::Tip),
        fees: order.has_field(Role::Fee),
        currency: order.currency.to_string(),
        faults: list_faults(engine, order),
        waiting: waiting.map(|planned| (planned.fault.name(), planned.times)).collect(),
        facts: list_facts(order),
        diagram,
        events: events.map(|event| (format_wire_time(event.at), event.what)),
        callbacks: engine.callbacks(order)?.map(CallbackRow::from),
        refunds: refunds.map(|refund| OrderRow::from(&refund)),
        messages: exchanges.iter().map(MessageRow::from).collect(),
    })
}

fn list_facts(order: &Order) -> Vec<(&'static str, String)> {
    let money = |amount: Amount| amount.in_currency(order.currency).to_string();
    let facts = [
        ("Checkout id", order.checkout_id.clone()),
        ("refund of", order.original.clone()),
        ("id at the provider", Some(order.provider_id.clone())),
        ("tip", order.tip.map(money)),
        ("convenience fee", order.fee.map(money)),
        ("refunded", Some(order.refunded).filter(|refunded| *refunded != Amount::ZERO).map(money)),
        ("callback to", order.callback_url.clone()),
        ("created", Some(format_wire_time(order.created))),
        ("finished", order.finished.map(format_wire_time)),
        ("changes automatically", order.due.map(format_wire_time)),
    ];
    facts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}
