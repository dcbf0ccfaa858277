//! Health: how much is waiting, how many orders need manual review, and how large the ledger is.

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde::Serialize;

use crate::columns::Columns;
use crate::db::Txn;
use crate::row::parse_state;
use crate::state::State;
use crate::store::{Dialect, Row, StoreError};
use crate::time::Time;

/// How much is waiting, how many orders need manual review, and how large the ledger is: for pages, metrics and alerts.
///
/// It serializes as a JSON object with times in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Health {
    at: Time,
    hints: Waiting,
    due: Waiting,
    followed: u64,
    to_look_at: BTreeMap<&'static str, Waiting>,
    parked: Waiting,
    failing: Waiting,
    unproven: Vec<Unproven>,
    strays: u64,
    bytes: u64,
}

impl Health {
    /// When this was measured, by the database's clock.
    pub fn measured_at(&self) -> SystemTime {
        self.at.system_time()
    }

    /// Orders that a callback has named and that have not been queried since. The oldest should be a few seconds old.
    pub fn hints(&self) -> Waiting {
        self.hints
    }

    /// Orders that are due, except parked ones. This shows how far the workers lag.
    pub fn due(&self) -> Waiting {
        self.due
    }

    /// How many orders will be queried again without a hint.
    pub fn followed(&self) -> u64 {
        self.followed
    }

    /// Orders in this state, and when the oldest was noted. Only counted for states in which [a person has to
    /// decide](State::needs_person).
    pub fn to_look_at(&self, state: State) -> Waiting {
        self.to_look_at.get(state.as_str()).copied().unwrap_or_default()
    }

    /// Orders that are parked until they are replayed.
    pub fn parked(&self) -> Waiting {
        self.parked
    }

    /// Orders whose event could not be delivered and is being retried.
    pub fn failing(&self) -> Waiting {
        self.failing
    }

    /// Actions whose orders have callbacks, but for which no query has ever confirmed a payment.
    pub fn unproven(&self) -> &[Unproven] {
        &self.unproven
    }

    /// How many callbacks are stored for orders that were never noted.
    pub fn strays(&self) -> u64 {
        self.strays
    }

    /// The size of the tables and their indexes in bytes; on SQLite, of the whole file.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// A count, and the time of the oldest item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Waiting {
    count: u64,
    oldest: Option<Time>,
}

impl Waiting {
    /// The number of items.
    pub fn count(self) -> u64 {
        self.count
    }

    /// When the oldest item began to wait, if there is one.
    pub fn oldest(self) -> Option<SystemTime> {
        self.oldest.map(Time::system_time)
    }

    fn read(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self { count: columns.next_count()?, oldest: columns.next()? })
    }
}

/// An action for which no query has confirmed a payment yet, although its orders have callbacks: it is not known
/// whether the query in the specification supports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unproven {
    merchant_id: String,
    action: String,
    orders: u64,
}

impl Unproven {
    /// The merchant.
    pub fn merchant_id(&self) -> &str {
        &self.merchant_id
    }

    /// The name of the action's method.
    pub fn action(&self) -> &str {
        &self.action
    }

    /// How many orders that are still followed have a callback.
    pub fn orders(&self) -> u64 {
        self.orders
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        let mut columns = Columns::new(row);
        Ok(Self { merchant_id: columns.next()?, action: columns.next()?, orders: columns.next_count()? })
    }
}

/// Each statement is answered by an index of its own: a ledger has millions of orders, of which few are waiting.
const HINTS: &str = "SELECT COUNT(*), MIN(h.last_at) FROM {hints} AS h
    JOIN {orders} AS o ON o.merchant = h.merchant AND o.id = h.id WHERE h.seen > h.taken AND o.parked_at IS NULL";
const DUE: &str =
    "SELECT COUNT(*), MIN(next_at) FROM {orders} WHERE next_at IS NOT NULL AND next_at <= {now} AND parked_at IS NULL";
const FOLLOWED: &str = "SELECT COUNT(*) FROM {orders} WHERE next_at IS NOT NULL";
/// The condition repeats the index's condition word for word. Otherwise the database does not use the partial index.
const TO_LOOK_AT: &str = "SELECT state, COUNT(*), MIN(noted_at) FROM {orders}
    WHERE state IN ('conflict', 'paid_again', 'reversed', 'mismatch', 'unconfirmed', 'unresolved', 'refund_failed') GROUP BY state";
const PARKED: &str = "SELECT COUNT(*), MIN(parked_at) FROM {orders} WHERE parked_at IS NOT NULL";
const FAILING: &str = "SELECT COUNT(*), MIN(failing_since) FROM {orders}
    WHERE next_at IS NOT NULL AND failing_since IS NOT NULL AND parked_at IS NULL";
const UNPROVEN: &str = "SELECT o.merchant, o.action, COUNT(*) FROM {orders} o
    JOIN {hints} h ON h.merchant = o.merchant AND h.id = o.id
    WHERE o.next_at IS NOT NULL AND h.vouched_at IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM {proven} p WHERE p.merchant = o.merchant AND p.action = o.action)
    GROUP BY o.merchant, o.action ORDER BY o.merchant, o.action";
const STRAYS: &str = "SELECT COUNT(*) FROM {strays}";

fn select_size(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        Dialect::Postgres => {
            "SELECT CAST(COALESCE(SUM(pg_total_relation_size(c.oid)), 0) AS bigint) FROM pg_class c
             JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'ottpay' AND c.relkind = 'r'"
        }
    }
}

pub(crate) async fn find_health(txn: &mut Txn) -> Result<Health, StoreError> {
    let needing = State::ALL.into_iter().filter(|state| state.needs_person());
    let mut to_look_at: BTreeMap<_, _> = needing.map(|state| (state.as_str(), Waiting::default())).collect();
    for row in txn.query(TO_LOOK_AT, &[]).await? {
        let mut columns = Columns::new(&row);
        let state = parse_state(&columns.next::<String>()?)?;
        to_look_at.insert(state.as_str(), Waiting::read(&mut columns)?);
    }
    Ok(Health {
        at: Time::from_millis(txn.now().await?),
        hints: read_waiting(txn, HINTS).await?,
        due: read_waiting(txn, DUE).await?,
        followed: read_count(txn, FOLLOWED).await?,
        to_look_at,
        parked: read_waiting(txn, PARKED).await?,
        failing: read_waiting(txn, FAILING).await?,
        unproven: txn.query(UNPROVEN, &[]).await?.iter().map(Unproven::read).collect::<Result<_, _>>()?,
        strays: read_count(txn, STRAYS).await?,
        bytes: read_count(txn, select_size(txn.dialect())).await?,
    })
}

async fn read_waiting(txn: &mut Txn, sql: &str) -> Result<Waiting, StoreError> {
    let row = txn.query_first(sql, &[]).await?;
    row.map_or(Ok(Waiting::default()), |row| Waiting::read(&mut Columns::new(&row)))
}

async fn read_count(txn: &mut Txn, sql: &str) -> Result<u64, StoreError> {
    let row = txn.query_first(sql, &[]).await?;
    row.map_or(Ok(0), |row| Columns::new(&row).next_count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_has_to_look_at_has_an_index() {
        let needing = State::ALL.into_iter().filter(|state| state.needs_person());
        let words: Vec<String> = needing.map(|state| format!("'{state}'")).collect();
        let condition = format!("WHERE state IN ({})", words.join(", "));
        assert!(TO_LOOK_AT.contains(&condition), "{condition}");
        let index = format!("ON {{orders}} (state, noted_at)\n    {condition};");
        assert!(include_str!("schema.sql").contains(&index), "{index}");
    }

    #[cfg(feature = "sqlite")]
    #[tokio::test]
    async fn nothing_is_counted_by_reading_every_order() {
        use crate::db::Db;
        let db = Db::new(crate::Sqlite::memory());
        crate::migrate::migrate(&db).await.unwrap();
        for sql in [HINTS, DUE, FOLLOWED, TO_LOOK_AT, PARKED, FAILING, UNPROVEN] {
            let mut txn = db.begin().await.unwrap();
            for row in txn.query(&format!("EXPLAIN QUERY PLAN {sql}"), &[]).await.unwrap() {
                let step: String = row.get(3).unwrap();
                assert!(!step.starts_with("SCAN") || step.contains("INDEX"), "{sql}: {step}");
            }
        }
    }
}
