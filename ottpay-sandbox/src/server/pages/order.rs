//! The page of one order, with its history.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use ottpay::Amount;

use super::render::{render_page, report_database, report_unknown_order};
use super::rows::{MessageRow, OrderRow};
use crate::clock::format_wire_time;
use crate::engine::Engine;
use crate::order::{Order, OrderKind};
use crate::store::Filter;

/// How many events and refunds the page lists.
const LISTED: usize = 100;

#[derive(Template)]
#[template(path = "order.html")]
struct OrderPage {
    order: OrderRow,
    kind: &'static str,
    link: Option<String>,
    qr: String,
    facts: Vec<(&'static str, String)>,
    /// The latest events, and how many precede them.
    events: Vec<(String, String)>,
    more_events: usize,
    /// State, address, and the attempts.
    callbacks: Vec<(&'static str, String, String)>,
    refunds: Vec<OrderRow>,
    more_refunds: usize,
    messages: Vec<MessageRow>,
}

pub(super) async fn show_order(State(engine): State<Arc<Engine>>, Path(order_id): Path<String>) -> Response {
    match engine.find(&order_id) {
        Ok(Some(order)) => match build_page(&engine, &order) {
            Ok(shown) => render_page(StatusCode::OK, &shown),
            Err(error) => report_database(&error),
        },
        Ok(None) => report_unknown_order(&order_id),
        Err(error) => report_database(&error),
    }
}

fn build_page(engine: &Engine, order: &Order) -> rusqlite::Result<OrderPage> {
    let link = order.is_open().then(|| engine.payment_link(order));
    let code = link.as_ref().and_then(|link| qrcode::QrCode::new(link).ok());
    let filter = Filter { order_id: Some(order.id.clone()), limit: 100, ..Filter::default() };
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
        ("changes by itself", order.due.map(format_wire_time)),
    ];
    let callbacks = engine.callbacks(order)?.into_iter().map(|callback| {
        let next = callback.due.map(|due| format!(", again at {}", format_wire_time(due))).unwrap_or_default();
        (callback.state.name(), callback.url, format!("attempts: {}{next}", callback.attempts))
    });
    let (mut events, mut refunds) = (engine.events(order)?, engine.refunds(order)?);
    let (more_events, more_refunds) = (keep_latest(&mut events), keep_latest(&mut refunds));
    Ok(OrderPage {
        order: OrderRow::from(order),
        kind: if order.kind == OrderKind::Refund { "Refund" } else { "Order" },
        link,
        qr: code.map(|code| code.render::<qrcode::render::svg::Color<'_>>().build()).unwrap_or_default(),
        facts: facts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
        events: events.into_iter().map(|event| (format_wire_time(event.at), event.what)).collect(),
        more_events,
        callbacks: callbacks.collect(),
        refunds: refunds.iter().map(OrderRow::from).collect(),
        more_refunds,
        messages: engine.exchanges(filter)?.iter().map(MessageRow::from).collect(),
    })
}

/// Truncates a list to its latest items. Returns how many preceded them.
fn keep_latest<T>(list: &mut Vec<T>) -> usize {
    let more = list.len().saturating_sub(LISTED);
    list.drain(..more);
    more
}
