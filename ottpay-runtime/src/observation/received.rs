//! Reports messages that arrived: callbacks, and messages that the former key opened.

use super::observer::{CallbackVerdict, Observed, ObservedCallback};
use super::report::{Report, TARGET};
use crate::spec::CallbackInfo;

impl Report {
    /// Reports a callback that was opened or rejected. For an altered one `order_id` must be `None`: it may consist of
    /// parts of other fields.
    pub(crate) fn record_callback(
        &self,
        callback: &'static CallbackInfo,
        verdict: CallbackVerdict,
        error: Option<&'static str>,
        order_id: Option<&str>,
    ) {
        let shown = self.filter_order_id(order_id);
        // A macro, because `tracing` needs the level of an event as a constant.
        macro_rules! event {
            ($level:ident, $message:literal) => {
                tracing::event!(
                    name: "ottpay.callback",
                    target: TARGET,
                    tracing::Level::$level,
                    "ottpay.callback" = callback.name,
                    "ottpay.verdict" = verdict.as_str(),
                    "ottpay.order_id" = shown,
                    "error.type" = error,
                    $message
                )
            };
        }
        match verdict {
            CallbackVerdict::Opened => event!(INFO, "callback opened"),
            CallbackVerdict::PossiblyAltered => event!(WARN, "callback possibly altered"),
            CallbackVerdict::Rejected => event!(WARN, "callback rejected"),
        }
        self.notify_observer(&Observed::Callback(ObservedCallback { callback, verdict, error, order_id }));
    }

    /// Reports a message that the former key opened; `uses` counts such messages.
    pub(crate) fn record_former_key(&self, uses: u64) {
        tracing::event!(
            name: "ottpay.former_key",
            target: TARGET,
            tracing::Level::INFO,
            "ottpay.uses" = uses,
            "message opened with the former sign key"
        );
        self.notify_observer(&Observed::FormerKey { uses });
    }
}
