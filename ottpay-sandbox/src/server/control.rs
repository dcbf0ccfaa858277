//! The control interface: controls the sandbox from tests written in any language, in JSON.

mod assumptions;
mod body;
mod call;
mod clock;
mod errors;
mod faults;
mod messages;
mod orders;
mod rates;
mod received;
mod status;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};

use crate::engine::Engine;
use call::CallError;

pub(super) use errors::{is_call, report_errors_as_json};
pub(super) use status::report_ready;

pub(super) fn control_router() -> Router<Arc<Engine>> {
    Router::new()
        .route("/status", get(status::show_status))
        .route("/orders", get(orders::list_orders))
        .route("/orders/{order_id}", get(orders::show_order))
        .route("/orders/{order_id}/{act}", post(orders::apply_act))
        .route("/orders/{order_id}/callbacks/{number}/resend", post(orders::resend_callback))
        .route("/messages", get(messages::list_messages))
        .route("/received", get(received::count_requests))
        .route("/faults", get(faults::list_faults).post(faults::add_fault).delete(faults::clear_faults))
        .route("/assumptions", get(assumptions::list_assumptions).post(assumptions::set_assumptions))
        .route("/clock", get(clock::show_clock).post(clock::advance_clock))
        .route("/rates", get(rates::list_rates).post(rates::set_rates))
        .fallback(report_unknown_call)
}

async fn report_unknown_call() -> CallError {
    let calls = "status, orders, orders/{order_id}, orders/{order_id}/{act}, \
                 orders/{order_id}/callbacks/{number}/resend, messages, received, faults, assumptions, clock and rates";
    CallError(StatusCode::NOT_FOUND, format!("unknown call; the calls below /sandbox are {calls}"))
}
