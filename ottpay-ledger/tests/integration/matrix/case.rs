//! A case of the matrix: the fault, the shop's operation, who keeps its orders, and how the gateway behaves.

use std::fmt;

use ottpay_sandbox::Assumption;

use super::fault::Fault;
use super::operation::Operation;

/// Who knows the shop's orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Holder {
    /// A client, and what the test remembers according to its documentation.
    Client,
    Sqlite,
    Postgres,
}

impl Holder {
    pub(crate) const ALL: [Self; 3] = [Self::Client, Self::Sqlite, Self::Postgres];
}

#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) fault: Fault,
    pub(crate) operation: Operation,
    pub(crate) holder: Holder,
    /// Those that are not the default.
    pub(crate) assumptions: Vec<Assumption>,
    /// Whether the buyer adds a tip and pays a fee.
    pub(crate) has_extras: bool,
}

impl Case {
    pub(crate) fn assumes(&self, assumption: impl Into<Assumption>) -> bool {
        self.assumptions.contains(&assumption.into())
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} | {} | {:?}", self.fault.name(), self.operation.method(), self.holder)?;
        for assumption in &self.assumptions {
            write!(f, " {}={}", assumption.question(), assumption.value())?;
        }
        f.write_str(if self.has_extras { " with tip and fee" } else { "" })
    }
}

/// How a case ended: what was known at first, and what was known in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) first: String,
    pub(crate) last: String,
    /// Why the shop cannot know, given the gateway's assumed behaviour.
    pub(crate) because: Option<&'static str>,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.first == self.last {
            true => f.write_str(&self.last),
            false => write!(f, "{}, then {}", self.first, self.last),
        }
    }
}
