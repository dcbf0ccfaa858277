//! Callbacks to deliver, and what became of them.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::database::Store;
use super::events::add_event;
use super::latest::{Latest, read_latest};
use super::savepoint::Savepoint;
use crate::fault::Fault;

const COLUMNS: &str = "serial, order_id, url, fields, forged, state, attempts, fault, due";

/// How many callbacks of an order are listed, the latest ones.
const MAX_OF_ORDER: u32 = 100;

/// A message for the merchant.
#[derive(Debug, Clone)]
pub(crate) struct Callback {
    pub(crate) serial: i64,
    pub(crate) order_id: String,
    pub(crate) url: String,
    /// The fields that every attempt seals.
    pub(crate) fields: BTreeMap<String, String>,
    /// If it is forged, what the members beside `data` say, which prove nothing.
    pub(crate) forged: Option<BTreeMap<String, String>>,
    pub(crate) state: CallbackState,
    pub(crate) attempts: u32,
    /// The fault that happens to it.
    pub(crate) fault: Option<CallbackFault>,
    /// When the next attempt is due.
    pub(crate) due: Option<i64>,
}

/// The fault that happens to the delivery of a callback.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallbackFault {
    pub(crate) fault: Fault,
    /// In milliseconds.
    pub(crate) delay: i64,
}

impl CallbackFault {
    fn to_text(self) -> String {
        format!("{}:{}", self.fault.name(), self.delay)
    }

    fn parse(text: &str) -> Option<Self> {
        let (name, delay) = text.split_once(':')?;
        Some(Self { fault: Fault::named(name)?, delay: delay.parse().unwrap_or(0) })
    }
}

/// The state of a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallbackState {
    /// Not acknowledged yet.
    Waiting,
    /// Acknowledged with 2xx.
    Delivered,
    /// Given up.
    Failed,
}

impl CallbackState {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    fn parse(name: &str) -> Self {
        let all = [Self::Delivered, Self::Failed];
        all.into_iter().find(|state| state.name() == name).unwrap_or(Self::Waiting)
    }
}

/// A map as it is kept: a JSON object.
pub(super) fn json_text(map: &BTreeMap<String, String>) -> rusqlite::Result<String> {
    serde_json::to_string(map).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// Keeps callbacks, and gives them their numbers.
pub(super) fn add_callbacks(connection: &Connection, callbacks: &mut [Callback]) -> rusqlite::Result<()> {
    let sql = "INSERT INTO callbacks (order_id, url, fields, forged, state, attempts, fault, due) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    for callback in callbacks {
        let Callback { order_id, url, fields, forged, state, attempts, fault, due, .. } = &*callback;
        let (forged, fault) = (forged.as_ref().map(json_text).transpose()?, fault.map(CallbackFault::to_text));
        let values = params![order_id, url, json_text(fields)?, forged, state.name(), attempts, fault, due];
        connection.prepare_cached(sql)?.execute(values)?;
        callback.serial = connection.last_insert_rowid();
    }
    Ok(())
}

impl Store {
    /// Keeps a callback, and an event in the history of its order. Returns it with its number.
    pub(crate) fn add_callback(&self, mut callback: Callback, now: i64, what: &str) -> rusqlite::Result<Callback> {
        let connection = self.lock();
        let change = Savepoint::begin(&connection)?;
        add_callbacks(&change, std::slice::from_mut(&mut callback))?;
        add_event(&change, &callback.order_id, now, what)?;
        change.release()?;
        Ok(callback)
    }

    /// Claims the callbacks that are due: a callback is claimed once, until the outcome of the attempt is kept.
    pub(crate) fn claim_callbacks(&self, now: i64, limit: u32) -> rusqlite::Result<Vec<Callback>> {
        let connection = self.lock();
        let sql = format!(
            "UPDATE callbacks SET due = NULL WHERE serial IN \
             (SELECT serial FROM callbacks WHERE due <= ?1 ORDER BY due LIMIT ?2) RETURNING {COLUMNS}"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let mut found: Vec<Callback> =
            statement.query_map(params![now, limit], read_callback)?.collect::<Result<_, _>>()?;
        found.sort_by_key(|callback| callback.serial);
        Ok(found)
    }

    /// After a restart no attempt is under way: callbacks whose attempt was are due.
    pub(super) fn unclaim_callbacks(&self) -> rusqlite::Result<()> {
        let sql = "UPDATE callbacks SET due = 0 WHERE due IS NULL AND state = 'waiting'";
        self.lock().execute(sql, []).map(drop)
    }

    /// Keeps the outcome of an attempt.
    pub(crate) fn attempted(&self, callback: &Callback) -> rusqlite::Result<()> {
        let connection = self.lock();
        let sql = "UPDATE callbacks SET state = ?2, attempts = ?3, fault = ?4, due = ?5 WHERE serial = ?1";
        let Callback { serial, state, attempts, fault, due, .. } = callback;
        let fault = fault.map(CallbackFault::to_text);
        connection.prepare_cached(sql)?.execute(params![serial, state.name(), attempts, fault, due]).map(drop)
    }

    /// Makes callbacks due that were held to arrive after a later one, now that this one has arrived.
    pub(crate) fn release_held(&self, arrived: &Callback, now: i64) -> rusqlite::Result<()> {
        let connection = self.lock();
        let sql = "UPDATE callbacks SET due = ?3, fault = NULL WHERE due IS NOT NULL AND serial < ?1 \
                   AND order_id <> ?2 AND fault LIKE ?4";
        let held = format!("{}:%", Fault::CallbackOutOfOrder.name());
        connection.prepare_cached(sql)?.execute(params![arrived.serial, arrived.order_id, now, held]).map(drop)
    }

    /// The callback at this place among those of an order, from 0.
    pub(crate) fn nth_callback(&self, order_id: &str, place: u32) -> rusqlite::Result<Option<Callback>> {
        let connection = self.lock();
        let sql = format!("SELECT {COLUMNS} FROM callbacks WHERE order_id = ?1 ORDER BY serial LIMIT 1 OFFSET ?2");
        connection.prepare_cached(&sql)?.query_row(params![order_id, place], read_callback).optional()
    }

    /// The states in which callbacks of an order are, those that are forged aside.
    pub(crate) fn genuine_callback_states(&self, order_id: &str) -> rusqlite::Result<Vec<CallbackState>> {
        let connection = self.lock();
        let sql = "SELECT DISTINCT state FROM callbacks WHERE order_id = ?1 AND forged IS NULL";
        let read = |row: &Row<'_>| row.get::<_, String>(0).map(|name| CallbackState::parse(&name));
        connection.prepare_cached(sql)?.query_map([order_id], read)?.collect()
    }

    /// The latest callbacks of an order.
    pub(crate) fn callbacks(&self, order_id: &str) -> rusqlite::Result<Latest<Callback>> {
        read_latest(&self.lock(), "callbacks", "order_id", order_id, MAX_OF_ORDER, read_callback)
    }
}

fn read_callback(row: &Row<'_>) -> rusqlite::Result<Callback> {
    let (state, fields): (String, String) = (row.get("state")?, row.get("fields")?);
    let forged: Option<String> = row.get("forged")?;
    let wrong = |_| rusqlite::Error::InvalidColumnName("fields".to_owned());
    Ok(Callback {
        serial: row.get("serial")?,
        order_id: row.get("order_id")?,
        url: row.get("url")?,
        fields: serde_json::from_str(&fields).map_err(wrong)?,
        forged: forged.map(|forged| serde_json::from_str(&forged)).transpose().map_err(wrong)?,
        state: CallbackState::parse(&state),
        attempts: row.get("attempts")?,
        fault: row.get::<_, Option<String>>("fault")?.as_deref().and_then(CallbackFault::parse),
        due: row.get("due")?,
    })
}
