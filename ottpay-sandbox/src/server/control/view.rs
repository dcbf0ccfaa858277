//! Orders, faults and messages as JSON.

use serde_json::{Map, Value, json};

use super::Wrong;
use crate::clock::rfc3339;
use crate::engine::Engine;
use crate::fault::Trouble;
use crate::order::Order;
use crate::reply;
use crate::store::{Callback, Exchange, Filter};

pub(super) fn trouble(trouble: &Trouble) -> Value {
    json!({
        "fault": trouble.fault.name(),
        "times": trouble.times,
        "action": trouble.action,
        "order_id": trouble.order_id,
        "delay_ms": u64::try_from(trouble.delay.as_millis()).unwrap_or(u64::MAX),
        "code": trouble.code,
    })
}

pub(super) fn summary(engine: &Engine, order: &Order) -> Map<String, Value> {
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
        ("payment_link", json!(order.is_open().then(|| reply::payment_link(engine, order)))),
        ("callback_url", json!(order.callback_url)),
        ("created_at", json!(rfc3339(order.created))),
        ("finished_at", json!(order.finished.map(rfc3339))),
        ("changes_at", json!(order.due.map(rfc3339))),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// An order with all that happened to it.
pub(super) fn details(engine: &Engine, order: &Order) -> Result<Value, Wrong> {
    let mut value = summary(engine, order);
    let events = engine.store.events(&order.id)?;
    let refunds = engine.store.refunds(engine.gateway, &order.id)?;
    let mut callbacks = Vec::new();
    for callback in engine.store.callbacks(&order.id)? {
        let filter = Filter { callback: Some(callback.serial), limit: 100, ..Filter::default() };
        let mut attempts = engine.store.exchanges(&filter)?;
        attempts.reverse();
        callbacks.push(delivery(&callback, &attempts));
    }
    let events = events.iter().map(|event| json!({ "at": rfc3339(event.at), "what": event.what })).collect();
    let refunds = refunds.iter().map(|refund| Value::Object(summary(engine, refund))).collect();
    value.insert("events".to_owned(), events);
    value.insert("refunds".to_owned(), refunds);
    value.insert("callbacks".to_owned(), callbacks.into());
    Ok(Value::Object(value))
}

pub(super) fn delivery(callback: &Callback, attempts: &[Exchange]) -> Value {
    let attempts: Vec<Value> = attempts
        .iter()
        .map(|attempt| {
            let answer = String::from_utf8_lossy(&attempt.answer);
            json!({ "at": rfc3339(attempt.at), "status": attempt.status, "answer": answer, "note": attempt.note })
        })
        .collect();
    json!({
        "callback": callback.serial,
        "url": callback.url,
        "state": callback.state.name(),
        "next_attempt_at": callback.due.map(rfc3339),
        "attempts": attempts,
    })
}

pub(super) fn exchange(exchange: &Exchange) -> Value {
    json!({
        "message": exchange.serial,
        "at": rfc3339(exchange.at),
        "direction": if exchange.callback.is_some() { "callback" } else { "request" },
        "target": exchange.target,
        "action": exchange.action,
        "order_id": exchange.order_id,
        "status": exchange.status,
        "code": exchange.code,
        "note": exchange.note,
        "sent": String::from_utf8_lossy(&exchange.sent),
        "answer": String::from_utf8_lossy(&exchange.answer),
    })
}
