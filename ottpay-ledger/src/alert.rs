//! What a person should be told at once.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

/// What a person should be told at once. It goes to the function given to `on_alert`, and as a WARN without ids to `tracing`.
///
/// A process reports each of them once, or at most once an hour while it lasts; another process, or this one after a restart,
/// may report it again.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Alert {
    /// The handler has been failing for this order for longer than `alert_after`. It is tried again.
    Failing {
        /// The merchant.
        merchant_id: String,
        /// The id that the shop gave the order, Checkout page or refund.
        order_id: String,
        /// For how long.
        since: Duration,
        /// The last failure.
        failure: String,
    },
    /// An order is not worked on any more, until a person has mended the cause and replays it.
    Parked {
        /// The merchant.
        merchant_id: String,
        /// The id that the shop gave the order, Checkout page or refund.
        order_id: String,
        /// Why.
        failure: String,
    },
    /// A person has to decide about an order: the kind of its event is `unresolved`, `unconfirmed`, `mismatch`, `conflict`,
    /// `reversed` or `paid_again`.
    Decide {
        /// The merchant.
        merchant_id: String,
        /// The id that the shop gave the order, Checkout page or refund.
        order_id: String,
        /// The kind of the event.
        kind: String,
    },
    /// Verified callbacks come for orders of this action, and no query has ever confirmed one: the query may not serve it.
    Unproven {
        /// The merchant.
        merchant_id: String,
        /// The method of the action.
        action: String,
        /// How many orders have callbacks and no confirmation.
        orders: u64,
    },
    /// Callbacks for one order differ from the first one: somebody may be altering them. They change nothing but the time of a
    /// query.
    Tampered {
        /// The merchant.
        merchant_id: String,
        /// The id that the shop gave the order or Checkout page.
        order_id: String,
    },
    /// Callbacks wait for their query for longer than `alert_after`: the worker is not running, or cannot keep up.
    Delayed {
        /// The merchant.
        merchant_id: String,
        /// How long the oldest has waited.
        oldest: Duration,
    },
    /// The database does not do what it is asked for. It is tried again.
    Store {
        /// What it says.
        error: String,
    },
}

impl Alert {
    /// A stable word: `failing`, `parked`, `decide`, `unproven`, `tampered`, `delayed`, `store`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Failing { .. } => "failing",
            Self::Parked { .. } => "parked",
            Self::Decide { .. } => "decide",
            Self::Unproven { .. } => "unproven",
            Self::Tampered { .. } => "tampered",
            Self::Delayed { .. } => "delayed",
            Self::Store { .. } => "store",
        }
    }
}

/// A sentence for a log: no ids of orders.
impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failing { since, failure, .. } => {
                write!(f, "an order has been failing for {} s: {failure}", since.as_secs())
            }
            Self::Parked { failure, .. } => {
                write!(f, "an order is parked, mend the cause and replay it: {failure}")
            }
            Self::Decide { kind, .. } => write!(f, "a person has to decide about an order: {kind}"),
            Self::Unproven { action, orders, .. } => {
                write!(f, "{orders} orders of `{action}` have callbacks, and no query has ever confirmed one")
            }
            Self::Tampered { .. } => f.write_str("callbacks for one order differ from the first one"),
            Self::Delayed { oldest, .. } => {
                write!(f, "a callback has waited for its query for {} s: is the worker running?", oldest.as_secs())
            }
            Self::Store { error } => write!(f, "the database of the ledger: {error}"),
        }
    }
}

/// Who is told.
#[derive(Clone, Default)]
pub(crate) struct Alerts(Option<Arc<Listener>>);

type Listener = dyn Fn(&Alert) + Send + Sync;

impl Alerts {
    /// A function of the shop.
    pub(crate) fn to(listener: impl Fn(&Alert) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(listener)))
    }

    /// Tells it.
    pub(crate) fn raise(&self, alert: &Alert) {
        tracing::event!(name: "ottpay.ledger.alert", target: "ottpay", tracing::Level::WARN, ottpay.alert = alert.as_str(), message = %alert);
        // A listener that panics does not end the worker.
        if let Some(listener) = &self.0
            && catch_unwind(AssertUnwindSafe(|| listener(alert))).is_err()
        {
            tracing::error!(target: "ottpay", "the function that is told of alerts has panicked");
        }
    }
}

impl fmt::Debug for Alerts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Alerts(to a function)" } else { "Alerts(to tracing)" })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn a_listener_that_panics_is_told_again_and_ends_nothing() {
        let told = Arc::new(Mutex::new(0));
        let count = Arc::clone(&told);
        let alerts = Alerts::to(move |_| {
            *count.lock().unwrap() += 1;
            // Without the hook that prints.
            std::panic::resume_unwind(Box::new("not again"));
        });
        let alert = Alert::Store { error: "locked".to_owned() };
        alerts.raise(&alert);
        alerts.raise(&alert);
        assert_eq!(*told.lock().unwrap_or_else(std::sync::PoisonError::into_inner), 2);
    }

    #[test]
    fn the_sentence_of_an_alert_names_no_order() {
        let parked = Alert::Parked {
            merchant_id: "ON00004652".to_owned(),
            order_id: "ORDER-1042".to_owned(),
            failure: "no such product".to_owned(),
        };
        assert_eq!(parked.to_string(), "an order is parked, mend the cause and replay it: no such product");
    }
}
