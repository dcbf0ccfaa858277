//! Converts orders and messages to JSON.

use serde_json::{Map, Value, json};

use super::call::CallError;
use crate::clock::format_rfc3339;
use crate::engine::Engine;
use crate::order::Order;
use crate::store::{Callback, Event, Exchange};

/// The default and the maximum length of a list.
pub(super) const DEFAULT_LISTED: u32 = 100;
pub(super) const MAX_LISTED: u32 = 1000;

/// Returns the current answer to each question, by the question's name.
pub(super) fn name_assumptions(engine: &Engine) -> Value {
    let assumed = engine.assumptions().list().into_iter();
    assumed.map(|answer| (answer.question().to_owned(), json!(answer.value()))).collect::<Map<_, _>>().into()
}

/// Converts an order without its history.
pub(super) fn summarise_order(engine: &Engine, order: &Order) -> Map<String, Value> {
    let minor = |amount: ottpay::Amount| amount.minor().to_string();
    let members = [
        ("order_id", json!(order.id)),
        ("checkout_id", json!(order.checkout_id)),
        ("kind", json!(order.kind.name())),
        ("action", json!(order.action.name)),
        ("amount", json!(minor(order.amount))),
        ("currency", json!(order.currency.code())),
        ("tip", json!(order.tip.map(minor))),
        ("convenience_fee", json!(order.fee.map(minor))),
        ("charged", json!(minor(order.charged()))),
        ("refunded", json!(minor(order.refunded))),
        ("state", json!(order.state.name())),
        ("original_order_id", json!(order.original)),
        ("provider_order_id", json!(order.provider_id)),
        ("payment_link", json!(engine.can_be_paid(order).then(|| engine.payment_link(order)))),
        ("callback_url", json!(order.callback_url)),
        ("created_at", json!(format_rfc3339(order.created))),
        ("finished_at", json!(order.finished.map(format_rfc3339))),
        ("changes_at", json!(order.due.map(format_rfc3339))),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Converts an order with its history.
pub(super) fn describe_order(engine: &Engine, order: &Order) -> Result<Value, CallError> {
    let mut value = summarise_order(engine, order);
    let events = engine.events(order)?;
    let refunds = engine.refunds(order)?;
    let callbacks = engine.callbacks(order)?;
    let mut described = Vec::new();
    // The numbers count the callbacks that are too old for the list, too: `resend` finds a callback by its number.
    for (number, callback) in (callbacks.earlier + 1..).zip(&callbacks.items) {
        let mut callback = describe_callback(callback, &engine.attempts(callback)?);
        if let Value::Object(members) = &mut callback {
            members.insert("number".to_owned(), number.into());
        }
        described.push(callback);
    }
    for (name, earlier, items) in [
        ("events", events.earlier, events.items.iter().map(describe_event).collect()),
        (
            "refunds",
            refunds.earlier,
            refunds.items.iter().map(|refund| summarise_order(engine, refund).into()).collect(),
        ),
        ("callbacks", callbacks.earlier, described),
    ] {
        value.insert(format!("earlier_{name}"), earlier.into());
        value.insert(name.to_owned(), Value::Array(items));
    }
    Ok(Value::Object(value))
}

fn describe_event(event: &Event) -> Value {
    json!({ "at": format_rfc3339(event.at), "what": event.what })
}

pub(super) fn describe_callback(callback: &Callback, attempts: &[Exchange]) -> Value {
    let attempts: Vec<Value> = attempts
        .iter()
        .map(|attempt| {
            let answer = String::from_utf8_lossy(&attempt.answer);
            json!({ "at": format_rfc3339(attempt.at), "status": attempt.status, "answer": answer, "note": attempt.note })
        })
        .collect();
    json!({
        "callback": callback.serial,
        "url": callback.url,
        "state": callback.state.name(),
        "next_attempt_at": callback.due.map(format_rfc3339),
        "attempts": attempts,
    })
}

pub(super) fn describe_exchange(exchange: &Exchange) -> Value {
    json!({
        "message": exchange.serial,
        "at": format_rfc3339(exchange.at),
        "direction": if exchange.callback.is_some() { "callback" } else { "request" },
        "target": exchange.target,
        "action": exchange.action,
        "order_id": exchange.order_id,
        "status": exchange.status,
        "code": exchange.code,
        "note": exchange.note,
        "cause": exchange.cause,
        "notes": exchange.notes,
        "sent": String::from_utf8_lossy(&exchange.sent),
        "answer": String::from_utf8_lossy(&exchange.answer),
    })
}
