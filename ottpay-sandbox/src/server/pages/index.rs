//! The developer's start page: lists of orders and messages, faults and assumptions.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::plot::Plot;
use super::problem::Problem;
use super::render::render_page;
use super::rows::{MessageRow, OrderRow};
use super::search::{Choice, Search};
use crate::assume::Assumption;
use crate::clock::format_wire_time;
use crate::engine::Engine;
use crate::fault::Fault;
use crate::server::blocking::run_blocking;
use crate::store::{Exchange, Filter, FoundOrders, MAX_SEARCHED, OrderSearch};

/// The number of orders and of messages on the page.
const LISTED: usize = 30;

/// The maximum number of messages that one search reads.
const MAX_MESSAGES_SEARCHED: i64 = 5_000;

#[derive(Template)]
#[template(path = "index.html")]
struct Index {
    merchant_id: String,
    endpoint: String,
    now: String,
    plot: Option<Plot>,
    search: Search,
    states: Vec<Choice>,
    actions: Vec<Choice>,
    problem: Option<String>,
    orders: Vec<OrderRow>,
    order_pages: Pages,
    messages: Vec<MessageRow>,
    message_pages: Pages,
    /// The amount, the name and the description of each fault.
    faults: Vec<(u64, &'static str, &'static str)>,
    assumptions: Vec<Assumption>,
}

/// Links to the latest and to older items of a list, if they are not shown.
#[derive(Default)]
struct Pages {
    newest: Option<String>,
    older: Option<String>,
    /// The number of items read, if the search stopped at its limit.
    searched: Option<i64>,
}

/// A page of a list, and the start of the next page.
struct Page<T> {
    items: Vec<T>,
    next: Option<i64>,
    has_stopped: bool,
}

impl<T> Page<T> {
    /// Expects one more item than the page shows, to detect whether there are more.
    fn new(mut items: Vec<T>, serial: impl Fn(&T) -> i64, stopped_at: Option<i64>) -> Self {
        let has_more = items.len() > LISTED;
        items.truncate(LISTED);
        let last = items.last().map(serial).filter(|_| has_more);
        Self { items, next: last.or(stopped_at), has_stopped: last.is_none() && stopped_at.is_some() }
    }
}

pub(super) async fn show_index(
    State(engine): State<Arc<Engine>>,
    Query(search): Query<Search>,
) -> Result<Response, Problem> {
    run_blocking(move || render_index(&engine, search)).await
}

fn render_index(engine: &Engine, search: Search) -> Result<Response, Problem> {
    let limit = LISTED as u32 + 1;
    let (orders, problem) = match search.select_orders(engine, limit) {
        Ok(wanted) => (Some(wanted), None),
        Err(problem) => (None, Some(problem)),
    };
    let orders = find_orders(engine, orders.as_ref())?;
    let messages = find_messages(engine, &search, limit)?;
    let plot = read_plot(engine)?;
    let status = if problem.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    Ok(render_page(status, &build_index(engine, search, problem, orders, messages, plot)))
}

fn find_orders(engine: &Engine, wanted: Option<&OrderSearch>) -> rusqlite::Result<Page<OrderRow>> {
    let found = match wanted {
        Some(wanted) => engine.search(wanted)?,
        None => FoundOrders { orders: Vec::new(), stopped_at: None },
    };
    let page = Page::new(found.orders, |(serial, _)| *serial, found.stopped_at);
    let items = page.items.iter().map(|(_, order)| OrderRow::from(order)).collect();
    Ok(Page { items, next: page.next, has_stopped: page.has_stopped })
}

fn find_messages(engine: &Engine, search: &Search, limit: u32) -> rusqlite::Result<Page<Exchange>> {
    // The messages that a search reads are counted from the latest one, not from the greatest number.
    let before = search.messages.unwrap_or(i64::MAX).min(engine.latest_exchange()?.saturating_add(1));
    let first = before.saturating_sub(MAX_MESSAGES_SEARCHED).max(1);
    let filter = Filter { before: Some(before), after: Some(first - 1), limit, ..search.select_messages() };
    let found = engine.exchanges(filter)?;
    let has_stopped = first > 1 && found.len() <= LISTED;
    Ok(Page::new(found, |message| message.serial, has_stopped.then_some(first)))
}

fn read_plot(engine: &Engine) -> rusqlite::Result<Option<Plot>> {
    Ok(Plot::new(&engine.latest_events(Plot::MAX_EVENTS)?, engine.now()))
}

fn build_index(
    engine: &Engine,
    search: Search,
    problem: Option<String>,
    orders: Page<OrderRow>,
    messages: Page<Exchange>,
    plot: Option<Plot>,
) -> Index {
    Index {
        merchant_id: engine.merchant_id().to_owned(),
        endpoint: engine.endpoint().to_owned(),
        now: format_wire_time(engine.now()),
        plot,
        states: search.list_states(),
        actions: search.list_actions(engine.gateway()),
        problem,
        order_pages: Pages {
            newest: search.orders.map(|_| search.with_orders(None)),
            older: orders.next.map(|last| search.with_orders(Some(last))),
            searched: orders.has_stopped.then_some(MAX_SEARCHED),
        },
        orders: orders.items,
        message_pages: Pages {
            newest: search.messages.map(|_| search.with_messages(None)),
            older: messages.next.map(|last| search.with_messages(Some(last))),
            searched: messages.has_stopped.then_some(MAX_MESSAGES_SEARCHED),
        },
        messages: messages.items.iter().map(MessageRow::from).collect(),
        search,
        faults: Fault::ALL.iter().map(|fault| (fault.amount().minor(), fault.name(), fault.description())).collect(),
        assumptions: engine.assumptions().list(),
    }
}
