//! Follows a payment or refund to its end: what to store about it, and what the gateway reports.
//!
//! [`Tracked`] is what to store before a request is sent. [`confirm`](crate::Client::confirm) queries the state of an
//! order, [`resolve`](crate::Client::resolve) finds out what happened to a request whose reply was lost, and
//! [`wait`](crate::Client::wait) queries until the order has ended. They use the queries that the specification names
//! for the action.

mod attempt;
mod changes;
mod confirm;
mod confirmed;
mod follow_error;
mod following;
mod judge;
mod polling;
mod resolve;
mod statement;
mod stored;
mod tracked;
mod wait;
mod wait_error;
#[cfg(feature = "serde")]
mod written;

pub use attempt::Proof;
pub use changes::Changes;
pub use confirmed::{
    Confirmed, CurrencyBasis, Echo, Ended, GivenBack, Mismatch, NoAnswer, Payment, Reservation, Unclear,
};
pub use follow_error::FollowError;
pub use following::Following;
pub use resolve::Resolved;
pub use stored::TrackedError;
pub use tracked::{Trackable, Tracked};
pub use wait::Wait;
pub use wait_error::WaitError;
