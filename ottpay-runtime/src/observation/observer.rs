//! The observer of a client, and its events.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Outcome;
use crate::spec::{ActionInfo, CallbackInfo};

/// Receives the events of a client, for metrics and alerts: `ClientBuilder::observer`.
///
/// `observe` is called where the event happens, in the task that awaits the call or opens the callback, so it must
/// return quickly: increment a counter, or put the event into a channel. If it panics, the panic is caught and logged
/// through `tracing`, and the call continues; a program built with `panic = "abort"` is still aborted.
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
    /// Called once for each event. Later versions add kinds of events; ignore those that you do not know.
    fn observe(&self, event: &Observed<'_>) {
        let _ = event;
    }
}

impl<T: Observer + ?Sized> Observer for Arc<T> {
    fn observe(&self, event: &Observed<'_>) {
        T::observe(self, event);
    }
}

/// An event. Its `Debug` output contains no order id.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Observed<'a> {
    /// A call has ended.
    Call(ObservedCall<'a>),
    /// A callback has arrived and was opened or rejected.
    Callback(ObservedCallback<'a>),
    /// A reply or callback was opened with the key of `ClientBuilder::also_open_with`.
    #[non_exhaustive]
    FormerKey {
        /// How many messages the former key has opened, including this one.
        uses: u64,
    },
}

/// A call that has ended: with a reply, with an error, or because its future was dropped.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct ObservedCall<'a> {
    /// The action, with its constant, the name of its method and its effect.
    pub action: &'static ActionInfo,
    /// The version that was sent; empty for an action without an envelope.
    pub version: &'a str,
    /// The order id of the request, if it has one. Not suitable as the label of a metric, because every order has a
    /// different one.
    pub order_id: Option<&'a str>,
    /// The time from the first poll to the end.
    pub duration: Duration,
    /// The number of HTTP requests: 0 if the request is invalid, several if a read was retried.
    pub attempts: u32,
    /// The HTTP status of the last reply.
    pub status: Option<u16>,
    /// The kind of error, one of a fixed set of names; `None` if there is a reply. `dropped` if the future was dropped.
    pub error: Option<&'static str>,
    /// The code with which the gateway did not accept the request, if the specification lists it.
    pub code: Option<&'static str>,
    /// What is known about the money, if the call is a write that returned no reply. A read has no outcome.
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
    /// The result of reading the callback.
    pub verdict: CallbackVerdict,
    /// Why it was rejected, one of a fixed set of names; `None` if it was accepted.
    pub error: Option<&'static str>,
    /// The order that it names, if it was opened and shows no sign of alteration. It is not proof of payment.
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

/// The result of reading a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CallbackVerdict {
    /// It was decrypted and verified, shows no sign of alteration, and was returned to the caller.
    Opened,
    /// It was decrypted and verified, but shows signs of having been put together from parts of another callback. It
    /// was rejected, unless the client is built with `strict_callbacks(false)`. Alert an operator: there may be an
    /// attack, or the gateway now writes its callbacks in another form.
    PossiblyAltered,
    /// It was rejected: not from the gateway, not for this merchant, or with a field that cannot be read.
    Rejected,
}

impl CallbackVerdict {
    /// Returns a name for a metric: `opened`, `possibly_altered` or `rejected`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::PossiblyAltered => "possibly_altered",
            Self::Rejected => "rejected",
        }
    }
}
