//! Why a wait ended without a final answer.

use std::time::Duration;

use super::confirmed::Confirmed;
use super::follow_error::FollowError;
use crate::transport::TransportError;

/// Why a wait ended without a final answer. None of the variants states anything about the money: continue to follow
/// the order.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WaitError {
    /// The limit was reached before the order ended. This is neither success nor failure.
    #[error("the order has not ended after {} s (queries: {queries}); it may still be paid", elapsed.as_secs())]
    TimedOut {
        /// The last answer; the last error, if there was no answer; `None` if no query returned.
        last: Option<Box<Result<Confirmed, FollowError>>>,
        /// How long the wait lasted.
        elapsed: Duration,
        /// The number of queries.
        queries: u32,
    },
    /// Another query would not help.
    #[error(transparent)]
    Follow(#[from] FollowError),
    /// There is no clock: the caller is not in a Tokio runtime, and the system cannot start a thread for one.
    #[error("cannot wait without a clock: {0}")]
    NoClock(#[source] TransportError),
}
