//! The history of an order: its events and who caused them. Only this module writes and parses their strings.

use rusqlite::{Connection, Row, params};

use super::database::Store;
use super::latest::{Latest, read_latest};
use crate::order::{OrderState, REFUNDED};

/// The maximum number of events in the list of an order, which has the latest ones.
const MAX_OF_ORDER: u32 = 1000;

/// The name of the buyer in an event.
pub(crate) const BUYER: &str = "the buyer";

/// The beginning of an event about an attempt to deliver a callback.
const ATTEMPT: &str = "callback attempt ";

/// An event in the history of an order.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) at: i64,
    pub(crate) what: String,
}

/// The subject of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic<'a> {
    /// The order changed to this state, because of the buyer, of time, or of a request.
    State { word: &'a str, by: &'a str },
    /// An attempt to deliver a callback.
    Attempt,
    /// Anything else, such as a refund of the order.
    Other,
}

/// Describes a change of an order's state.
pub(crate) fn describe_state(word: &str, by: &str) -> String {
    format!("{word} by {by}")
}

/// Describes an attempt to deliver a callback.
pub(crate) fn describe_attempt(attempt: u32, outcome: &str) -> String {
    format!("{ATTEMPT}{attempt}: {outcome}")
}

impl Event {
    pub(crate) fn topic(&self) -> Topic<'_> {
        let is_state = |word: &str| word == REFUNDED || OrderState::from_name(word).is_some();
        match self.what.split_once(" by ") {
            Some((word, by)) if is_state(word) => Topic::State { word, by },
            _ if self.what.starts_with(ATTEMPT) => Topic::Attempt,
            _ => Topic::Other,
        }
    }
}

impl Store {
    /// Returns the latest events of an order.
    pub(crate) fn events(&self, id: &str) -> rusqlite::Result<Latest<Event>> {
        read_latest(&self.lock(), "events", "order_id", id, MAX_OF_ORDER, read_event)
    }

    /// Returns the latest events of all orders, latest first.
    pub(crate) fn latest_events(&self, limit: u32) -> rusqlite::Result<Vec<Event>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached("SELECT at, what FROM events ORDER BY serial DESC LIMIT ?1")?;
        statement.query_map([limit], read_event)?.collect()
    }

    pub(crate) fn add_event(&self, id: &str, at: i64, what: &str) -> rusqlite::Result<()> {
        add_event(&self.lock(), id, at, what)
    }
}

fn read_event(row: &Row<'_>) -> rusqlite::Result<Event> {
    Ok(Event { at: row.get("at")?, what: row.get("what")? })
}

pub(super) fn add_event(connection: &Connection, id: &str, at: i64, what: &str) -> rusqlite::Result<()> {
    let sql = "INSERT INTO events (order_id, at, what) VALUES (?1, ?2, ?3)";
    connection.prepare_cached(sql)?.execute(params![id, at, what]).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(what: String) -> Event {
        Event { at: 0, what }
    }

    #[test]
    fn written_values_are_read_again() {
        for word in ["created", "paid", "closed", REFUNDED] {
            let event = event(describe_state(word, "the buyer"));
            assert_eq!(event.topic(), Topic::State { word, by: "the buyer" });
        }
        assert_eq!(event(describe_attempt(1, "paid by nobody")).topic(), Topic::Attempt);
        for other in ["1.00 CAD given back by refund R1", "refund of T1 accepted", ""] {
            assert_eq!(event(other.to_owned()).topic(), Topic::Other, "{other}");
        }
    }
}
