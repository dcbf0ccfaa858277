//! Slows down a client that guesses the control token.

use std::time::Duration;

use tokio::sync::Semaphore;

/// How long the answer to a wrong token is delayed.
const DELAY: Duration = Duration::from_millis(500);

/// How many answers are delayed at once: each occupies a connection.
const MAX_DELAYED: usize = 16;

/// Delays the answers to wrong tokens. It knows no addresses, which a proxy would make the same for all clients, and it never
/// delays the right token: guesses are slowed down, but their number is not limited.
#[derive(Debug)]
pub(crate) struct Brake(Semaphore);

impl Brake {
    pub(crate) fn new() -> Self {
        Self(Semaphore::new(MAX_DELAYED))
    }

    /// Waits until a wrong token may be answered.
    ///
    /// # Errors
    /// [`Crowded`], at once, if too many answers are delayed already.
    pub(crate) async fn delay_answer(&self) -> Result<(), Crowded> {
        let Ok(_permit) = self.0.try_acquire() else { return Err(Crowded) };
        tokio::time::sleep(DELAY).await;
        Ok(())
    }
}

/// Too many wrong tokens at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many wrong tokens at once; try again later")]
pub(crate) struct Crowded;
