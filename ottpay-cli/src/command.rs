//! The subcommands, one file each.

pub(crate) mod actions;
pub(crate) mod call;
pub(crate) mod completions;
pub(crate) mod explain;
pub(crate) mod ledger;
pub(crate) mod listen;
pub(crate) mod man;
pub(crate) mod open;
pub(crate) mod sandbox;
pub(crate) mod seal;
pub(crate) mod spec;
pub(crate) mod trigger;
