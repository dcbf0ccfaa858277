//! A payment or refund on its way to its end: what to remember of it, and what the gateway says about it.
//!
//! [`Tracked`] is what to store before a request is sent. [`confirm`](crate::Client::confirm) asks for its state,
//! [`resolve`](crate::Client::resolve) says what became of a request whose reply is lost, and
//! [`wait`](crate::Client::wait) asks until there is an end. Each asks by the queries that the specification gives the
//! action.

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
