//! Calls that list orders, apply acts to them, and resend their callbacks.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::body::Members;
use super::call::{CallError, Reply, parse_number};
use super::view::{DEFAULT_LISTED, MAX_LISTED, describe_callback, describe_order, summarise_order};
use crate::engine::Engine;
use crate::order::{Act, Order};
use crate::server::blocking::run_blocking;
use crate::store::{ActError, OrderSearch};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrdersFrom {
    #[serde(default, deserialize_with = "parse_number")]
    before: Option<i64>,
    #[serde(default, deserialize_with = "parse_number")]
    limit: Option<u32>,
}

pub(super) async fn list_orders(State(engine): State<Arc<Engine>>, Query(page): Query<OrdersFrom>) -> Reply {
    run_blocking(move || {
        let limit = page.limit.unwrap_or(DEFAULT_LISTED).min(MAX_LISTED);
        let found = engine.search(&OrderSearch { before: page.before, limit, ..OrderSearch::default() })?;
        let show = |(serial, order): (i64, Order)| {
            let mut value = summarise_order(&engine, &order);
            value.insert("serial".to_owned(), serial.into());
            Value::Object(value)
        };
        Ok(Json(found.orders.into_iter().map(show).collect()))
    })
    .await
}

pub(super) async fn show_order(State(engine): State<Arc<Engine>>, Path(order_id): Path<String>) -> Reply {
    run_blocking(move || {
        let order = engine.require_order(&order_id)?;
        describe_order(&engine, &order).map(Json)
    })
    .await
}

pub(super) async fn apply_act(
    State(engine): State<Arc<Engine>>,
    Path((order_id, name)): Path<(String, String)>,
    bytes: Bytes,
) -> Reply {
    let unknown = || {
        let names: Vec<_> = Act::NAMES.iter().map(|(name, _)| *name).collect();
        CallError(StatusCode::NOT_FOUND, format!("unknown act {name}; expected one of {}", names.join(", ")))
    };
    let (_, mut act) = Act::NAMES.into_iter().find(|(known, _)| *known == name).ok_or_else(unknown)?;
    if let Act::Pay { tip, fee } = &mut act {
        let extras = Members::read(&bytes, &["tip", "convenience_fee"])?;
        (*tip, *fee) = (extras.read_amount("tip")?, extras.read_amount("convenience_fee")?);
    }
    let (order, _) = engine.act(&order_id, act, "the control interface").await.map_err(|error| match error {
        ActError::Extra(reason) => CallError::invalid(reason),
        error => error.into_sandbox_error(&order_id, act).into(),
    })?;
    run_blocking(move || describe_order(&engine, &order).map(Json)).await
}

pub(super) async fn resend_callback(
    State(engine): State<Arc<Engine>>,
    Path((order_id, number)): Path<(String, u32)>,
) -> Reply {
    let again = engine.resend(&order_id, number, "the control interface").await?;
    Ok(Json(describe_callback(&again, &[])))
}
