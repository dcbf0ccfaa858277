//! Evaluates the next step of an order: from its position and the gateway's answer to its new position, and the event
//! to hand over, if any. Pure: it uses no database and no clock, so that every transition can be tested as a table.

mod case;
mod moves;
mod noted;
mod paid;
mod refund;
mod silence;
mod statement;
mod step;
#[cfg(test)]
mod tests;
mod unpaid;

pub(crate) use case::{Case, Found, Limits, Step};
pub(crate) use step::{evaluate, names_money};
