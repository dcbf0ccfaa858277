//! The future of an answer about a payment.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::follow_error::FollowError;
use crate::transport::BoxFuture;

/// Queries when it is awaited. Dropping it only loses the answer, because queries change nothing.
#[must_use = "nothing is queried until this is awaited"]
pub struct Following<T>(BoxFuture<'static, Result<T, FollowError>>);

impl<T> Following<T> {
    pub(super) fn new(asking: impl Future<Output = Result<T, FollowError>> + Send + 'static) -> Self {
        Self(Box::pin(asking))
    }

    /// Queries the order, and blocks the thread until there is an answer.
    ///
    /// For programs without an async runtime, instead of `.await`. Inside an async runtime this blocks a worker thread,
    /// so call it in `spawn_blocking`.
    ///
    /// # Errors
    /// [`FollowError`], as with `.await`.
    #[cfg(feature = "blocking")]
    pub fn wait(self) -> Result<T, FollowError> {
        pollster::block_on(self.0)
    }
}

impl<T> Future for Following<T> {
    type Output = Result<T, FollowError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context)
    }
}

impl<T> fmt::Debug for Following<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Following").finish_non_exhaustive()
    }
}
