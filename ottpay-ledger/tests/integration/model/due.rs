//! When something is due, by the tables.

use super::database::Database;

/// Whether a worker would find something.
pub(crate) fn is_due(database: &mut Database) -> bool {
    let sql = "SELECT (SELECT COUNT(*) FROM ottpay_events WHERE folded = 0 AND done_at IS NOT NULL)
        + (SELECT COUNT(*) FROM ottpay_orders AS o, model_clock AS c WHERE o.parked_at IS NULL
            AND COALESCE(o.turn_until, 0) <= c.now AND COALESCE(o.sending_until, 0) <= c.now
            AND (o.next_at <= c.now OR o.tries = 0 AND EXISTS
                (SELECT 1 FROM ottpay_hints AS h WHERE h.id = o.id AND h.seen > h.taken)))";
    database.number(sql, &[]) > Some(0)
}

/// The next time at which something is due, or a lease ends.
pub(crate) fn next_time(database: &mut Database, now: i64) -> Option<i64> {
    let sql = "SELECT MIN(t) FROM (SELECT next_at AS t FROM ottpay_orders UNION SELECT turn_until FROM ottpay_orders
        UNION SELECT sending_until FROM ottpay_orders) WHERE t > $1";
    database.number(sql, &[now.into()])
}

/// The next time at which a worker finds something.
pub(crate) fn next_due(database: &mut Database) -> Option<i64> {
    let sql = "SELECT MIN(MAX(next_at, COALESCE(turn_until, 0), COALESCE(sending_until, 0))) FROM ottpay_orders
        WHERE next_at IS NOT NULL AND parked_at IS NULL";
    database.number(sql, &[])
}
