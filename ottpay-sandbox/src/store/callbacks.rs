//! Stores callbacks and the outcomes of their delivery.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::database::Store;
use super::events::add_event;
use super::latest::{Latest, read_latest};
use super::savepoint::Savepoint;
use crate::fault::Fault;

const COLUMNS: &str = "serial, order_id, url, fields, forged, state, attempts, fault, due";

/// The maximum number of callbacks in the list of an order, which has the latest ones.
const MAX_OF_ORDER: u32 = 100;

/// A callback to the merchant.
#[derive(Debug, Clone)]
pub(crate) struct Callback {
    pub(crate) serial: i64,
    pub(crate) order_id: String,
    pub(crate) url: String,
    /// The fields that each attempt seals.
    pub(crate) fields: BTreeMap<String, String>,
    /// For a forged callback, the unverified members next to `data`.
    pub(crate) forged: Option<BTreeMap<String, String>>,
    pub(crate) state: CallbackState,
    pub(crate) attempts: u32,
    /// The fault of the callback.
    pub(crate) fault: Option<CallbackFault>,
    /// When the next attempt is due.
    pub(crate) due: Option<i64>,
}

/// The fault of a callback's delivery.
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
        Some(Self { fault: Fault::from_name(name)?, delay: delay.parse().unwrap_or(0) })
    }
}

/// The state of a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallbackState {
    /// The merchant has not acknowledged it yet.
    Waiting,
    /// The merchant has acknowledged it with a 2xx status.
    Delivered,
    /// The last attempt has failed.
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

/// Serialises a map to a JSON object.
pub(super) fn json_text(map: &BTreeMap<String, String>) -> rusqlite::Result<String> {
    serde_json::to_string(map).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// Stores callbacks and assigns their numbers.
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
    /// Stores a callback and an event in the history of its order. Returns the callback with its number.
    pub(crate) fn add_callback(&self, mut callback: Callback, now: i64, what: &str) -> rusqlite::Result<Callback> {
        let connection = self.lock();
        let change = Savepoint::begin(&connection)?;
        add_callbacks(&change, std::slice::from_mut(&mut callback))?;
        add_event(&change, &callback.order_id, now, what)?;
        change.release()?;
        Ok(callback)
    }

    /// Claims due callbacks. A claimed callback is not due again until the outcome of the attempt is stored.
    pub(crate) fn claim_callbacks(&self, now: i64, limit: u32) -> rusqlite::Result<Vec<Callback>> {
        let connection = self.lock();
        let sql = format!(
            "UPDATE callbacks SET due = NULL WHERE serial IN \
             (SELECT serial FROM callbacks WHERE due <= ?1 ORDER BY due LIMIT ?2) RETURNING {COLUMNS}"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let mut found: Vec<Callback> =
            statement.query_map(params![now, limit], read_callback)?.collect::<Result<_, _>>()?;
        // SQLite returns the rows of `RETURNING` in no defined order.
        found.sort_by_key(|callback| callback.serial);
        Ok(found)
    }

    /// Makes all claimed callbacks due: after a restart no attempt is in progress.
    pub(super) fn unclaim_callbacks(&self) -> rusqlite::Result<()> {
        let sql = "UPDATE callbacks SET due = 0 WHERE due IS NULL AND state = 'waiting'";
        self.lock().execute(sql, []).map(drop)
    }

    /// Stores the outcome of an attempt.
    pub(crate) fn record_attempt(&self, callback: &Callback) -> rusqlite::Result<()> {
        let connection = self.lock();
        let sql = "UPDATE callbacks SET state = ?2, attempts = ?3, fault = ?4, due = ?5 WHERE serial = ?1";
        let Callback { serial, state, attempts, fault, due, .. } = callback;
        let fault = fault.map(CallbackFault::to_text);
        connection.prepare_cached(sql)?.execute(params![serial, state.name(), attempts, fault, due]).map(drop)
    }

    /// Makes callbacks due that were held until this one arrived.
    pub(crate) fn release_held(&self, arrived: &Callback, now: i64) -> rusqlite::Result<()> {
        let connection = self.lock();
        // A callback without a due time is claimed: an attempt to deliver it has begun.
        let sql = "UPDATE callbacks SET due = ?3, fault = NULL WHERE due IS NOT NULL AND serial < ?1 \
                   AND order_id <> ?2 AND fault LIKE ?4";
        let held = format!("{}:%", Fault::CallbackOutOfOrder.name());
        connection.prepare_cached(sql)?.execute(params![arrived.serial, arrived.order_id, now, held]).map(drop)
    }

    /// Returns the callback of an order at this index, from 0.
    pub(crate) fn nth_callback(&self, order_id: &str, place: u32) -> rusqlite::Result<Option<Callback>> {
        let connection = self.lock();
        let sql = format!("SELECT {COLUMNS} FROM callbacks WHERE order_id = ?1 ORDER BY serial LIMIT 1 OFFSET ?2");
        connection.prepare_cached(&sql)?.query_row(params![order_id, place], read_callback).optional()
    }

    /// Returns the states of an order's callbacks except forged ones.
    pub(crate) fn genuine_callback_states(&self, order_id: &str) -> rusqlite::Result<Vec<CallbackState>> {
        let connection = self.lock();
        let sql = "SELECT DISTINCT state FROM callbacks WHERE order_id = ?1 AND forged IS NULL";
        let read = |row: &Row<'_>| row.get::<_, String>(0).map(|name| CallbackState::parse(&name));
        connection.prepare_cached(sql)?.query_map([order_id], read)?.collect()
    }

    /// Returns the latest callbacks of an order.
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
