//! Slows down clients that guess the control token.

use std::time::Duration;

use tokio::sync::Semaphore;

/// The delay of the response to a wrong token.
const DELAY: Duration = Duration::from_millis(500);

/// The maximum number of delayed responses at once: each occupies a connection.
const MAX_DELAYED: usize = 16;

/// Delays the responses to wrong tokens.
///
/// All clients share one limit, because all clients of a proxy have the same address. A correct token is never delayed.
/// Guesses are slowed down, but their number is not limited.
#[derive(Debug)]
pub(crate) struct Brake(Semaphore);

impl Brake {
    pub(crate) fn new() -> Self {
        Self(Semaphore::new(MAX_DELAYED))
    }

    /// Waits until the response to a wrong token may be sent.
    ///
    /// # Errors
    /// Returns [`Crowded`] at once if too many responses are delayed already.
    pub(crate) async fn delay_answer(&self) -> Result<(), Crowded> {
        let Ok(_permit) = self.0.try_acquire() else { return Err(Crowded) };
        tokio::time::sleep(DELAY).await;
        Ok(())
    }
}

/// Too many clients have sent a wrong token at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many wrong tokens; try again later")]
pub(crate) struct Crowded;
