//! What may happen next in a world.

use std::fmt;

use super::point::{Outcome, Point};

/// Something that happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    /// A process is started.
    Start(Task),
    /// A process continues from one of the points at which it waits.
    Resume { process: usize, nth: usize, point: Point, outcome: Outcome },
    /// A process is killed.
    Kill(usize),
    /// The buyer pays.
    Pay(String),
    /// The gateway closes an order.
    Close(String),
    /// Time passes until something is due, or a lease ends.
    Wait,
}

/// What a process does.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Task {
    /// One of the world's deeds.
    Deed(usize),
    /// Checks once for due work, and does it.
    Round,
    /// Asks once for an event, and completes it in a transaction of the shop's own.
    Claim,
    /// Accepts a callback that reports this order as paid.
    Callback { id: String, is_forged: bool },
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(task) => write!(f, "starts {task:?}"),
            Self::Resume { process, point, outcome: Outcome::Goes, .. } => write!(f, "{process}: {point}"),
            Self::Resume { process, point, outcome, .. } => write!(f, "{process}: {point}: {outcome:?}"),
            Self::Kill(process) => write!(f, "{process} is killed"),
            Self::Pay(id) => write!(f, "the buyer pays {id}"),
            Self::Close(id) => write!(f, "the gateway closes {id}"),
            Self::Wait => f.write_str("time passes"),
        }
    }
}
