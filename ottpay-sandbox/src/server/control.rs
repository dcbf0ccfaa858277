//! The control interface: what a test in any language does to the sandbox, in JSON.

mod body;
mod view;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use ottpay::Currency;
use serde::Deserialize;
use serde_json::{Value, json};

use body::{Members, wrong};
use view::{details, exchange, summary, trouble};

use crate::clock::rfc3339;
use crate::engine::Engine;
use crate::fault::{Fault, Trouble};
use crate::order::{Act, Order};
use crate::store::{ActError, Filter};

/// The longest text of what was wrong, in bytes.
const MAX_WRONG: usize = 64 * 1024;

/// The most that a list holds.
const MAX_LISTED: u32 = 1000;

pub(super) fn router() -> Router<Arc<Engine>> {
    Router::new()
        .route("/status", get(status))
        .route("/orders", get(orders))
        .route("/orders/{order_id}", get(order))
        .route("/orders/{order_id}/{act}", post(act))
        .route("/messages", get(messages))
        .route("/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/clock", get(clock).post(advance))
        .route("/rates", get(rates).post(set_rates))
        .fallback(unknown)
}

async fn unknown() -> Wrong {
    let calls = "status, orders, orders/{order_id}, orders/{order_id}/{act}, messages, faults, clock and rates";
    Wrong(StatusCode::NOT_FOUND, format!("there is no such call; below /sandbox there are {calls}"))
}

/// Whether a path is that of a call, and not that of a page or of the gateway.
pub(super) fn is_call(path: &str) -> bool {
    path.strip_prefix("/sandbox/").is_some_and(|rest| {
        let first = rest.split('/').next().unwrap_or_default();
        !matches!(first, "" | "order" | "message" | "events")
    })
}

/// What was wrong with a call is said in JSON, whoever found it.
pub(super) async fn wrong_as_json(request: Request, next: Next) -> Response {
    if !is_call(request.uri().path()) {
        return next.run(request).await;
    }
    let method = request.method().clone();
    let response = next.run(request).await;
    let is_json = |response: &Response| response.headers().get(CONTENT_TYPE).is_some_and(|is| is == "application/json");
    if response.status().as_u16() < 400 || is_json(&response) {
        return response;
    }
    let (head, body) = response.into_parts();
    let text = to_bytes(body, MAX_WRONG).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&text).trim().to_owned();
    // The only ones that are read out of an address are these.
    let text = match text.strip_prefix("Failed to deserialize query string: ") {
        Some(what) => format!("{what}; before, after and limit are whole numbers, as in ?limit=100"),
        None => text,
    };
    let allowed = head.headers.get(ALLOW).and_then(|allowed| allowed.to_str().ok());
    match allowed {
        Some(allowed) if head.status == StatusCode::METHOD_NOT_ALLOWED => {
            let why = format!("the call takes {}, and not {method}", allowed.replace(',', " or "));
            ([(ALLOW, allowed)], Wrong(head.status, why)).into_response()
        }
        _ if text.is_empty() => Wrong(head.status, head.status.to_string()).into_response(),
        _ => Wrong(head.status, text).into_response(),
    }
}

/// What was wrong with a call, as JSON.
struct Wrong(StatusCode, String);

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

impl From<rusqlite::Error> for Wrong {
    fn from(error: rusqlite::Error) -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR, format!("the sandbox cannot use its database: {error}"))
    }
}

type Reply = Result<Json<Value>, Wrong>;

/// The database may have to wait for the disk.
async fn blocking(work: impl FnOnce() -> Reply + Send + 'static) -> Reply {
    let gone = |_| Wrong(StatusCode::INTERNAL_SERVER_ERROR, "the call was not finished".to_owned());
    tokio::task::spawn_blocking(work).await.map_err(gone)?
}

async fn status(State(engine): State<Arc<Engine>>) -> Reply {
    Ok(Json(json!({
        "merchant_id": engine.merchant_id,
        "requests": engine.requests(),
        "paths": engine.gateway.paths,
        "now": rfc3339(engine.clock.now()),
    })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrdersFrom {
    before: Option<i64>,
    limit: Option<u32>,
}

async fn orders(State(engine): State<Arc<Engine>>, Query(page): Query<OrdersFrom>) -> Reply {
    blocking(move || {
        let limit = page.limit.unwrap_or(100).min(MAX_LISTED);
        let orders = engine.latest(page.before, limit)?;
        let of = |(serial, order): (i64, Order)| {
            let mut value = summary(&engine, &order);
            value.insert("serial".to_owned(), serial.into());
            Value::Object(value)
        };
        Ok(Json(orders.into_iter().map(of).collect()))
    })
    .await
}

async fn order(State(engine): State<Arc<Engine>>, Path(order_id): Path<String>) -> Reply {
    blocking(move || {
        let found = engine.find(&order_id)?;
        let order = found.ok_or_else(|| Wrong(StatusCode::NOT_FOUND, format!("there is no order {order_id}")))?;
        details(&engine, &order).map(Json)
    })
    .await
}

async fn act(State(engine): State<Arc<Engine>>, Path((order_id, name)): Path<(String, String)>, bytes: Bytes) -> Reply {
    blocking(move || {
        let unknown = || {
            let names: Vec<_> = Act::NAMES.iter().map(|(name, _)| *name).collect();
            Wrong(StatusCode::NOT_FOUND, format!("no such act {name}; there are {}", names.join(", ")))
        };
        let (_, mut act) = Act::NAMES.into_iter().find(|(known, _)| *known == name).ok_or_else(unknown)?;
        if let Act::Pay { tip, fee } = &mut act {
            let extras = Members::read(&bytes, &["tip", "convenience_fee"])?;
            (*tip, *fee) = (extras.amount("tip")?, extras.amount("convenience_fee")?);
        }
        let (order, _) = engine.act(&order_id, act, "the control interface").map_err(|error| match error {
            ActError::NoSuchOrder => Wrong(StatusCode::NOT_FOUND, error.of(&order_id, act).to_string()),
            ActError::WrongState(_) => Wrong(StatusCode::CONFLICT, error.of(&order_id, act).to_string()),
            ActError::Extra(reason) => Wrong(StatusCode::BAD_REQUEST, reason.to_owned()),
            ActError::Sqlite(error) => error.into(),
        })?;
        details(&engine, &order).map(Json)
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MessagesOf {
    order_id: Option<String>,
    before: Option<i64>,
    after: Option<i64>,
    limit: Option<u32>,
}

async fn messages(State(engine): State<Arc<Engine>>, Query(asked): Query<MessagesOf>) -> Reply {
    blocking(move || {
        let MessagesOf { order_id, before, after, limit } = asked;
        let limit = limit.unwrap_or(100).min(MAX_LISTED);
        // A Checkout page has two ids, and messages are kept under one of them.
        let known = order_id.as_ref().map(|id| engine.store.order(engine.gateway, id)).transpose()?.flatten();
        let order_id = known.map(|order| order.id).or(order_id);
        let filter = Filter { order_id, before, after, limit, ..Filter::default() };
        Ok(Json(engine.store.exchanges(&filter)?.iter().map(exchange).collect()))
    })
    .await
}

async fn faults(State(engine): State<Arc<Engine>>) -> Reply {
    let known = Fault::ALL
        .iter()
        .map(|fault| json!({ "fault": fault.name(), "doc": fault.description(), "amount": fault.amount().minor().to_string() }));
    let waiting: Vec<Value> = engine.troubles.all().iter().map(trouble).collect();
    Ok(Json(json!({ "waiting": waiting, "known": known.collect::<Vec<_>>() })))
}

async fn add_fault(State(engine): State<Arc<Engine>>, bytes: Bytes) -> Reply {
    let asked = Members::read(&bytes, &["fault", "times", "action", "order_id", "delay_ms", "code"])?;
    let names = || Fault::ALL.iter().map(|fault| fault.name()).collect::<Vec<_>>().join(", ");
    let Some(name) = asked.text("fault")? else { return Err(wrong(format!("fault: missing; there are {}", names()))) };
    let unknown = || wrong(format!("fault: no such fault {name}; there are {}", names()));
    let mut wanted = Trouble::new(Fault::named(&name).ok_or_else(unknown)?);
    wanted.times = asked.number("times")?.unwrap_or(1);
    wanted.delay = asked.number("delay_ms")?.map_or(wanted.delay, |millis| Duration::from_millis(u64::from(millis)));
    wanted.code = asked.text("code")?.unwrap_or(wanted.code);
    if wanted.code.is_empty() {
        return Err(wrong("code: empty; give a response code such as FAIL".to_owned()));
    }
    (wanted.action, wanted.order_id) = (asked.text("action")?, asked.text("order_id")?);
    let shown = trouble(&wanted);
    engine.troubles.add(engine.gateway, wanted).map_err(|error| wrong(error.to_string()))?;
    Ok(Json(shown))
}

async fn clear_faults(State(engine): State<Arc<Engine>>) -> Reply {
    engine.troubles.all().clear();
    Ok(Json(json!({ "waiting": [] })))
}

async fn clock(State(engine): State<Arc<Engine>>) -> Reply {
    let ahead = engine.clock.ahead() / 1000;
    Ok(Json(json!({ "now": rfc3339(engine.clock.now()), "ahead_seconds": ahead })))
}

async fn advance(State(engine): State<Arc<Engine>>, bytes: Bytes) -> Reply {
    let missing = || wrong("advance_seconds: missing; give the seconds, as in {\"advance_seconds\": 1800}".to_owned());
    let seconds = Members::read(&bytes, &["advance_seconds"])?.number("advance_seconds")?.ok_or_else(missing)?;
    let moved = Arc::clone(&engine);
    let _ = blocking(move || {
        moved.advance(Duration::from_secs(u64::from(seconds)))?;
        Ok(Json(Value::Null))
    })
    .await?;
    clock(State(engine)).await
}

async fn rates(State(engine): State<Arc<Engine>>) -> Reply {
    Ok(Json(json!(engine.rates())))
}

async fn set_rates(State(engine): State<Arc<Engine>>, bytes: Bytes) -> Reply {
    let rate = |(name, value): (&String, &Value)| {
        let currency = Currency::new(name);
        let currency = currency.map_err(|_| wrong(format!("{name}: no currency; give a code such as USD")))?;
        let rate = value.as_u64().filter(|rate| *rate > 0);
        let expected = || format!("{name}: expected a rate to CNY times 10^8, a whole number such as 650000000");
        Ok((currency.code().to_owned(), rate.ok_or_else(|| wrong(expected()))?))
    };
    let new: BTreeMap<String, u64> = Members::any(&bytes)?.iter().map(rate).collect::<Result<_, Wrong>>()?;
    blocking(move || Ok(Json(json!(engine.set_rates(new)?)))).await
}
