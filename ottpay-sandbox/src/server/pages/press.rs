//! Carries out the buttons and forms on an order's page.

use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::acts::{Pressed, press};
use super::buttons::{FaultForm, plan_fault};
use super::order::render_order;
use super::problem::{Problem, find_order};
use crate::address::encode_order_id;
use crate::engine::Engine;
use crate::order::{Act, Order};
use crate::server::blocking::run_blocking;

/// The fields of the page's forms: an act, a fault, or the number of a callback to resend.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    #[serde(flatten)]
    pressed: Pressed,
    #[serde(flatten)]
    fault: FaultForm,
    resend: String,
}

pub(super) async fn press_button(
    State(engine): State<Arc<Engine>>,
    Path(order_id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    let found = find_order(&engine, &order_id).await?;
    // Each form of the page fills other fields, which tells the forms apart.
    let done = match (&*sent.fault.fault, &*sent.resend) {
        ("", "") => {
            // A developer may apply all acts.
            let acts = Act::NAMES.map(|(name, _)| name);
            press(&engine, &found, &sent.pressed, &acts, "the developer").await
        }
        ("", number) => resend(&engine, &found, number).await.map(|()| found.clone()),
        _ => plan_fault(&engine, &found, &sent.fault).map(|()| found.clone()),
    };
    match done {
        Ok(order) => Ok(Redirect::to(&format!("/sandbox/order/{}", encode_order_id(&order.id))).into_response()),
        Err(Problem { status, text }) => {
            run_blocking(move || {
                let order = engine.find(&order_id)?.unwrap_or(found);
                render_order(&engine, &order, status, Some(text))
            })
            .await
        }
    }
}

/// Resends a callback of the order. Returns when it is queued.
async fn resend(engine: &Engine, order: &Order, number: &str) -> Result<(), Problem> {
    let parsed = number.parse().map_err(|_| Problem::invalid("resend: expected the number of a callback"))?;
    let sent = engine.resend(&order.id, parsed, "the developer").await;
    sent.map(drop).map_err(|error| Problem::invalid(error.to_string()))
}
