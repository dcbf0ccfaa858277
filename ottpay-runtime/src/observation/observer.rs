//! The observer of a client, and what it is told.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Outcome;
use crate::spec::{ActionInfo, CallbackInfo};

/// Gets the events of a client, for metrics and alerts: `ClientBuilder::observer`.
///
/// `observe` runs where the event happens, in the task that awaits the call or opens the callback, so it must return
/// quickly: count, or put the event into a channel. If it panics, the panic is caught, an error is logged through `tracing`,
/// and the call goes on as if nothing had happened; a program built with `panic = "abort"` ends all the same.
///
/// ```
/// # extern crate ottpay_runtime as ottpay;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use ottpay::observation::{Observed, Observer};
///
/// /// Counts the calls that failed.
/// #[derive(Default)]
/// struct Failures(AtomicU64);
///
/// impl Observer for Failures {
///     fn observe(&self, event: &Observed<'_>) {
///         if let Observed::Call(call) = event
///             && call.error.is_some()
///         {
///             self.0.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
/// ```
pub trait Observer: Send + Sync + 'static {
    /// Is called once for each event. There will be more kinds of events; ignore those that you do not know.
    fn observe(&self, event: &Observed<'_>) {
        let _ = event;
    }
}

impl<T: Observer + ?Sized> Observer for Arc<T> {
    fn observe(&self, event: &Observed<'_>) {
        T::observe(self, event);
    }
}

/// An event. `Debug` shows no order id.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Observed<'a> {
    /// A call has ended.
    Call(ObservedCall<'a>),
    /// A callback has arrived and was opened or rejected.
    Callback(ObservedCallback<'a>),
    /// A reply or callback was opened by the key of `ClientBuilder::also_open_with`.
    #[non_exhaustive]
    FormerKey {
        /// How many messages the former key has opened, this one included.
        uses: u64,
    },
}

/// A call that has ended: with a reply, with an error, or because its future was dropped.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct ObservedCall<'a> {
    /// The action, with its constant, the name of its method and its effect.
    pub action: &'static ActionInfo,
    /// The version that was sent; empty without an envelope.
    pub version: &'a str,
    /// The order id of the request, if it has one. There are as many as orders, so it is not for the label of a metric.
    pub order_id: Option<&'a str>,
    /// From the first poll to the end.
    pub duration: Duration,
    /// How many HTTP requests were made: none if the request is invalid, several if a read was repeated.
    pub attempts: u32,
    /// The HTTP status of the last reply.
    pub status: Option<u16>,
    /// What went wrong, in one of a few words; nothing if there is a reply. `dropped` if the future was dropped.
    pub error: Option<&'static str>,
    /// The code by which the gateway did not accept the request, if the specification has that code.
    pub code: Option<&'static str>,
    /// What is known of the money, if the call is a write and gave no reply. A read has no outcome.
    pub outcome: Option<Outcome>,
}

impl fmt::Debug for ObservedCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObservedCall")
            .field("action", &self.action.action)
            .field("method", &self.action.name)
            .field("version", &self.version)
            .field("duration", &self.duration)
            .field("attempts", &self.attempts)
            .field("status", &self.status)
            .field("error", &self.error)
            .field("code", &self.code)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

/// A callback that has arrived.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct ObservedCallback<'a> {
    /// The callback that was expected.
    pub callback: &'static CallbackInfo,
    /// What became of it.
    pub verdict: CallbackVerdict,
    /// Why it was rejected, in one of a few words. Nothing if it was handed out.
    pub error: Option<&'static str>,
    /// The order that it names, if it was opened and has no sign of alteration. It proves no payment.
    pub order_id: Option<&'a str>,
}

impl fmt::Debug for ObservedCallback<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObservedCallback")
            .field("callback", &self.callback.name)
            .field("verdict", &self.verdict)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

/// What became of a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CallbackVerdict {
    /// It was decrypted and verified, has no sign of alteration, and was handed out.
    Opened,
    /// It was decrypted and verified, and has signs that it was put together from the parts of another. It was rejected,
    /// unless the client is built with `strict_callbacks(false)`. Alert a person: somebody may be attacking, or the gateway
    /// writes its callbacks in a new way.
    PossiblyAltered,
    /// It was rejected: not from the gateway, not for this merchant, or with a field that cannot be read.
    Rejected,
}

impl CallbackVerdict {
    /// A word for a metric: `opened`, `possibly_altered` or `rejected`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::PossiblyAltered => "possibly_altered",
            Self::Rejected => "rejected",
        }
    }
}
