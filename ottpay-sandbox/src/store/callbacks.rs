//! Callbacks that are to be delivered, and what became of them.

use rusqlite::{Row, params};

use super::Store;

/// A sealed message for the merchant.
#[derive(Debug, Clone)]
pub(crate) struct Callback {
    pub(crate) serial: i64,
    pub(crate) order_id: String,
    pub(crate) url: String,
    /// The sealed message, made once: every attempt sends the same bytes.
    pub(crate) body: Vec<u8>,
    pub(crate) state: CallbackState,
    pub(crate) attempts: u32,
    /// Name of the fault that it is to suffer.
    pub(crate) fault: Option<String>,
    /// When it is tried next.
    pub(crate) due: Option<i64>,
}

/// Where a callback stands.
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
}

/// How long a callback is out of the way while an attempt is under way. If the sandbox is stopped meanwhile, it is
/// tried again afterwards.
pub(crate) const LEASE: i64 = 30_000;

impl Store {
    /// Adds a callback, and says its number.
    pub(crate) fn add_callback(&self, callback: &Callback) -> rusqlite::Result<i64> {
        let connection = self.lock();
        let sql = "INSERT INTO callbacks (order_id, url, body, state, attempts, fault, due) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let Callback { order_id, url, body, state, attempts, fault, due, .. } = callback;
        connection.prepare_cached(sql)?.execute(params![order_id, url, body, state.name(), attempts, fault, due])?;
        Ok(connection.last_insert_rowid())
    }

    /// Takes the callbacks that are due out of the way of others who look for them, to try them now.
    pub(crate) fn claim_callbacks(&self, now: i64, limit: u32) -> rusqlite::Result<Vec<Callback>> {
        let connection = self.lock();
        let sql = "UPDATE callbacks SET due = ?2 WHERE serial IN \
                   (SELECT serial FROM callbacks WHERE due <= ?1 ORDER BY due LIMIT ?3) \
                   RETURNING serial, order_id, url, body, state, attempts, fault, due";
        let mut found: Vec<Callback> = connection
            .prepare_cached(sql)?
            .query_map(params![now, now + LEASE, limit], read)?
            .collect::<Result<_, _>>()?;
        found.sort_by_key(|callback| callback.serial);
        Ok(found)
    }

    /// What became of an attempt.
    pub(crate) fn attempted(&self, callback: &Callback) -> rusqlite::Result<()> {
        let connection = self.lock();
        let sql = "UPDATE callbacks SET state = ?2, attempts = ?3, fault = ?4, due = ?5 WHERE serial = ?1";
        let Callback { serial, state, attempts, fault, due, .. } = callback;
        connection.prepare_cached(sql)?.execute(params![serial, state.name(), attempts, fault, due]).map(drop)
    }

    /// Callbacks that wait to come after that of another order are due.
    pub(crate) fn release_held(&self, order_id: &str, now: i64) -> rusqlite::Result<()> {
        let connection = self.lock();
        let sql = "UPDATE callbacks SET due = ?2, fault = NULL \
                   WHERE due IS NOT NULL AND order_id <> ?1 AND fault LIKE 'callback_out_of_order:%'";
        connection.prepare_cached(sql)?.execute(params![order_id, now]).map(drop)
    }

    pub(crate) fn callbacks(&self, order_id: &str) -> rusqlite::Result<Vec<Callback>> {
        let connection = self.lock();
        let sql = "SELECT serial, order_id, url, body, state, attempts, fault, due FROM callbacks \
                   WHERE order_id = ?1 ORDER BY serial LIMIT 100";
        connection.prepare_cached(sql)?.query_map([order_id], read)?.collect()
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Callback> {
    let state: String = row.get(4)?;
    Ok(Callback {
        serial: row.get(0)?,
        order_id: row.get(1)?,
        url: row.get(2)?,
        body: row.get(3)?,
        state: match &*state {
            "delivered" => CallbackState::Delivered,
            "failed" => CallbackState::Failed,
            _ => CallbackState::Waiting,
        },
        attempts: row.get(5)?,
        fault: row.get(6)?,
        due: row.get(7)?,
    })
}
