//! Says in the log how an envelope opens, or where it does not: what everybody fights with first.

use crate::engine::Engine;

/// The steps of a message that could not be opened.
pub(crate) fn log(_engine: &Engine, _body: &[u8]) {}
