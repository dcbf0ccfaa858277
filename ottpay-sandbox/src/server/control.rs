//! The control interface: what a test in any language does to the sandbox, in JSON.

mod view;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use view::{details, exchange, summary, trouble};

use crate::clock::rfc3339;
use crate::engine::Engine;
use crate::fault::{Fault, Trouble};
use crate::order::{Act, Order};
use crate::store::{ActError, Filter};

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

/// A body, which may be empty. Names that are not known are refused with those that are.
fn body<T: DeserializeOwned + Default>(body: &[u8]) -> Result<T, Wrong> {
    if body.trim_ascii().is_empty() {
        return Ok(T::default());
    }
    serde_json::from_slice(body).map_err(|error| Wrong(StatusCode::BAD_REQUEST, format!("the body: {error}")))
}

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
struct Page {
    order_id: Option<String>,
    before: Option<i64>,
    after: Option<i64>,
    limit: Option<u32>,
}

async fn orders(State(engine): State<Arc<Engine>>, Query(page): Query<Page>) -> Reply {
    blocking(move || {
        engine.settle();
        let limit = page.limit.unwrap_or(100).min(MAX_LISTED);
        let orders = engine.store.latest(engine.gateway, page.before, limit)?;
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
        engine.settle();
        let found = engine.store.order(engine.gateway, &order_id)?;
        let order = found.ok_or_else(|| Wrong(StatusCode::NOT_FOUND, format!("there is no order {order_id}")))?;
        details(&engine, &order).map(Json)
    })
    .await
}

/// What a buyer adds when he pays, in minor units.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Extras {
    tip: Option<Minor>,
    convenience_fee: Option<Minor>,
}

/// An amount in minor units, as a number or in digits.
#[derive(Deserialize, Clone)]
#[serde(untagged)]
enum Minor {
    Number(u32),
    Digits(String),
}

impl Minor {
    fn amount(self) -> Result<ottpay::Amount, Wrong> {
        let number = match self {
            Self::Number(number) => Some(number),
            Self::Digits(text) => text.parse().ok(),
        };
        let wrong = || Wrong(StatusCode::BAD_REQUEST, "expected an amount in minor units, such as \"150\"".to_owned());
        number.map(|number| ottpay::Amount::from_minor(u64::from(number))).ok_or_else(wrong)
    }
}

async fn act(State(engine): State<Arc<Engine>>, Path((order_id, name)): Path<(String, String)>, bytes: Bytes) -> Reply {
    blocking(move || {
        let unknown = || {
            let names: Vec<_> = Act::NAMES.iter().map(|(name, _)| *name).collect();
            Wrong(StatusCode::NOT_FOUND, format!("no such act {name}; there are {}", names.join(", ")))
        };
        let (_, mut act) = Act::NAMES.into_iter().find(|(known, _)| *known == name).ok_or_else(unknown)?;
        if let Act::Pay { tip, fee } = &mut act {
            let extras: Extras = body(&bytes)?;
            *tip = extras.tip.map(Minor::amount).transpose()?;
            *fee = extras.convenience_fee.map(Minor::amount).transpose()?;
        }
        let (order, _) = engine.act(&order_id, act, "the control interface").map_err(|error| match error {
            ActError::NoSuchOrder => Wrong(StatusCode::NOT_FOUND, format!("there is no order {order_id}")),
            ActError::WrongState(state) => {
                let state = state.name();
                Wrong(
                    StatusCode::CONFLICT,
                    format!("the order {order_id} is {state}, so {name} cannot be done with it"),
                )
            }
            ActError::Extra(reason) => Wrong(StatusCode::BAD_REQUEST, reason.to_owned()),
            ActError::Sqlite(error) => error.into(),
        })?;
        details(&engine, &order).map(Json)
    })
    .await
}

async fn messages(State(engine): State<Arc<Engine>>, Query(page): Query<Page>) -> Reply {
    blocking(move || {
        let limit = page.limit.unwrap_or(100).min(MAX_LISTED);
        let Page { order_id, before, after, .. } = page;
        let filter = Filter { order_id, before, after, limit, ..Filter::default() };
        Ok(Json(engine.store.exchanges(&filter)?.iter().map(exchange).collect()))
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    fault: String,
    times: Option<u32>,
    action: Option<String>,
    order_id: Option<String>,
    delay_ms: Option<u32>,
    code: Option<String>,
}

async fn faults(State(engine): State<Arc<Engine>>) -> Reply {
    let known = Fault::ALL
        .iter()
        .map(|fault| json!({ "fault": fault.name(), "doc": fault.description(), "amount": fault.amount().minor().to_string() }));
    let waiting: Vec<Value> = engine.troubles.all().iter().map(trouble).collect();
    Ok(Json(json!({ "waiting": waiting, "known": known.collect::<Vec<_>>() })))
}

async fn add_fault(State(engine): State<Arc<Engine>>, bytes: Bytes) -> Reply {
    let wrong = |text: String| Wrong(StatusCode::BAD_REQUEST, text);
    let asked: Asked = serde_json::from_slice(&bytes).map_err(|error| wrong(format!("the body: {error}")))?;
    let unknown = || {
        let names: Vec<_> = Fault::ALL.iter().map(|fault| fault.name()).collect();
        wrong(format!("no such fault {}; there are {}", asked.fault, names.join(", ")))
    };
    let mut wanted = Trouble::new(Fault::named(&asked.fault).ok_or_else(unknown)?);
    wanted.times = asked.times.unwrap_or(1);
    wanted.delay = asked.delay_ms.map_or(wanted.delay, |millis| Duration::from_millis(u64::from(millis)));
    wanted.code = asked.code.unwrap_or(wanted.code);
    let named = |name: &String| engine.gateway.method(name).is_some() || engine.gateway.actions(name).next().is_some();
    if let Some(action) = asked.action.as_ref().filter(|action| !named(action)) {
        return Err(wrong(format!("no such action {action}")));
    }
    (wanted.action, wanted.order_id) = (asked.action, asked.order_id);
    let shown = trouble(&wanted);
    engine.troubles.add(wanted).map_err(|error| wrong(error.to_string()))?;
    Ok(Json(shown))
}

async fn clear_faults(State(engine): State<Arc<Engine>>) -> Reply {
    engine.troubles.all().clear();
    Ok(Json(json!({ "waiting": [] })))
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Ahead {
    advance_seconds: u32,
}

async fn clock(State(engine): State<Arc<Engine>>) -> Reply {
    let ahead = engine.clock.ahead() / 1000;
    Ok(Json(json!({ "now": rfc3339(engine.clock.now()), "ahead_seconds": ahead })))
}

async fn advance(State(engine): State<Arc<Engine>>, bytes: Bytes) -> Reply {
    let ahead: Ahead = body(&bytes)?;
    let moved = Arc::clone(&engine);
    let _ = blocking(move || {
        moved.advance(Duration::from_secs(u64::from(ahead.advance_seconds)))?;
        Ok(Json(Value::Null))
    })
    .await?;
    clock(State(engine)).await
}

async fn rates(State(engine): State<Arc<Engine>>) -> Reply {
    Ok(Json(json!(*engine.rates.lock().unwrap_or_else(PoisonError::into_inner))))
}

async fn set_rates(State(engine): State<Arc<Engine>>, bytes: Bytes) -> Reply {
    let new: BTreeMap<String, u64> = body(&bytes)?;
    if new.len() > 1000 || new.keys().any(|currency| ottpay::Currency::new(currency).is_err()) {
        return Err(Wrong(
            StatusCode::BAD_REQUEST,
            "expected rates by currency, such as {\"USD\": 650000000}".to_owned(),
        ));
    }
    let all = {
        let mut rates = engine.rates.lock().unwrap_or_else(PoisonError::into_inner);
        rates.extend(new);
        json!(*rates)
    };
    engine.store.set("rates", &all.to_string())?;
    Ok(Json(all))
}
