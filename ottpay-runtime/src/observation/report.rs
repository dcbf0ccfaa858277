//! Where a client sends its reports.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::observer::{Observed, Observer};
use crate::spec::{CodeInfo, Gateway};

/// The target of every span and event, for filters of subscribers.
pub(super) const TARGET: &str = "ottpay";

/// Where a client sends its reports, besides `tracing`. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Report {
    observer: Option<Arc<dyn Observer>>,
    /// Whether spans and events contain order ids.
    order_ids: bool,
    /// The codes of the specification.
    codes: &'static [CodeInfo],
}

impl Report {
    pub(crate) fn new(observer: Option<Arc<dyn Observer>>, order_ids: bool, gateway: &'static Gateway) -> Self {
        Self { observer, order_ids, codes: gateway.codes }
    }

    pub(super) fn has_observer(&self) -> bool {
        self.observer.is_some()
    }

    /// Removes an order id unless order ids are shown.
    pub(super) fn filter_order_id<'a>(&self, order_id: Option<&'a str>) -> Option<&'a str> {
        order_id.filter(|_| self.order_ids)
    }

    /// Finds a reply's code among those of the specification.
    pub(super) fn find_code(&self, code: &str) -> Option<&'static str> {
        self.codes.iter().map(|known| known.code).find(|known| *known == code)
    }

    /// Calls the observer. A panic in it changes nothing.
    pub(super) fn notify_observer(&self, event: &Observed<'_>) {
        let Some(observer) = &self.observer else { return };
        // The observer's own state may be inconsistent after a panic; that is its owner's responsibility.
        if catch_unwind(AssertUnwindSafe(|| observer.observe(event))).is_err() {
            tracing::error!(target: TARGET, "the observer panicked; the call is not affected");
        }
    }
}
