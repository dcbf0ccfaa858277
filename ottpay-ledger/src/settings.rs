//! What a ledger was built with.

use std::time::Duration;

use crate::alert::Alerts;
use crate::schedule::Schedule;

/// What a ledger was built with.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// For each merchant, by this process.
    pub(crate) queries_per_second: u32,
    /// How long a handler may keep its transaction open.
    pub(crate) handler_limit: Duration,
    /// How many callbacks are kept for orders that were never noted.
    pub(crate) strays: i64,
    /// How long bodies, hints and finished events are kept.
    pub(crate) keep: Duration,
    /// When an order is asked about.
    pub(crate) schedule: Schedule,
    /// After what time an order that no buyer has paid is asked about no more.
    pub(crate) horizon: Duration,
    /// How long a callback may be without a query that confirms it.
    pub(crate) unconfirmed_after: Duration,
    /// A failing order is parked after this many attempts, if it has failed for at least this long.
    pub(crate) park_after: (i64, Duration),
    /// Since when a failure is told to people.
    pub(crate) alert_after: Duration,
    /// Who is told.
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
