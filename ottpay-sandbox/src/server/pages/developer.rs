//! The developer's pages: the orders, and one order with all that happened to it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use ottpay::Amount;
use serde::Deserialize;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::{Stream, StreamExt};

use super::message::{self, Line};
use super::{broken_database, page, path_of};
use crate::clock;
use crate::engine::Engine;
use crate::fault::Fault;
use crate::order::{Order, OrderKind};
use crate::reply;
use crate::store::Filter;

/// How many orders and messages a page holds.
const LISTED: u32 = 30;

pub(in crate::server) fn router() -> Router<Arc<Engine>> {
    Router::new()
        .route("/", get(index))
        .route("/order/{order_id}", get(order))
        .route("/message/{serial}", get(message::show))
        .route("/events", get(events))
}

/// One order in a list.
struct Row {
    id: String,
    path: String,
    action: &'static str,
    amount: String,
    /// Empty if nothing has been given back.
    refunded: String,
    state: &'static str,
    created: String,
    open: bool,
}

impl From<&Order> for Row {
    fn from(order: &Order) -> Self {
        Self {
            id: order.id.clone(),
            path: path_of(&order.id),
            action: order.action.name,
            amount: order.charged().in_currency(order.currency).to_string(),
            refunded: match order.refunded {
                Amount::ZERO => String::new(),
                refunded => refunded.in_currency(order.currency).to_string(),
            },
            state: order.state.name(),
            created: clock::wire(order.created),
            open: order.is_open(),
        }
    }
}

#[derive(Template)]
#[template(path = "developer.html")]
struct Index {
    merchant_id: String,
    endpoint: String,
    now: String,
    orders: Vec<Row>,
    older_orders: Option<i64>,
    messages: Vec<Line>,
    older_messages: Option<i64>,
    faults: Vec<(u64, &'static str, &'static str)>,
}

#[derive(Deserialize)]
struct Before {
    orders: Option<i64>,
    messages: Option<i64>,
}

async fn index(State(engine): State<Arc<Engine>>, Query(from): Query<Before>) -> Response {
    engine.settle();
    let filter = Filter { before: from.messages, limit: LISTED, ..Filter::default() };
    let read = engine.store.latest(engine.gateway, from.orders, LISTED);
    let (orders, messages) = match read.and_then(|orders| Ok((orders, engine.store.exchanges(&filter)?))) {
        Ok(read) => read,
        Err(error) => return broken_database(&error),
    };
    let full = |length: usize| u32::try_from(length).is_ok_and(|length| length == LISTED);
    let index = Index {
        merchant_id: engine.merchant_id.clone(),
        endpoint: engine.settings.public_url.clone(),
        now: clock::wire(engine.clock.now()),
        older_orders: orders.last().map(|(serial, _)| *serial).filter(|_| full(orders.len())),
        orders: orders.iter().map(|(_, order)| Row::from(order)).collect(),
        older_messages: messages.last().map(|message| message.serial).filter(|_| full(messages.len())),
        messages: messages.iter().map(Line::from).collect(),
        faults: faults().collect(),
    };
    page(StatusCode::OK, &index)
}

/// Amount, name and what happens.
fn faults() -> impl Iterator<Item = (u64, &'static str, &'static str)> {
    Fault::ALL.iter().map(|fault| (fault.amount().minor(), fault.name(), fault.description()))
}

#[derive(Template)]
#[template(path = "order.html")]
struct OrderPage {
    order: Row,
    kind: &'static str,
    link: Option<String>,
    qr: String,
    facts: Vec<(&'static str, String)>,
    events: Vec<(String, String)>,
    /// State, address, and what comes next.
    callbacks: Vec<(&'static str, String, String)>,
    refunds: Vec<Row>,
    messages: Vec<Line>,
}

async fn order(State(engine): State<Arc<Engine>>, Path(order_id): Path<String>) -> Response {
    engine.settle();
    match engine.store.order(engine.gateway, &order_id) {
        Ok(Some(order)) => match order_page(&engine, &order) {
            Ok(shown) => page(StatusCode::OK, &shown),
            Err(error) => broken_database(&error),
        },
        Ok(None) => (StatusCode::NOT_FOUND, format!("there is no order {order_id}\n")).into_response(),
        Err(error) => broken_database(&error),
    }
}

fn order_page(engine: &Engine, order: &Order) -> rusqlite::Result<OrderPage> {
    let store = &engine.store;
    let link = order.is_open().then(|| reply::payment_link(engine, order));
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
        ("created", Some(clock::wire(order.created))),
        ("finished", order.finished.map(clock::wire)),
        ("changes by itself", order.due.map(clock::wire)),
    ];
    let callbacks = store.callbacks(&order.id)?.into_iter().map(|callback| {
        let next = callback.due.map(|due| format!(", again at {}", clock::wire(due))).unwrap_or_default();
        (callback.state.name(), callback.url, format!("attempts: {}{next}", callback.attempts))
    });
    Ok(OrderPage {
        order: Row::from(order),
        kind: if order.kind == OrderKind::Refund { "Refund" } else { "Order" },
        link,
        qr: code.map(|code| code.render::<qrcode::render::svg::Color<'_>>().build()).unwrap_or_default(),
        facts: facts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
        events: store.events(&order.id)?.into_iter().map(|event| (clock::wire(event.at), event.what)).collect(),
        callbacks: callbacks.collect(),
        refunds: store.refunds(engine.gateway, &order.id)?.iter().map(Row::from).collect(),
        messages: store.exchanges(&filter)?.iter().map(Line::from).collect(),
    })
}

/// Tells a page whenever something happens.
async fn events(State(engine): State<Arc<Engine>>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    // Who lags behind has missed nothing but the same news.
    let news = BroadcastStream::new(engine.changed.subscribe()).map(|_| Ok(Event::default().data("changed")));
    Sse::new(news).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}
