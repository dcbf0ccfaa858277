//! The answers during a wait as a stream.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::confirmed::Confirmed;
use super::polling::Polling;
use super::wait_error::WaitError;
use crate::transport::{BoxFuture, Clock};

/// A stream of the answers that differ from the previous one, see [`Wait::changes`](super::Wait::changes). It needs no
/// Tokio runtime; inside one, it uses the runtime's clock.
#[must_use = "nothing is queried until the stream is read"]
pub struct Changes(State);

type Item = Result<Confirmed, WaitError>;

/// An item of the stream, and the polling that continues it, if it does.
type Step = (Item, Option<Polling>);

enum State {
    Waiting(Box<dyn FnOnce() -> Polling + Send>),
    Asking(BoxFuture<'static, Step>),
    Over,
}

impl Changes {
    pub(super) fn new(start: impl FnOnce() -> Polling + Send + 'static) -> Self {
        Self(State::Waiting(Box::new(start)))
    }
}

/// Polls until the wait has ended, or an answer differs.
async fn poll_until_change(mut polling: Polling) -> Step {
    let work = async move {
        let shown = polling.latest_answer().cloned();
        loop {
            if let Some(end) = polling.run_round().await {
                return (end, None);
            }
            if let Some(answer) = polling.latest_answer().filter(|answer| Some(*answer) != shown.as_ref()) {
                return (Ok(answer.clone()), Some(polling));
            }
        }
    };
    Clock::Runtime.run(work).await.unwrap_or_else(|error| (Err(WaitError::NoClock(error)), None))
}

impl Stream for Changes {
    type Item = Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Item>> {
        // Calling the closure consumes it, so it is first replaced. If it panics, the stream is over.
        if let State::Waiting(_) = &self.0
            && let State::Waiting(start) = std::mem::replace(&mut self.0, State::Over)
        {
            self.0 = State::Asking(Box::pin(poll_until_change(start())));
        }
        let State::Asking(asking) = &mut self.0 else { return Poll::Ready(None) };
        let (item, polling) = ready!(asking.as_mut().poll(context));
        self.0 = match polling {
            Some(polling) => State::Asking(Box::pin(poll_until_change(polling))),
            None => State::Over,
        };
        Poll::Ready(Some(item))
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes").finish_non_exhaustive()
    }
}
