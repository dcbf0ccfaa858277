//! Where a process waits until the search lets it go on, and how it may go on.

use std::fmt;

/// What a process does next.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Point {
    /// The first statement of a transaction, by what the transaction does.
    Begin(&'static str),
    /// The shop's handler, inside of the transaction of its event.
    Handler,
    Commit,
    /// A request that moves money under this id leaves.
    Write(String),
    /// A query about this id leaves.
    Query(String),
}

/// How a process continues. Everything except [`Goes`](Self::Goes) is a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Outcome {
    Goes,
    /// The database is away.
    Away,
    /// The handler fails after it has written.
    Fails,
    NotCommitted,
    /// Committed, and the answer is lost.
    LostCommitted,
    /// Rolled back, and the answer is lost.
    LostRolledBack,
    /// The request does not leave.
    NotSent,
    /// The gateway refuses it.
    Refused,
    /// It is lost on the way to the gateway.
    LostRequest,
    /// The gateway carries it out, and the reply is lost.
    LostReply,
}

impl Point {
    /// Every way to go on; without faults there is one.
    pub(crate) fn outcomes(&self, has_faults: bool) -> &'static [Outcome] {
        use Outcome::{
            Away, Fails, Goes, LostCommitted, LostReply, LostRequest, LostRolledBack, NotCommitted, NotSent, Refused,
        };
        match self {
            _ if !has_faults => &[Goes],
            Self::Begin(_) => &[Goes, Away],
            Self::Handler => &[Goes, Fails],
            Self::Commit => &[Goes, NotCommitted, LostCommitted, LostRolledBack],
            Self::Write(_) => &[Goes, NotSent, Refused, LostRequest, LostReply],
            Self::Query(_) => &[Goes, LostReply],
        }
    }

    /// Whether a transaction is open, so that no other process can do anything to the database.
    pub(crate) fn is_in_transaction(&self) -> bool {
        matches!(self, Self::Handler | Self::Commit)
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Begin(what) => write!(f, "begin: {what}"),
            Self::Handler => f.write_str("handler"),
            Self::Commit => f.write_str("commit"),
            Self::Write(id) => write!(f, "send {id}"),
            Self::Query(id) => write!(f, "query {id}"),
        }
    }
}
