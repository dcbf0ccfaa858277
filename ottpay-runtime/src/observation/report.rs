//! Whom a client reports to.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::observer::{Observed, Observer};
use crate::spec::{CodeInfo, Gateway};

/// The target of every span and event, by which subscribers filter.
pub(super) const TARGET: &str = "ottpay";

/// Whom a client reports to, besides `tracing`. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Report {
    observer: Option<Arc<dyn Observer>>,
    /// Whether order ids are in spans and events.
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

    /// Removes an order id where order ids are not shown.
    pub(super) fn show<'a>(&self, order_id: Option<&'a str>) -> Option<&'a str> {
        order_id.filter(|_| self.order_ids)
    }

    /// The code of the specification that a reply has.
    pub(super) fn find_code(&self, code: &str) -> Option<&'static str> {
        self.codes.iter().map(|known| known.code).find(|known| *known == code)
    }

    /// Tells the observer, whose panics change nothing.
    pub(super) fn tell(&self, event: &Observed<'_>) {
        let Some(observer) = &self.observer else { return };
        // What the observer holds may be inconsistent after a panic; that is between it and its owner.
        if catch_unwind(AssertUnwindSafe(|| observer.observe(event))).is_err() {
            tracing::error!(target: TARGET, "the observer panicked; the call is not affected");
        }
    }
}
