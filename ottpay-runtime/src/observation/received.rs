//! Reports messages that arrived: callbacks, and what the former key has opened.

use super::observer::{CallbackVerdict, Observed, ObservedCallback};
use super::report::{Report, TARGET};
use crate::spec::CallbackInfo;

impl Report {
    /// A callback was opened or rejected. `order_id` is not that of an altered one, which may be made of other fields.
    pub(crate) fn callback(
        &self,
        callback: &'static CallbackInfo,
        verdict: CallbackVerdict,
        error: Option<&'static str>,
        order_id: Option<&str>,
    ) {
        let shown = self.show(order_id);
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
        self.tell(&Observed::Callback(ObservedCallback { callback, verdict, error, order_id }));
    }

    /// A message was opened by the former key, the `uses`-th one.
    pub(crate) fn former_key(&self, uses: u64) {
        tracing::event!(
            name: "ottpay.former_key",
            target: TARGET,
            tracing::Level::INFO,
            "ottpay.uses" = uses,
            "message opened by the former sign key"
        );
        self.tell(&Observed::FormerKey { uses });
    }
}
