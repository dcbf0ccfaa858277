//! A write that is being sent.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use super::connection::Client;
use super::retry::Retry;
use super::underway::{Exchange, Options, Underway};
use crate::error::Error;
use crate::reply::Reply;
use crate::request::{InvalidRequest, Values};
use crate::spec::ActionInfo;

/// A write, which may move money: sent once, when this value is awaited.
///
/// It is an ordinary future, so `tokio::spawn` accepts it. Its options are fixed at the first poll. If it is dropped
/// after that, the outcome is unknown.
#[must_use = "the request is not sent until this is awaited"]
pub struct Sending<R> {
    exchange: Exchange,
    reply: PhantomData<fn() -> R>,
}

impl<R> Sending<R> {
    fn with_options(self, change: impl FnOnce(&mut Options)) -> Self {
        Self { exchange: self.exchange.with_options(change), ..self }
    }

    /// Sets how long this exchange may take, instead of the client's timeout.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with_options(|options| options.timeout = Some(timeout))
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

    /// Sends the request and blocks the thread until there is a reply or the timeout has passed.
    ///
    /// For programs without an async runtime, instead of `.await`. Inside an async runtime this blocks a worker thread,
    /// so call it in `spawn_blocking`.
    ///
    /// # Errors
    /// [`Error`], as with `.await`.
    #[cfg(feature = "blocking")]
    pub fn wait(self) -> Result<R, Error>
    where
        R: Reply,
    {
        // Unlike a read, a write has no delays, so it needs no clock.
        pollster::block_on(self)
    }

    /// Never callable: its bound makes the compiler explain why a write cannot be repeated.
    #[doc(hidden)]
    pub fn retry(self, _: Retry) -> Self
    where
        Self: SafeToRepeat,
    {
        self
    }
}

/// A request that may be sent twice. Never implemented, because a write may not.
#[diagnostic::on_unimplemented(
    message = "a request that may move money is never repeated automatically",
    label = "remove `.retry(…)`: only a read, such as a query, has it",
    note = "if the reply is lost the request may have been carried out, and a second one would pay twice: query the order"
)]
#[doc(hidden)]
pub trait SafeToRepeat {}

impl<R: Reply> Underway<R> for Sending<R> {
    type Error = Error;

    fn prepare(client: Client, info: &'static ActionInfo, request: Result<Values, InvalidRequest>) -> Self {
        Self { exchange: Exchange::new(client, info, request), reply: PhantomData }
    }
}

impl<R: Reply> Future for Sending<R> {
    type Output = Result<R, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.exchange.poll_reply(context, |error: &Error| Some(error.outcome()))
    }
}

impl<R> fmt::Debug for Sending<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sending").field("request", &self.exchange).finish_non_exhaustive()
    }
}
