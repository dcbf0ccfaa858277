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
use crate::fault::Fault;
use crate::planned_fault::PlannedFault;

pub(super) async fn list_faults(State(engine): State<Arc<Engine>>) -> Reply {
    let known: Vec<Value> = Fault::ALL.iter().copied().map(describe_fault).collect();
    let waiting: Vec<Value> = engine.waiting_faults().iter().map(describe_planned).collect();
    Ok(Json(json!({ "waiting": waiting, "known": known })))
}

pub(super) async fn add_fault(State(engine): State<Arc<Engine>>, bytes: Bytes) -> Reply {
    let planned = read_planned(&bytes)?;
    let shown = describe_planned(&planned);
    engine.add_fault(planned).map_err(|error| CallError::invalid(error.to_string()))?;
    Ok(Json(shown))
}

pub(super) async fn clear_faults(State(engine): State<Arc<Engine>>) -> Reply {
    engine.clear_faults();
    Ok(Json(json!({ "waiting": [] })))
}

fn read_planned(body: &[u8]) -> Result<PlannedFault, CallError> {
    let members = Members::read(body, &["fault", "times", "action", "order_id", "delay_ms", "code"])?;
    let list_names = || Fault::ALL.iter().map(|fault| fault.name()).collect::<Vec<_>>().join(", ");
    let missing = || CallError::invalid(format!("fault: missing; expected one of {}", list_names()));
    let name = members.read_text("fault")?.ok_or_else(missing)?;
    let unknown = || CallError::invalid(format!("fault: unknown fault {name}; expected one of {}", list_names()));
    let default = PlannedFault::new(Fault::from_name(&name).ok_or_else(unknown)?);
    let planned = PlannedFault {
        fault: default.fault,
        times: members.read_number("times")?.unwrap_or(default.times),
        action: members.read_text("action")?,
        order_id: members.read_text("order_id")?,
        delay: members.read_number("delay_ms")?.map_or(default.delay, |ms| Duration::from_millis(u64::from(ms))),
        code: members.read_text("code")?.unwrap_or(default.code),
    };
    if planned.code.is_empty() {
        return Err(CallError::invalid("code: empty; expected a response code such as FAIL"));
    }
    Ok(planned)
}

fn describe_planned(planned: &PlannedFault) -> Value {
    let PlannedFault { fault, times, action, order_id, delay, code } = planned;
    json!({
        "fault": fault.name(),
        "times": times,
        "action": action,
        "order_id": order_id,
        "delay_ms": u64::try_from(delay.as_millis()).unwrap_or(u64::MAX),
        "code": code,
    })
}

fn describe_fault(fault: Fault) -> Value {
    json!({ "fault": fault.name(), "doc": fault.description(), "amount": fault.amount().minor().to_string() })
}
