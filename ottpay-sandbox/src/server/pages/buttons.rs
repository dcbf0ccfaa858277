//! The buttons on an order's page: acts that its state allows, and faults that can be planned for it.

use std::time::Duration;

use serde::Deserialize;

use super::problem::Problem;
use crate::engine::Engine;
use crate::fault::Fault;
use crate::order::{Act, Order, OrderState};
use crate::planned_fault::PlannedFault;

/// A button for an act.
pub(super) struct Button {
    pub(super) act: &'static str,
    pub(super) doc: &'static str,
}

/// Lists the acts that the order's state allows.
pub(super) fn list_buttons(engine: &Engine, order: &Order) -> Vec<Button> {
    let describe = |act: Act| match act {
        Act::Pay { .. } => "the buyer pays, or the refund is carried out",
        Act::Decline => "the wallet or the bank declines",
        Act::Cancel => "the buyer cancels the payment",
        Act::Expire => "the order expires unpaid",
        Act::Capture => "the bank captures the reserved amount",
        Act::Release => "the bank releases the reserved amount",
    };
    let acts = engine.list_possible_acts(order).into_iter();
    acts.map(|act| Button { act: act.name(), doc: describe(act) }).collect()
}

/// Lists the faults that can happen to requests about this order, or to a callback that it may still have.
pub(super) fn list_faults(engine: &Engine, order: &Order) -> Vec<Fault> {
    let is_pending = matches!(order.state, OrderState::Created | OrderState::Processing);
    let can_happen = |fault: &Fault| match fault.is_of_callback() {
        true => is_pending && order.callback_url.is_some() && fault.can_happen_to(order.action),
        false => engine.gateway().actions.iter().any(|info| fault.can_happen_to(info)),
    };
    Fault::ALL.iter().copied().filter(can_happen).collect()
}

/// The fields of the form that plans a fault.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct FaultForm {
    pub(super) fault: String,
    times: String,
    delay_ms: String,
}

/// Plans the fault in a form for an order.
pub(super) fn plan_fault(engine: &Engine, order: &Order, form: &FaultForm) -> Result<(), Problem> {
    let fault = Fault::from_name(&form.fault);
    let fault = fault.ok_or_else(|| Problem::invalid(format!("fault: unknown fault {:.40}", form.fault)))?;
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
    if let Some(times) = number("times", &form.times)? {
        planned = planned.times(times);
    }
    if let Some(delay) = number("delay", &form.delay_ms)? {
        planned = planned.delay(Duration::from_millis(delay.into()));
    }
    engine.add_fault(planned).map_err(|error| Problem::invalid(error.to_string()))
}
