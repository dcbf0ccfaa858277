//! Breaks a connection on purpose.

/// A response extension that ends the connection instead of sending the response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disconnect {
    /// Closes the connection.
    Close,
    /// Resets the connection.
    Reset,
}

/// The error that ends a connection on request.
#[derive(Debug, thiserror::Error)]
#[error("the connection ends without a response, as the handler requested")]
pub(crate) struct Disconnected(pub(crate) Disconnect);
