//! A connection that a fault breaks.

/// In the extensions of a response, this ends the connection instead of sending the response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disconnect {
    Close,
    Reset,
}

/// The connection is broken on demand.
#[derive(Debug, thiserror::Error)]
#[error("the connection is broken on demand")]
pub(super) struct Disconnected(pub(super) Disconnect);
