//! Alerts: problems that an operator should know immediately.

use std::collections::HashMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A problem that an operator should know immediately. Alerts go to the function that was passed to `on_alert`, and to
/// `tracing` as a `WARN` without order ids.
///
/// A process reports each alert once, or at most once an hour while the condition lasts. Another process, or this one
/// after a restart, may report it again.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Alert {
    /// The handler has been failing for this order for longer than 10 minutes. It is still being retried.
    Failing {
        /// The merchant.
        merchant_id: String,
        /// The id that the shop gave the order, Checkout page or refund.
        order_id: String,
        /// How long it has been failing.
        since: Duration,
        /// The last failure.
        failure: String,
    },
    /// An order is parked: the worker ignores it until an operator fixes the cause and calls `replay`.
    Parked {
        /// The merchant.
        merchant_id: String,
        /// The id that the shop gave the order, Checkout page or refund.
        order_id: String,
        /// Why it is parked.
        failure: String,
    },
    /// A person has to decide about an order: the kind of its event is `unresolved`, `unconfirmed`, `mismatch`,
    /// `conflict`, `reversed`, `refund_failed` or `paid_again`. The kind is `settled`, and there is no event, if a
    /// person declared the order unpaid and the gateway reports money for it after a later callback.
    Decide {
        /// The merchant.
        merchant_id: String,
        /// The id that the shop gave the order, Checkout page or refund.
        order_id: String,
        /// The kind of the event, or `settled`.
        kind: String,
    },
    /// Verified callbacks arrive for orders of this action, but no query has ever confirmed a payment: the query may
    /// not support the action.
    Unproven {
        /// The merchant.
        merchant_id: String,
        /// The method of the action.
        action: String,
        /// How many orders have callbacks but no confirmation.
        orders: u64,
    },
    /// Later callbacks for one order differ from the first: someone may be altering them. Their only effect is an
    /// earlier query.
    Tampered {
        /// The merchant.
        merchant_id: String,
        /// The id that the shop gave the order or Checkout page.
        order_id: String,
    },
    /// Callbacks have waited for their query for longer than 10 minutes: the worker is not running or cannot keep up.
    Delayed {
        /// The merchant.
        merchant_id: String,
        /// How long the oldest has waited.
        oldest: Duration,
    },
    /// The database failed. The operation is retried, unless [`Ledger::run`](crate::Ledger::run) returns.
    Store {
        /// The error that the database reported.
        error: String,
    },
}

impl Alert {
    /// A stable name: `failing`, `parked`, `decide`, `unproven`, `tampered`, `delayed` or `store`.
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

/// A sentence for a log, without order ids.
impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The failure is the shop's own string and may contain an order id, so it is left out.
            Self::Failing { since, .. } => {
                write!(f, "the handler of an order has been failing for {} s", since.as_secs())
            }
            Self::Parked { .. } => f.write_str("an order is parked: fix the cause, then replay it"),
            Self::Decide { kind, .. } => write!(f, "a person has to decide about an order: {kind}"),
            Self::Unproven { action, orders, .. } => {
                write!(f, "{orders} orders of `{action}` have callbacks, but no query has ever confirmed one")
            }
            Self::Tampered { .. } => f.write_str("callbacks for one order differ from the first: they may be altered"),
            Self::Delayed { oldest, .. } => {
                write!(f, "a callback has waited for its query for {} s: is the worker running?", oldest.as_secs())
            }
            Self::Store { error } => write!(f, "the ledger's database failed: {error}"),
        }
    }
}

impl Alert {
    /// What the alert is about. Alerts with the same subject are reported at most once an hour. The length of the
    /// merchant id keeps two different pairs from becoming the same string.
    fn subject(&self) -> String {
        let join = |merchant: &str, what: &str| format!("{} {} {merchant} {what}", self.as_str(), merchant.len());
        match self {
            Self::Failing { merchant_id, order_id, .. }
            | Self::Parked { merchant_id, order_id, .. }
            | Self::Decide { merchant_id, order_id, .. }
            | Self::Tampered { merchant_id, order_id } => join(merchant_id, order_id),
            Self::Unproven { merchant_id, action, .. } => join(merchant_id, action),
            Self::Delayed { merchant_id, .. } => join(merchant_id, ""),
            Self::Store { .. } => join("", ""),
        }
    }
}

/// How long a lasting condition is not reported again.
const QUIET: Duration = Duration::from_secs(3600);

/// How many subjects are remembered. Bounded, because order ids are part of them.
const SUBJECTS: usize = 10_000;

/// Where alerts go, and which were reported recently.
#[derive(Clone, Default)]
pub(crate) struct Alerts {
    listener: Option<Arc<Listener>>,
    told: Arc<Mutex<HashMap<String, Instant>>>,
}

type Listener = dyn Fn(&Alert) + Send + Sync;

impl Alerts {
    /// Sends alerts to a function of the shop.
    pub(crate) fn with_listener(listener: impl Fn(&Alert) + Send + Sync + 'static) -> Self {
        Self { listener: Some(Arc::new(listener)), told: Arc::default() }
    }

    /// Reports a lasting condition, unless it was reported within the last hour.
    pub(crate) fn raise_once(&self, alert: &Alert) {
        if self.remember(alert.subject(), Instant::now()) {
            self.raise(alert);
        }
    }

    /// Records that a subject is reported now. Returns whether it was not reported within the last hour.
    fn remember(&self, subject: String, now: Instant) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= SUBJECTS {
            told.retain(|_, at| now.duration_since(*at) < QUIET);
        }
        if told.get(&subject).is_some_and(|at| now.duration_since(*at) < QUIET) {
            return false;
        }
        // When the table is full, reporting an alert twice is better than losing it.
        if told.len() < SUBJECTS {
            told.insert(subject, now);
        }
        true
    }

    /// Reports an alert.
    pub(crate) fn raise(&self, alert: &Alert) {
        tracing::event!(name: "ottpay.ledger.alert", target: "ottpay", tracing::Level::WARN, ottpay.alert = alert.as_str(), message = %alert);
        // The listener is the shop's code. A panic in it must not end the worker, which would stop all payments.
        if let Some(listener) = &self.listener
            && catch_unwind(AssertUnwindSafe(|| listener(alert))).is_err()
        {
            tracing::error!(target: "ottpay", "the `on_alert` function panicked; the worker continues");
        }
    }
}

impl fmt::Debug for Alerts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.listener.is_some() { "Alerts(to a function)" } else { "Alerts(to tracing)" })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn a_listener_that_panics_is_called_again_and_ends_nothing() {
        let told = Arc::new(Mutex::new(0));
        let count = Arc::clone(&told);
        let alerts = Alerts::with_listener(move |_| {
            *count.lock().unwrap() += 1;
            // Panics without the hook that prints a message.
            std::panic::resume_unwind(Box::new("not again"));
        });
        let alert = Alert::Store { error: "locked".to_owned() };
        alerts.raise(&alert);
        alerts.raise(&alert);
        assert_eq!(*told.lock().unwrap_or_else(PoisonError::into_inner), 2);
    }

    #[test]
    fn what_lasts_is_told_once_for_each_subject() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let list = Arc::clone(&told);
        let alerts = Alerts::with_listener(move |alert| list.lock().unwrap().push(alert.clone()));
        let alert = |order_id: &str, seconds| Alert::Failing {
            merchant_id: "M".to_owned(),
            order_id: order_id.to_owned(),
            since: Duration::from_secs(seconds),
            failure: "away".to_owned(),
        };
        for alert in [alert("T1", 600), alert("T1", 700), alert("T2", 600)] {
            alerts.raise_once(&alert);
        }
        assert_eq!(*told.lock().unwrap(), [alert("T1", 600), alert("T2", 600)]);
    }

    #[test]
    fn subjects_are_remembered_for_an_hour_and_so_many_at_a_time() {
        let (alerts, start) = (Alerts::default(), Instant::now());
        let at = |number: usize, seconds| alerts.remember(number.to_string(), start + Duration::from_secs(seconds));
        for number in 0..SUBJECTS {
            assert!(at(number, 0));
        }
        assert!(!at(0, 3599), "it is remembered although the table is full");
        assert!(at(SUBJECTS, 3599) && at(SUBJECTS, 3599), "one too many is told twice");
        assert_eq!(alerts.told.lock().unwrap().len(), SUBJECTS);
        // An hour later there is room again.
        assert!(at(SUBJECTS, 3600) && !at(SUBJECTS, 3601) && at(0, 3601));
    }

    #[test]
    fn where_alerts_go_is_shown() {
        assert_eq!(format!("{:?}", Alerts::default()), "Alerts(to tracing)");
        assert_eq!(format!("{:?}", Alerts::with_listener(|_| ())), "Alerts(to a function)");
    }

    #[test]
    fn the_sentence_of_an_alert_names_no_order() {
        let parked = Alert::Parked {
            merchant_id: "ON00004652".to_owned(),
            order_id: "ORDER-1042".to_owned(),
            failure: "ORDER-1042: no such product".to_owned(),
        };
        assert_eq!(parked.to_string(), "an order is parked: fix the cause, then replay it");
    }
}
