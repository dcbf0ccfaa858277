//! A read that is being sent.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use super::connection::Client;
use super::retry::Retry;
use super::underway::{Exchange, Options, Underway};
use crate::error::AskError;
use crate::reply::Reply;
use crate::request::{InvalidRequest, Values};
use crate::spec::ActionInfo;
#[cfg(feature = "blocking")]
use crate::transport::Clock;

/// A read, sent when this value is awaited: once, or as often as [`retry`](Self::retry) allows.
///
/// It is an ordinary future, so `tokio::spawn` accepts it. Its options are fixed at the first poll. Dropping it is
/// harmless, because a read changes nothing.
#[must_use = "the request is not sent until this is awaited"]
pub struct Asking<R> {
    exchange: Exchange,
    // A reply is returned and never contained, so the future is `Send` and `Unpin` whatever the reply is.
    reply: PhantomData<fn() -> R>,
}

impl<R> Asking<R> {
    fn with_options(self, change: impl FnOnce(&mut Options)) -> Self {
        Self { exchange: self.exchange.with_options(change), ..self }
    }

    /// Repeats the request if it gets no reply and another attempt may succeed: [`AskError::is_transient`].
    ///
    /// Only reads have this method; a write is never repeated. It needs no Tokio runtime. Inside one, the delays follow
    /// its clock.
    pub fn retry(self, retry: Retry) -> Self {
        self.with_options(|options| options.retry = Some(retry))
    }

    /// Sets how long each exchange may take, instead of the client's timeout.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with_options(|options| options.timeout = Some(timeout))
    }

    /// Sends the request and blocks the thread until there is a reply or the limits have passed.
    ///
    /// For programs without an async runtime, instead of `.await`. The delays of a [`retry`](Self::retry) are real
    /// time. Inside an async runtime this blocks a worker thread, so call it in `spawn_blocking`.
    ///
    /// # Errors
    /// [`AskError`], as with `.await`.
    #[cfg(feature = "blocking")]
    pub fn wait(self) -> Result<R, AskError>
    where
        R: Reply,
    {
        // This is not the clock of a runtime, because the thread that is blocked here may be the runtime's only one.
        pollster::block_on(self.with_options(|options| options.clock = Clock::Thread))
    }

    /// Overrides the action's constant, where the vendor's pages disagree about it.
    pub fn action(self, action: impl Into<String>) -> Self {
        self.with_options(|options| options.own.action = Some(action.into()))
    }

    /// Overrides the action's version.
    pub fn version(self, version: impl Into<String>) -> Self {
        self.with_options(|options| options.own.version = Some(version.into()))
    }

    /// Overrides the action's path, for example `/processV3`. The path begins with a slash.
    pub fn path(self, path: impl Into<String>) -> Self {
        self.with_options(|options| options.own.path = Some(path.into()))
    }
}

impl<R: Reply> Underway<R> for Asking<R> {
    type Error = AskError;

    fn prepare(client: Client, info: &'static ActionInfo, request: Result<Values, InvalidRequest>) -> Self {
        Self { exchange: Exchange::new(client, info, request), reply: PhantomData }
    }
}

impl<R: Reply> Future for Asking<R> {
    type Output = Result<R, AskError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // A failed read states nothing about the money, so no outcome is reported (docs/safety.md, T2).
        self.exchange.poll_reply(context, |_: &AskError| None)
    }
}

impl<R> fmt::Debug for Asking<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asking").field("request", &self.exchange).finish_non_exhaustive()
    }
}
