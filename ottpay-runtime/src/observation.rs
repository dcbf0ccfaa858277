//! Observation of a client: spans and events for `tracing`, and events for an observer that the shop supplies.
//!
//! A span `ottpay.call` covers a call from its first poll to its end. Each HTTP exchange is a span `ottpay.attempt`
//! inside it, with OpenTelemetry's names. An [`Observer`] receives each event as a value, for metrics and alerts.
//! `docs/observation.md` in the repository lists every name, and contains recipes.
//!
//! None of it contains a payment link, decrypted text, a key or a sensitive field. Spans contain order ids only if
//! [`ClientBuilder::trace_order_ids`](crate::ClientBuilder::trace_order_ids) is set.

mod attempt;
mod call;
mod observer;
mod received;
mod report;

pub(crate) use call::{CallWatch, Ended};
pub use observer::{CallbackVerdict, Observed, ObservedCall, ObservedCallback, Observer};
pub(crate) use report::Report;
