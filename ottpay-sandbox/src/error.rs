//! What can go wrong with a sandbox.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::fault::Fault;
use crate::order::{Act, OrderState};
use crate::scenario::ScenarioError;
use crate::store::ActError;

/// What can go wrong with a sandbox.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The gateway could not start: a setting is wrong, or the machine gives no thread or no random numbers.
    #[error("the sandbox cannot start: {reason}")]
    #[non_exhaustive]
    Start {
        /// Why, and what to do.
        reason: String,
    },
    /// The control token is too short, too long, or contains characters that cannot be sent.
    #[error("the sandbox cannot start: {reason}")]
    #[non_exhaustive]
    ControlToken {
        /// What is wrong with it. The token is not shown.
        reason: String,
    },
    /// The public URL is not one that buyers can open.
    #[error("the sandbox cannot start: the public url {reason}")]
    #[non_exhaustive]
    PublicUrl {
        /// What is wrong with it.
        reason: String,
    },
    /// The certificate cannot be made, read or kept.
    #[error("the sandbox cannot start: {reason}")]
    #[non_exhaustive]
    Certificate {
        /// Why.
        reason: String,
    },
    /// The gateway could not listen on the address.
    #[error("the sandbox cannot listen on {address}: {source}{}", suggest_port(source))]
    #[non_exhaustive]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The database could not be opened, read or written.
    #[error("the sandbox cannot use {}: {source}", name_database(file.as_deref()))]
    #[non_exhaustive]
    Database {
        /// Its file, if it could not be opened.
        file: Option<PathBuf>,
        /// Why: an error of SQLite or of the file system, or the owner of the file.
        source: Box<dyn Error + Send + Sync>,
    },
    /// There is no order with this id.
    #[error("there is no order {order_id}")]
    #[non_exhaustive]
    NoSuchOrder {
        /// The id.
        order_id: String,
    },
    /// The order has no callback with this number.
    #[error(
        "the order {order_id} has no callback {number}; its callbacks are counted from 1, in the order in which they were due"
    )]
    #[non_exhaustive]
    NoSuchCallback {
        /// The id.
        order_id: String,
        /// The number.
        number: u32,
    },
    /// The act cannot be applied to the order in its state: a refund, or paid already.
    #[error("the order {order_id} is {state}, so {act} cannot be done with it")]
    #[non_exhaustive]
    WrongState {
        /// The id.
        order_id: String,
        /// Its state.
        state: OrderState,
        /// The act.
        act: Act,
    },
    /// The tip or the fee cannot be added to this order.
    #[error("the order {order_id} cannot be paid like this: {reason}")]
    #[non_exhaustive]
    Extra {
        /// The id.
        order_id: String,
        /// Why.
        reason: &'static str,
    },
    /// The act was applied, but the callback was not tried in time, as many others are under way.
    #[error("the callback of the order {order_id} was not tried within 15 seconds; look for it on the order's page")]
    #[non_exhaustive]
    NotDelivered {
        /// The id.
        order_id: String,
    },
    /// An action is unknown: that of a fault, or of requests to count.
    #[error(
        "there is no action {action}; give a constant, such as ACTIVEPAY, or a method of the client, such as active_pay"
    )]
    #[non_exhaustive]
    NoSuchAction {
        /// Its name.
        action: String,
    },
    /// A fault was asked for an action to which it cannot happen: a link has no digest, a query nothing under way.
    #[error("the fault {} cannot happen to {}; choose another one of the two", fault.name(), name_action(action.as_deref()))]
    #[non_exhaustive]
    NeverHappens {
        /// The fault.
        fault: Fault,
        /// The action.
        action: Option<String>,
    },
    /// A thousand faults wait already.
    #[error("a thousand faults wait already; clear those that did not happen, or give them fewer times")]
    TooManyFaults,
    /// Another number of requests has arrived than was expected.
    #[error("expected {expected} of {of}, received {received}; the pages of the sandbox list every request")]
    #[non_exhaustive]
    Received {
        /// How many were expected.
        expected: u64,
        /// How many have arrived.
        received: u64,
        /// Which: `refused ACTIVEPAY requests about the order T1`.
        of: String,
    },
    /// The scenario does not fit the specification; nothing was played.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// A step of a scenario failed; those after it were not played.
    #[error("{place}: {step}: {reason}")]
    #[non_exhaustive]
    Step {
        /// Where it is written: `shop.yaml:4:5`.
        place: String,
        /// What it does: `pay T1`.
        step: String,
        /// Why it failed.
        reason: String,
    },
    /// A refusal was to have a response code that accepts the request.
    #[error("the code {code} accepts a request; give one that refuses it, such as FAIL")]
    #[non_exhaustive]
    NoRefusal {
        /// The code.
        code: &'static str,
    },
    /// A fault was asked for zero times.
    #[error("the fault was to happen 0 times; let it happen at least once")]
    NoTimes,
}

impl ActError {
    /// The same error with the order and the act that it is about.
    pub(crate) fn into_sandbox_error(self, order_id: &str, act: Act) -> SandboxError {
        let order_id = order_id.to_owned();
        match self {
            Self::NoSuchOrder => SandboxError::NoSuchOrder { order_id },
            Self::WrongState(state) => SandboxError::WrongState { order_id, state, act },
            Self::Extra(reason) => SandboxError::Extra { order_id, reason },
            Self::Sqlite(error) => error.into(),
        }
    }
}

impl From<rusqlite::Error> for SandboxError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database { file: None, source: error.into() }
    }
}

fn name_action(action: Option<&str>) -> &str {
    action.unwrap_or("any action")
}

fn suggest_port(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrInUse => "; another program listens there, choose another port",
        _ => "",
    }
}

fn name_database(file: Option<&Path>) -> String {
    file.map_or_else(|| "its database".to_owned(), |file| format!("the database {}", file.display()))
}
