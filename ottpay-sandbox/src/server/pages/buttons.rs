//! The buttons on the page of an order: acts that its state allows, and faults that can be planned for it.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::acts::{Pressed, Problem, press};
use super::order::render_order;
use super::render::{report_database, report_unknown_order};
use crate::address::encode_order_id;
use crate::engine::Engine;
use crate::fault::Fault;
use crate::order::{Act, Order, OrderState};
use crate::planned_fault::PlannedFault;

/// What a developer can do: everything.
const ACTS: &[&str] = &["pay", "decline", "cancel", "expire", "capture", "release"];

/// A button for an act.
pub(super) struct Button {
    pub(super) act: &'static str,
    pub(super) doc: &'static str,
}

/// The acts that the state of the order allows.
pub(super) fn list_buttons(engine: &Engine, order: &Order) -> Vec<Button> {
    let describe = |act: Act| match act {
        Act::Pay { .. } => "the buyer pays, or the refund is carried out",
        Act::Decline => "the wallet or the bank says no",
        Act::Cancel => "the buyer goes away",
        Act::Expire => "time runs out",
        Act::Capture => "the bank takes what it reserved",
        Act::Release => "the bank lets go of what it reserved",
    };
    let acts = engine.list_possible_acts(order).into_iter();
    acts.map(|act| Button { act: act.name(), doc: describe(act) }).collect()
}

/// The faults that can happen to requests about this order, or to a callback that it may still have.
pub(super) fn list_faults(engine: &Engine, order: &Order) -> Vec<Fault> {
    let is_pending = matches!(order.state, OrderState::Created | OrderState::Processing);
    let can_happen = |fault: &Fault| match fault.is_of_callback() {
        true => is_pending && order.callback_url.is_some() && fault.can_happen_to(order.action),
        false => engine.gateway().actions.iter().any(|info| fault.can_happen_to(info)),
    };
    Fault::ALL.iter().copied().filter(can_happen).collect()
}

/// What a form of the page sends: an act, or a fault.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    #[serde(flatten)]
    pressed: Pressed,
    fault: String,
    times: String,
    delay_ms: String,
}

pub(super) async fn press_button(
    State(engine): State<Arc<Engine>>,
    Path(order_id): Path<String>,
    Form(sent): Form<Sent>,
) -> Response {
    let found = match engine.find(&order_id) {
        Ok(Some(order)) => order,
        Ok(None) => return report_unknown_order(&order_id),
        Err(error) => return report_database(&error),
    };
    let done = match &*sent.fault {
        "" => press(&engine, &found, &sent.pressed, ACTS, "the developer").await,
        _ => plan_fault(&engine, &found, &sent).map(|()| found.clone()),
    };
    match done {
        Ok(order) => Redirect::to(&format!("/sandbox/order/{}", encode_order_id(&order.id))).into_response(),
        Err(Problem { status, text }) => match engine.find(&order_id) {
            Ok(order) => render_order(&engine, &order.unwrap_or(found), status, Some(text)),
            Err(error) => report_database(&error),
        },
    }
}

fn plan_fault(engine: &Engine, order: &Order, sent: &Sent) -> Result<(), Problem> {
    let fault = Fault::named(&sent.fault);
    let fault = fault.ok_or_else(|| Problem::invalid(format!("fault: no such fault {:.40}", sent.fault)))?;
    let number = |name: &str, text: &str| match text.trim() {
        "" => Ok(None),
        text => {
            let number = text.parse::<u32>();
            number
                .map(Some)
                .map_err(|_| Problem::invalid(format!("{name}: expected a whole number up to {}", u32::MAX)))
        }
    };
    let mut planned = PlannedFault::new(fault).order_id(&order.id);
    if let Some(times) = number("times", &sent.times)? {
        planned = planned.times(times);
    }
    if let Some(delay) = number("delay", &sent.delay_ms)? {
        planned = planned.delay(Duration::from_millis(delay.into()));
    }
    engine.add_fault(planned).map_err(|error| Problem::invalid(error.to_string()))
}
