//! Why a wait has no end.

use std::time::Duration;

use super::confirmed::Confirmed;
use super::follow_error::FollowError;
use crate::transport::TransportError;

/// Why a wait has no end. None of these says anything about the money: the order is still to be followed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WaitError {
    /// The limit was reached before the order had an end. That is neither success nor failure.
    #[error("no end after {} s and {queries} queries; the order may still be paid", elapsed.as_secs())]
    TimedOut {
        /// The last answer; the last error, if there was no answer; nothing, if no query came back.
        last: Option<Box<Result<Confirmed, FollowError>>>,
        /// The time waited.
        elapsed: Duration,
        /// How many times the gateway was asked.
        queries: u32,
    },
    /// Asking again would not help.
    #[error(transparent)]
    Follow(#[from] FollowError),
    /// There is no clock to wait by: not in a Tokio runtime, and the system gives no thread for one.
    #[error("there is no clock to wait by: {0}")]
    NoClock(#[source] TransportError),
}
