//! The developer's pages, and the first of them: lists of orders and messages.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::render::{render_page, report_database};
use super::rows::{MessageRow, OrderRow};
use super::{message, news, order};
use crate::assume::Assumption;
use crate::clock::format_wire_time;
use crate::engine::Engine;
use crate::fault::Fault;
use crate::store::Filter;

/// How many orders and messages the page lists.
const LISTED: usize = 30;

pub(crate) fn developer_router() -> Router<Arc<Engine>> {
    Router::new()
        .route("/", get(show_index))
        .route("/order/{order_id}", get(order::show_order))
        .route("/message/{serial}", get(message::show_message))
        .route("/events", get(news::stream_news))
}

#[derive(Template)]
#[template(path = "developer.html")]
struct Index {
    merchant_id: String,
    endpoint: String,
    now: String,
    orders: Vec<OrderRow>,
    order_pages: Pages,
    messages: Vec<MessageRow>,
    message_pages: Pages,
    /// Amount, name and description.
    faults: Vec<(u64, &'static str, &'static str)>,
    assumptions: Vec<Assumption>,
}

/// Where the lists begin; without a number at the latest item.
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

/// Links to the latest and to the older items of a list, if there are any that are not shown.
struct Pages {
    newest: Option<String>,
    older: Option<String>,
}

async fn show_index(State(engine): State<Arc<Engine>>, Query(from): Query<Before>) -> Response {
    // One more than is shown, to see whether there are more.
    let limit = LISTED as u32 + 1;
    let filter = Filter { before: from.messages, limit, ..Filter::default() };
    let read = engine.latest(from.orders, limit);
    let (mut orders, mut messages) = match read.and_then(|orders| Ok((orders, engine.exchanges(filter)?))) {
        Ok(read) => read,
        Err(error) => return report_database(&error),
    };
    let (more_orders, more_messages) = (orders.len() > LISTED, messages.len() > LISTED);
    orders.truncate(LISTED);
    messages.truncate(LISTED);
    let last_order = orders.last().map(|(serial, _)| *serial).filter(|_| more_orders);
    let last_message = messages.last().map(|message| message.serial).filter(|_| more_messages);
    let index = Index {
        merchant_id: engine.merchant_id().to_owned(),
        endpoint: engine.public_url().to_owned(),
        now: format_wire_time(engine.now()),
        order_pages: Pages {
            newest: from.orders.map(|_| Before { orders: None, ..from }.query()),
            older: last_order.map(|last| Before { orders: Some(last), ..from }.query()),
        },
        orders: orders.iter().map(|(_, order)| OrderRow::from(order)).collect(),
        message_pages: Pages {
            newest: from.messages.map(|_| Before { messages: None, ..from }.query()),
            older: last_message.map(|last| Before { messages: Some(last), ..from }.query()),
        },
        messages: messages.iter().map(MessageRow::from).collect(),
        faults: Fault::ALL.iter().map(|fault| (fault.amount().minor(), fault.name(), fault.description())).collect(),
        assumptions: engine.assumed().list(),
    };
    render_page(StatusCode::OK, &index)
}
