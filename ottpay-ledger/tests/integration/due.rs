//! How much is to be done in a ledger, by its tables.

use std::time::Duration;

use ottpay_ledger::store::Dialect;

use crate::common::clock;

/// A `SELECT` of how many orders and callbacks a worker would take up at a time that is `ahead` of the database's clock. It
/// also counts the turns that are under way if `counts_turns`.
pub(crate) fn count_due(dialect: Dialect, ahead: Duration, counts_turns: bool) -> String {
    let now = format!("{} + {}", clock(dialect), ahead.as_millis());
    let under_way = if counts_turns { format!("turn_until > {now}") } else { "FALSE".to_owned() };
    format!(
        "SELECT (SELECT COUNT(*) FROM ottpay_orders WHERE parked_at IS NULL AND (next_at <= {now} OR {under_way})) +
             (SELECT COUNT(*) FROM ottpay_hints AS h JOIN ottpay_orders AS o ON o.id = h.id
              WHERE h.seen > h.taken AND o.state <> 'sending' AND (o.turn_until IS NULL OR o.turn_until <= {now}))"
    )
}
