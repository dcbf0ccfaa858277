//! The subcommands, a file each.

pub(crate) mod actions;
pub(crate) mod call;
pub(crate) mod explain;
pub(crate) mod listen;
pub(crate) mod open;
pub(crate) mod sandbox;
pub(crate) mod seal;
pub(crate) mod shell;
pub(crate) mod spec;
