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
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::BroadcastStream;

use super::message::{self, Line};
use super::{broken_database, no_order, page};
use crate::clock;
use crate::engine::{Engine, MAX_LOOKING};
use crate::fault::Fault;
use crate::order::{Order, OrderKind};
use crate::reply;
use crate::store::Filter;

/// How many orders and messages a page holds.
const LISTED: usize = 30;

/// How many events and refunds the page of an order holds.
const LISTED_OF_ORDER: usize = 100;

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
            path: reply::path_of(&order.id),
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
    order_pages: Pages,
    messages: Vec<Line>,
    message_pages: Pages,
    faults: Vec<(u64, &'static str, &'static str)>,
}

/// From where the lists go back; without a number from the latest.
#[derive(Deserialize, Clone, Copy)]
struct Before {
    orders: Option<i64>,
    messages: Option<i64>,
}

impl Before {
    /// The address of the page with these lists.
    fn query(self) -> String {
        let part = |name: &str, before: Option<i64>| before.map(|before| format!("{name}={before}"));
        let parts = [part("orders", self.orders), part("messages", self.messages)];
        format!("/sandbox?{}", parts.into_iter().flatten().collect::<Vec<_>>().join("&"))
    }
}

/// Where the latest and the older ones of a list are, if there are any that are not shown.
struct Pages {
    newest: Option<String>,
    older: Option<String>,
}

async fn index(State(engine): State<Arc<Engine>>, Query(from): Query<Before>) -> Response {
    // One more than is shown tells whether there are more.
    let limit = LISTED as u32 + 1;
    let filter = Filter { before: from.messages, limit, ..Filter::default() };
    let read = engine.latest(from.orders, limit);
    let (mut orders, mut messages) = match read.and_then(|orders| Ok((orders, engine.store.exchanges(&filter)?))) {
        Ok(read) => read,
        Err(error) => return broken_database(&error),
    };
    let (more_orders, more_messages) = (orders.len() > LISTED, messages.len() > LISTED);
    orders.truncate(LISTED);
    messages.truncate(LISTED);
    let last_order = orders.last().map(|(serial, _)| *serial).filter(|_| more_orders);
    let last_message = messages.last().map(|message| message.serial).filter(|_| more_messages);
    let index = Index {
        merchant_id: engine.merchant_id.clone(),
        endpoint: engine.settings.public_url.clone(),
        now: clock::wire(engine.clock.now()),
        order_pages: Pages {
            newest: from.orders.map(|_| Before { orders: None, ..from }.query()),
            older: last_order.map(|last| Before { orders: Some(last), ..from }.query()),
        },
        orders: orders.iter().map(|(_, order)| Row::from(order)).collect(),
        message_pages: Pages {
            newest: from.messages.map(|_| Before { messages: None, ..from }.query()),
            older: last_message.map(|last| Before { messages: Some(last), ..from }.query()),
        },
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
    /// The latest ones, and how many there are before them.
    events: Vec<(String, String)>,
    more_events: usize,
    /// State, address, and what comes next.
    callbacks: Vec<(&'static str, String, String)>,
    refunds: Vec<Row>,
    more_refunds: usize,
    messages: Vec<Line>,
}

async fn order(State(engine): State<Arc<Engine>>, Path(order_id): Path<String>) -> Response {
    match engine.find(&order_id) {
        Ok(Some(order)) => match order_page(&engine, &order) {
            Ok(shown) => page(StatusCode::OK, &shown),
            Err(error) => broken_database(&error),
        },
        Ok(None) => no_order(&order_id),
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
    let (mut events, mut refunds) = (store.events(&order.id)?, store.refunds(engine.gateway, &order.id)?);
    let (more_events, more_refunds) = (keep_latest(&mut events), keep_latest(&mut refunds));
    Ok(OrderPage {
        order: Row::from(order),
        kind: if order.kind == OrderKind::Refund { "Refund" } else { "Order" },
        link,
        qr: code.map(|code| code.render::<qrcode::render::svg::Color<'_>>().build()).unwrap_or_default(),
        facts: facts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
        events: events.into_iter().map(|event| (clock::wire(event.at), event.what)).collect(),
        more_events,
        callbacks: callbacks.collect(),
        refunds: refunds.iter().map(Row::from).collect(),
        more_refunds,
        messages: store.exchanges(&filter)?.iter().map(Line::from).collect(),
    })
}

/// Leaves the last ones of a list, and says how many there were before them.
fn keep_latest<T>(list: &mut Vec<T>) -> usize {
    let more = list.len().saturating_sub(LISTED_OF_ORDER);
    list.drain(..more);
    more
}

/// Tells a page whenever something happens.
async fn events(State(engine): State<Arc<Engine>>) -> Response {
    let Ok(room) = Arc::clone(&engine.looking).try_acquire_owned() else {
        let why = format!("{MAX_LOOKING} pages look on already; close one, or ask again for the page itself\n");
        return (StatusCode::SERVICE_UNAVAILABLE, why).into_response();
    };
    // Who lags behind has missed nothing but the same news.
    let news = BroadcastStream::new(engine.changed.subscribe()).map(move |_| {
        // It is given back with the stream.
        let _ = &room;
        Event::default().data("changed")
    });
    let news = Sse::new(news.map(Ok::<_, Infallible>));
    news.keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response()
}
