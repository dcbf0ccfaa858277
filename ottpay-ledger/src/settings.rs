//! The settings of a ledger.

use std::time::Duration;

use crate::alert::Alerts;
use crate::schedule::Schedule;

/// The settings of a ledger.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The limit for each merchant in this process.
    pub(crate) queries_per_second: u32,
    /// How long a handler may keep its transaction open.
    pub(crate) handler_limit: Duration,
    /// How many callbacks for unknown orders are kept.
    pub(crate) strays: i64,
    /// How long bodies, hints and finished events are kept.
    pub(crate) keep: Duration,
    /// When orders are queried.
    pub(crate) schedule: Schedule,
    /// After how much inactivity an order that no buyer has paid is no longer queried.
    pub(crate) horizon: Duration,
    /// How long a callback may remain without a query that confirms it.
    pub(crate) unconfirmed_after: Duration,
    /// A failing order is parked after this many attempts, if it has also been failing for this long.
    pub(crate) park_after: (i64, Duration),
    /// How long an order fails before an alert is raised.
    pub(crate) alert_after: Duration,
    /// Where alerts go.
    pub(crate) alerts: Alerts,
}

const DAY: Duration = Duration::from_secs(24 * 3600);

impl Default for Settings {
    fn default() -> Self {
        Self {
            queries_per_second: 5,
            handler_limit: Duration::from_secs(5),
            strays: 10_000,
            keep: DAY.saturating_mul(30),
            schedule: Schedule::default(),
            horizon: DAY.saturating_mul(7),
            unconfirmed_after: DAY,
            park_after: (10, DAY),
            alert_after: Duration::from_secs(600),
            alerts: Alerts::default(),
        }
    }
}
