//! What a client reports: spans and events for `tracing`, and events for an observer of the shop's own.
//!
//! A span `ottpay.call` is a call from its first poll to its end, and a span `ottpay.attempt` in it is one HTTP exchange,
//! with OpenTelemetry's names. An [`Observer`] gets each event as a value, for metrics and alerts. `docs/observation.md` of
//! the repository lists every name and word, and has recipes.
//!
//! No payment link, no decrypted text, no key and no sensitive field is in any of it, and order ids are in spans only if
//! [`ClientBuilder::trace_order_ids`](crate::ClientBuilder::trace_order_ids) asks for them.

mod attempt;
mod call;
mod observer;
mod received;
mod report;

pub(crate) use call::{CallWatch, Ended};
pub use observer::{CallbackVerdict, Observed, ObservedCall, ObservedCallback, Observer};
pub(crate) use report::Report;
