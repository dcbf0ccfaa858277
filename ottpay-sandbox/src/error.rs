//! Errors of the sandbox.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::fault::Fault;
use crate::order::{Act, OrderState};
use crate::scenario::ScenarioError;
use crate::store::ActError;

/// An error of the sandbox.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The gateway could not start: a setting is invalid, or the machine has no more threads or random numbers.
    #[error("the sandbox cannot start: {reason}")]
    #[non_exhaustive]
    Start {
        /// The reason, and what to do.
        reason: String,
    },
    /// The control token is too short, too long, or contains characters that a header cannot contain.
    #[error("the sandbox cannot start: {reason}")]
    #[non_exhaustive]
    ControlToken {
        /// The reason. It does not contain the token.
        reason: String,
    },
    /// The public URL is invalid: buyers could not open it.
    #[error("the sandbox cannot start: the public url {reason}")]
    #[non_exhaustive]
    PublicUrl {
        /// The reason.
        reason: String,
    },
    /// The certificate could not be created, read or stored.
    #[error("the sandbox cannot start: {reason}")]
    #[non_exhaustive]
    Certificate {
        /// The reason.
        reason: String,
    },
    /// The gateway could not listen on the address.
    #[error("the sandbox cannot listen on {address}: {source}{}", suggest_port(source))]
    #[non_exhaustive]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The cause.
        source: io::Error,
    },
    /// The database could not be opened, read or written.
    #[error("the sandbox cannot use {}: {source}", name_database(file.as_deref()))]
    #[non_exhaustive]
    Database {
        /// The database file, if it could not be opened.
        file: Option<PathBuf>,
        /// The cause: an error of SQLite or of the file system, or a file that belongs to another program.
        source: Box<dyn Error + Send + Sync>,
    },
    /// There is no order with this id.
    #[error("there is no order {order_id}")]
    #[non_exhaustive]
    NoSuchOrder {
        /// The order id.
        order_id: String,
    },
    /// The order does not have a callback with this number.
    #[error(
        "the order {order_id} has no callback {number}; callbacks are numbered from 1, in the order in which they were \
         due"
    )]
    #[non_exhaustive]
    NoSuchCallback {
        /// The order id.
        order_id: String,
        /// The number of the callback.
        number: u32,
    },
    /// The state of the order does not allow the act: the order is a refund, or is already paid, for example.
    #[error("the order {order_id} is {state}, so {act} is not possible")]
    #[non_exhaustive]
    WrongState {
        /// The order id.
        order_id: String,
        /// The state of the order.
        state: OrderState,
        /// The act.
        act: Act,
    },
    /// The order cannot have this tip or fee.
    #[error("the order {order_id} cannot be paid with these amounts: {reason}")]
    #[non_exhaustive]
    Extra {
        /// The order id.
        order_id: String,
        /// The reason.
        reason: &'static str,
    },
    /// The act was applied, but many other callbacks are in progress and this one was not attempted in time.
    #[error("the callback of the order {order_id} was not attempted within 15 seconds; the order's page shows it")]
    #[non_exhaustive]
    NotDelivered {
        /// The order id.
        order_id: String,
    },
    /// A fault, or a count of requests, names an action that does not exist.
    #[error(
        "unknown action {action}; expected a constant, such as ACTIVEPAY, or a method of the client, such as \
         active_pay"
    )]
    #[non_exhaustive]
    NoSuchAction {
        /// The name of the action.
        action: String,
    },
    /// The fault cannot happen to this action: a link has no digest, for example, and a query changes nothing.
    #[error(
        "the fault {} cannot happen to {}; choose another fault or action",
        fault.name(),
        name_action(action.as_deref())
    )]
    #[non_exhaustive]
    NeverHappens {
        /// The fault.
        fault: Fault,
        /// The action.
        action: Option<String>,
    },
    /// There are already a thousand planned faults that have not happened yet.
    #[error("a thousand faults are already planned; clear them, or plan them fewer times")]
    TooManyFaults,
    /// The number of requests differs from the expected number.
    #[error("expected {expected} of {of}, received {received}; the pages of the sandbox list every request")]
    #[non_exhaustive]
    Received {
        /// The expected number.
        expected: u64,
        /// The actual number.
        received: u64,
        /// The requests that were counted: `refused ACTIVEPAY requests about the order T1`.
        of: String,
    },
    /// The scenario does not match the specification. No step was played.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// A step of a scenario failed. Later steps were not played.
    #[error("{place}: {step}: {reason}")]
    #[non_exhaustive]
    Step {
        /// The place of the step in its file: `shop.yaml:4:5`.
        place: String,
        /// The step: `pay T1`.
        step: String,
        /// The reason.
        reason: String,
    },
    /// A planned refusal has a response code that means success.
    #[error("the code {code} means success; use a code that means failure, such as FAIL")]
    #[non_exhaustive]
    NoRefusal {
        /// The response code.
        code: &'static str,
    },
    /// A fault was planned zero times.
    #[error("the fault is planned 0 times; plan it at least once")]
    NoTimes,
}

impl ActError {
    /// Adds the order and the act to an error of the store.
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
        io::ErrorKind::AddrInUse => "; another program uses this port, so choose another one",
        _ => "",
    }
}

fn name_database(file: Option<&Path>) -> String {
    file.map_or_else(|| "its database".to_owned(), |file| format!("the database {}", file.display()))
}
