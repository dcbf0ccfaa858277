//! Calls that list, add and clear faults.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde_json::{Value, json};

use super::body::Members;
use super::call::{CallError, Reply};
use crate::engine::Engine;
use crate::fault::{Fault, Trouble};

pub(super) async fn list_faults(State(engine): State<Arc<Engine>>) -> Reply {
    let known = Fault::ALL
        .iter()
        .map(|fault| json!({ "fault": fault.name(), "doc": fault.description(), "amount": fault.amount().minor().to_string() }));
    let waiting: Vec<Value> = engine.waiting_faults().iter().map(describe_fault).collect();
    Ok(Json(json!({ "waiting": waiting, "known": known.collect::<Vec<_>>() })))
}

pub(super) async fn add_fault(State(engine): State<Arc<Engine>>, bytes: Bytes) -> Reply {
    let asked = Members::read(&bytes, &["fault", "times", "action", "order_id", "delay_ms", "code"])?;
    let names = || Fault::ALL.iter().map(|fault| fault.name()).collect::<Vec<_>>().join(", ");
    let Some(name) = asked.read_text("fault")? else {
        return Err(CallError::invalid(format!("fault: missing; there are {}", names())));
    };
    let unknown = || CallError::invalid(format!("fault: no such fault {name}; there are {}", names()));
    let mut wanted = Trouble::new(Fault::named(&name).ok_or_else(unknown)?);
    wanted.times = asked.read_number("times")?.unwrap_or(1);
    wanted.delay =
        asked.read_number("delay_ms")?.map_or(wanted.delay, |millis| Duration::from_millis(u64::from(millis)));
    wanted.code = asked.read_text("code")?.unwrap_or(wanted.code);
    if wanted.code.is_empty() {
        return Err(CallError::invalid("code: empty; give a response code such as FAIL"));
    }
    (wanted.action, wanted.order_id) = (asked.read_text("action")?, asked.read_text("order_id")?);
    let shown = describe_fault(&wanted);
    engine.add_fault(wanted).map_err(|error| CallError::invalid(error.to_string()))?;
    Ok(Json(shown))
}

pub(super) async fn clear_faults(State(engine): State<Arc<Engine>>) -> Reply {
    engine.clear_faults();
    Ok(Json(json!({ "waiting": [] })))
}

fn describe_fault(trouble: &Trouble) -> Value {
    json!({
        "fault": trouble.fault.name(),
        "times": trouble.times,
        "action": trouble.action,
        "order_id": trouble.order_id,
        "delay_ms": u64::try_from(trouble.delay.as_millis()).unwrap_or(u64::MAX),
        "code": trouble.code,
    })
}
