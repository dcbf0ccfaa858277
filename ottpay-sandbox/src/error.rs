//! What can go wrong with a sandbox.

use crate::order::{Act, OrderState};

/// What can go wrong with a sandbox.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The gateway could not start.
    #[error("the sandbox cannot start: {reason}")]
    Start {
        /// Why.
        reason: String,
    },
    /// The database could not be read or written.
    #[error("the sandbox cannot use its database: {reason}")]
    Database {
        /// Why.
        reason: String,
    },
    /// There is no order with this id.
    #[error("there is no order {order_id}")]
    NoSuchOrder {
        /// The id.
        order_id: String,
    },
    /// The order is in no state for it: a refund, or paid already.
    #[error("the order {order_id} is {}, so {} cannot be done with it", state.name(), act.name())]
    WrongState {
        /// The id.
        order_id: String,
        /// Its state.
        state: OrderState,
        /// What was to be done.
        act: Act,
    },
    /// What the buyer was to add cannot be added to this order.
    #[error("the order {order_id} cannot be paid like this: {reason}")]
    Extra {
        /// The id.
        order_id: String,
        /// Why.
        reason: &'static str,
    },
    /// The order was acted upon, but its callback was not tried in time, as many others are under way.
    #[error("the callback of the order {order_id} was not tried within 15 seconds; look for it on the order's page")]
    NotDelivered {
        /// The id.
        order_id: String,
    },
    /// A thousand faults wait already.
    #[error("a thousand faults wait already, or this one was to happen no times")]
    TooManyFaults,
}
