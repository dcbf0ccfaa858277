//! The next step of an order: from its position and what the gateway answered to its position afterwards, and the event to hand
//! over, if there is one. Pure: no database, no clock of its own.

mod case;

#[allow(unused_imports, reason = "the function that uses them comes next")]
pub(crate) use case::{Case, Found, Limits, Next, Step};
