//! Stores exchanges of messages, and deletes the oldest ones.

use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::database::Store;
use super::pattern::{match_any, write_pattern};
use super::savepoint::Savepoint;

/// The maximum length of a body that is stored completely, in bytes.
pub(crate) const MAX_BODY: usize = 16 * 1024;

/// Something that was accepted although a client should not rely on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Note {
    /// The name of the [`Leniency`](crate::Leniency).
    pub(crate) name: String,
    /// A sentence that names the fields.
    pub(crate) text: String,
}

/// A request and its reply, or a callback and its answer, in their original bytes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Exchange {
    /// The serial number; 0 before the exchange is stored.
    pub(crate) serial: i64,
    pub(crate) at: i64,
    /// The number of the callback, if the gateway was the sender.
    pub(crate) callback: Option<i64>,
    /// The path of the gateway, or the URL of the merchant.
    pub(crate) target: String,
    /// The client's method for such a request.
    pub(crate) action: Option<String>,
    pub(crate) order_id: Option<String>,
    /// The HTTP status, if there was an answer.
    pub(crate) status: Option<u16>,
    /// The gateway's response code.
    pub(crate) code: Option<String>,
    /// A note for the developer.
    pub(crate) note: Option<String>,
    /// The reason for a refusal.
    pub(crate) cause: Option<String>,
    /// Notes about parts of the request that a client should not rely on.
    pub(crate) notes: Vec<Note>,
    pub(crate) sent: Vec<u8>,
    pub(crate) answer: Vec<u8>,
}

impl Exchange {
    /// Returns whether the request was refused before it was handled. The bodies of such requests are not stored.
    pub(crate) fn is_unserved(&self) -> bool {
        self.callback.is_none() && self.action.is_none() && self.code.is_none()
    }
}

/// The number of requests that have arrived.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Requests that were carried out, whether or not their reply arrived.
    pub(crate) accepted: u64,
    /// Requests that were not carried out.
    pub(crate) refused: u64,
}

/// Selects exchanges, latest first.
#[derive(Debug, Default, Clone)]
pub(crate) struct Filter {
    pub(crate) order_id: Option<String>,
    pub(crate) callback: Option<i64>,
    pub(crate) before: Option<i64>,
    pub(crate) after: Option<i64>,
    /// The client's method for the action.
    pub(crate) action: Option<String>,
    /// A part of the order id, the target, the response code, the note, the cause or a leniency. Case does not matter.
    pub(crate) text: Option<String>,
    pub(crate) limit: u32,
}

impl Store {
    /// Stores an exchange, and deletes the oldest ones if there are too many.
    pub(crate) fn add_exchange(&self, exchange: &Exchange) -> rusqlite::Result<()> {
        let connection = self.lock();
        let change = Savepoint::begin(&connection)?;
        let notes = Some(&exchange.notes).filter(|notes| !notes.is_empty()).map(|notes| json!(notes).to_string());
        let sql = "INSERT INTO messages \
                   (at, callback, target, action, order_id, status, code, note, cause, notes, sent, answer) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
        change.prepare_cached(sql)?.execute(params![
            exchange.at,
            exchange.callback,
            exchange.target,
            exchange.action,
            exchange.order_id,
            exchange.status,
            exchange.code,
            exchange.note,
            exchange.cause,
            notes,
            truncate(&exchange.sent),
            truncate(&exchange.answer),
        ])?;
        // Serial numbers have no gaps, so this is the latest message that is one too many.
        let oldest = change.last_insert_rowid() - self.max_exchanges;
        if oldest > 0 {
            change.prepare_cached("DELETE FROM messages WHERE serial <= ?1")?.execute([oldest])?;
        }
        change.release()
    }

    /// Returns the exchange with this number.
    pub(crate) fn exchange(&self, serial: i64) -> rusqlite::Result<Option<Exchange>> {
        let filter =
            Filter { before: serial.checked_add(1), after: serial.checked_sub(1), limit: 1, ..Filter::default() };
        Ok(self.exchanges(&filter)?.pop())
    }

    /// Returns the number of the latest exchange; 0 if there is none.
    pub(crate) fn latest_exchange(&self) -> rusqlite::Result<i64> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached("SELECT coalesce(max(serial), 0) FROM messages")?;
        statement.query_row([], |row| row.get(0))
    }

    /// Counts the requests of an action and an order, or all requests, and ignores the rest of the filter. Requests
    /// that were refused before they were handled do not count.
    pub(crate) fn count_requests(&self, filter: &Filter) -> rusqlite::Result<Counts> {
        let connection = self.lock();
        let sql = write_count(filter);
        let read = |row: &Row<'_>| {
            let (accepted, refused): (i64, i64) = (row.get(0)?, row.get(1)?);
            Ok(Counts { accepted: accepted.unsigned_abs(), refused: refused.unsigned_abs() })
        };
        connection.prepare_cached(&sql)?.query_row(params![filter.order_id, filter.action], read)
    }

    pub(crate) fn exchanges(&self, filter: &Filter) -> rusqlite::Result<Vec<Exchange>> {
        let connection = self.lock();
        // A separate statement for each case, so that SQLite can use the index.
        let narrowed = match (&filter.order_id, filter.callback) {
            (Some(_), _) => "order_id = ?1 AND (?2 IS NULL OR callback = ?2)",
            (None, Some(_)) => "?1 IS NULL AND callback = ?2",
            (None, None) => "?1 IS NULL AND ?2 IS NULL",
        };
        // Ascending after a given exchange, so that a reader who pages forward does not miss any.
        let order = if filter.after.is_some() && filter.before.is_none() { "ASC" } else { "DESC" };
        let has_text = match_any(&["order_id", "target", "code", "note", "cause", "notes"], "?6");
        let sql = format!(
            "SELECT serial, at, callback, target, action, order_id, status, code, note, cause, notes, sent, answer \
             FROM messages WHERE {narrowed} AND serial < ?3 AND serial > ?4 AND (?5 IS NULL OR action = ?5) \
             AND {has_text} \
             ORDER BY serial {order} LIMIT ?7"
        );
        let (before, after) = (filter.before.unwrap_or(i64::MAX), filter.after.unwrap_or(0));
        let mut statement = connection.prepare_cached(&sql)?;
        let text = filter.text.as_deref().map(write_pattern);
        let values = params![filter.order_id, filter.callback, before, after, filter.action, text, filter.limit];
        let mut found: Vec<_> = statement.query_map(values, read_exchange)?.collect::<Result<_, _>>()?;
        // The ascending order above only chooses the exchanges; the result is always latest first.
        found.sort_by_key(|exchange| std::cmp::Reverse(exchange.serial));
        Ok(found)
    }
}

/// Writes the statement that counts requests: a separate one for each kind of filter, so that SQLite can use an index.
fn write_count(filter: &Filter) -> String {
    let narrowed = match (&filter.order_id, &filter.action) {
        (Some(_), _) => "order_id = ?1 AND (?2 IS NULL OR action = ?2)",
        (None, Some(_)) => "?1 IS NULL AND action = ?2",
        (None, None) => "?1 IS NULL AND ?2 IS NULL",
    };
    format!(
        "SELECT count(*) FILTER (WHERE cause IS NULL), count(cause) FROM messages \
         WHERE callback IS NULL AND {narrowed} AND (action IS NOT NULL OR code IS NOT NULL)"
    )
}

/// Returns the part of a body that is stored.
fn truncate(body: &[u8]) -> &[u8] {
    body.get(..MAX_BODY).unwrap_or(body)
}

fn read_exchange(row: &Row<'_>) -> rusqlite::Result<Exchange> {
    Ok(Exchange {
        serial: row.get(0)?,
        at: row.get(1)?,
        callback: row.get(2)?,
        target: row.get(3)?,
        action: row.get(4)?,
        order_id: row.get(5)?,
        status: row.get(6)?,
        code: row.get(7)?,
        note: row.get(8)?,
        cause: row.get(9)?,
        notes: read_notes(row.get(10)?),
        sent: row.get(11)?,
        answer: row.get(12)?,
    })
}

/// Parses stored notes. Invalid ones become an empty list, because notes are for people only.
fn read_notes(kept: Option<String>) -> Vec<Note> {
    kept.and_then(|kept| serde_json::from_str(&kept).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synchronous::Synchronous;

    #[test]
    fn requests_are_counted_without_reading_the_messages() {
        let store = Store::open(None, Synchronous::Normal).unwrap();
        let by_action = Filter { action: Some("active_pay".to_owned()), ..Filter::default() };
        let by_order = Filter { order_id: Some("T1".to_owned()), ..by_action.clone() };
        for (filter, index) in [
            (Filter::default(), "SCAN messages USING COVERING INDEX messages_action"),
            (by_action, "SEARCH messages USING COVERING INDEX messages_action (action=?"),
            (by_order, "SEARCH messages USING INDEX messages_order (order_id=?)"),
        ] {
            let connection = store.lock();
            let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", write_count(&filter))).unwrap();
            let steps = plan.query_map(params![filter.order_id, filter.action], |row| row.get::<_, String>(3)).unwrap();
            let steps = steps.collect::<Result<Vec<_>, _>>().unwrap();
            assert!(steps.len() == 1 && steps[0].starts_with(index), "{steps:?}");
        }
    }
}
