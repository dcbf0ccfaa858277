//! A connection that is broken on purpose.

/// In the extensions of a response, this ends the connection instead of sending the response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disconnect {
    /// It is closed.
    Close,
    /// It is reset.
    Reset,
}

/// The connection is broken on demand.
#[derive(Debug, thiserror::Error)]
#[error("the connection is broken on demand")]
pub(crate) struct Disconnected(pub(crate) Disconnect);
