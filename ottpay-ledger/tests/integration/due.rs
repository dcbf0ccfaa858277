//! How much work is due in a ledger, according to its tables.

use std::time::Duration;

use ottpay_ledger::store::Dialect;

use crate::common::clock;

/// A `SELECT` of how many orders and callbacks a worker would process at a time that is `ahead` of the database's
/// clock. If `counts_turns`, it also counts the turns in progress.
pub(crate) fn count_due(dialect: Dialect, ahead: Duration, counts_turns: bool) -> String {
    let now = format!("{} + {}", clock(dialect), ahead.as_millis());
    let under_way = if counts_turns { format!("turn_until > {now}") } else { "FALSE".to_owned() };
    format!(
        "SELECT (SELECT COUNT(*) FROM ottpay_orders WHERE parked_at IS NULL AND (next_at <= {now} OR {under_way})) +
             (SELECT COUNT(*) FROM ottpay_hints AS h JOIN ottpay_orders AS o ON o.id = h.id
              WHERE h.seen > h.taken AND o.state <> 'sending' AND (o.turn_until IS NULL OR o.turn_until <= {now}))"
    )
}
