//! Calls that list and set exchange rates.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use ottpay::Currency;
use serde_json::{Value, json};

use super::body::Members;
use super::call::{CallError, Reply};
use crate::engine::Engine;
use crate::server::blocking::run_blocking;

pub(super) async fn list_rates(State(engine): State<Arc<Engine>>) -> Reply {
    Ok(Json(json!(engine.rates())))
}

pub(super) async fn set_rates(State(engine): State<Arc<Engine>>, bytes: Bytes) -> Reply {
    let rate = |(name, value): (&String, &Value)| {
        let currency = Currency::new(name);
        let currency = currency
            .map_err(|_| CallError::invalid(format!("{name}: not a currency code; expected a code such as USD")))?;
        let rate = value.as_u64().filter(|rate| *rate > 0);
        let expected = || format!("{name}: expected a rate to CNY times 10^8, a whole number such as 650000000");
        Ok((currency.code().to_owned(), rate.ok_or_else(|| CallError::invalid(expected()))?))
    };
    let new: BTreeMap<String, u64> = Members::read_any(&bytes)?.iter().map(rate).collect::<Result<_, CallError>>()?;
    run_blocking(move || Ok(Json(json!(engine.set_rates(new)?)))).await
}
