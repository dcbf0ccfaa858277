//! The next step of an order: from its position and what the gateway answered to its position afterwards, and the event to hand
//! over, if there is one. Pure: no database, no clock of its own.

mod case;
mod moves;
mod noted;
mod paid;
mod refund;
mod said;
mod silence;
mod step;
#[cfg(test)]
mod tests;
mod unpaid;

pub(crate) use case::{Case, Found, Limits, Step};
pub(crate) use step::{evaluate, names_money};
