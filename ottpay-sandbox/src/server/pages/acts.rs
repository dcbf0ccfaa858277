//! Applies the acts of buttons, for buyers and developers.

use std::sync::Arc;

use axum::http::StatusCode;
use ottpay::{Amount, Currency};
use serde::Deserialize;

use super::problem::Problem;
use crate::engine::Engine;
use crate::order::{Act, Order};
use crate::store::ActError;

/// The fields of a form with buttons.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Pressed {
    pub(super) act: String,
    tip: String,
    convenience_fee: String,
}

/// Applies the act of a button, if it is one of these acts.
pub(super) async fn press(
    engine: &Arc<Engine>,
    order: &Order,
    pressed: &Pressed,
    allowed: &[&str],
    who: &'static str,
) -> Result<Order, Problem> {
    let act = read_act(pressed, allowed, order.currency).map_err(Problem::invalid)?;
    let acted = engine.act(&order.id, act, who).await;
    acted.map(|(order, _)| order).map_err(|error| match error {
        ActError::WrongState(state) => {
            Problem { status: StatusCode::CONFLICT, text: format!("too late: the order is already {}", state.name()) }
        }
        ActError::Extra(reason) => Problem::invalid(reason),
        error => error.into_sandbox_error(&order.id, act).into(),
    })
}

fn read_act(pressed: &Pressed, allowed: &[&str], currency: Currency) -> Result<Act, String> {
    let known = Act::NAMES.into_iter().find(|(name, _)| *name == pressed.act && allowed.contains(name));
    match known {
        Some((_, Act::Pay { .. })) => Ok(Act::Pay {
            tip: parse_extra(&pressed.tip, currency)?,
            fee: parse_extra(&pressed.convenience_fee, currency)?,
        }),
        Some((_, act)) => Ok(act),
        None => Err(format!("act: expected {}", allowed.join(", "))),
    }
}

/// Parses an amount that the buyer adds, in major units.
fn parse_extra(text: &str, currency: Currency) -> Result<Option<Amount>, String> {
    match text.trim() {
        "" => Ok(None),
        text => Amount::parse(text, currency).map(Some).map_err(|error| error.to_string()),
    }
}
