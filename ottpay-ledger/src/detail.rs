//! Everything stored about one order, for people.

use std::time::SystemTime;

use serde::Serialize;

use crate::columns::Columns;
use crate::db::Txn;
use crate::filter::Filter;
use crate::store::{Row, StoreError};
use crate::time::Time;
use crate::view::{View, find_orders};

/// The largest number of events and of decisions shown for one order; the newest are kept.
const MOST: u32 = 100;

/// Everything stored about one order, for people: its state, the delivered events, its callbacks, and the decisions
/// made. It contains no payment links and no content of callbacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Detail {
    #[serde(flatten)]
    view: View,
    sends: u64,
    /// Whether the link or code by which the buyer pays is stored.
    is_link_stored: bool,
    tries: u64,
    failing_since: Option<Time>,
    failure: Option<String>,
    events: Vec<Handover>,
    callbacks: Option<Callbacks>,
    decisions: Vec<Decision>,
}

impl Detail {
    /// The order's current state.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// How many times the order was noted as being sent.
    pub fn sends(&self) -> u64 {
        self.sends
    }

    /// Whether the ledger has the link, QR code or parameters by which the buyer pays. They are for the buyer alone.
    pub fn is_link_stored(&self) -> bool {
        self.is_link_stored
    }

    /// How many attempts to process the order have begun since the last one that finished.
    pub fn tries(&self) -> u64 {
        self.tries
    }

    /// When delivering its event to the shop began to fail, and the last failure.
    pub fn failing(&self) -> Option<(SystemTime, &str)> {
        Some((self.failing_since?.system_time(), self.failure.as_deref().unwrap_or_default()))
    }

    /// The events delivered so far, oldest first; the last may still be in progress.
    pub fn events(&self) -> &[Handover] {
        &self.events
    }

    /// The callbacks that named this order, if any.
    pub fn callbacks(&self) -> Option<&Callbacks> {
        self.callbacks.as_ref()
    }

    /// The decisions people made about it, oldest first.
    pub fn decisions(&self) -> &[Decision] {
        &self.decisions
    }
}

/// An event, and whether the shop has completed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Handover {
    key: String,
    kind: String,
    attempt: u64,
    offered_at: Time,
    done_at: Option<Time>,
}

impl Handover {
    /// The key of the event, by which a shop recognises a repeated event.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The kind of transition, such as `paid`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// How many attempts have been made to deliver it to the shop.
    pub fn attempt(&self) -> u64 {
        self.attempt
    }

    /// When the last of these attempts began.
    pub fn offered_at(&self) -> SystemTime {
        self.offered_at.system_time()
    }

    /// When the shop completed it.
    pub fn done_at(&self) -> Option<SystemTime> {
        self.done_at.map(Time::system_time)
    }
}

/// The callbacks that named an order. A callback is a reason to query the order, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Callbacks {
    count: u64,
    first_at: Time,
    last_at: Time,
    /// Whether the gateway has not been queried since the last callback.
    is_pending: bool,
    /// How many callbacks had different fields than the first.
    differing: u64,
}

impl Callbacks {
    /// The number of callbacks, including duplicates.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// When the first callback arrived.
    pub fn first_at(&self) -> SystemTime {
        self.first_at.system_time()
    }

    /// When the last callback arrived.
    pub fn last_at(&self) -> SystemTime {
        self.last_at.system_time()
    }

    /// Whether the gateway has not been queried since the last callback.
    pub fn is_pending(&self) -> bool {
        self.is_pending
    }

    /// How many callbacks had different fields than the first.
    pub fn differing(&self) -> u64 {
        self.differing
    }
}

/// A decision that a person made about an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    verdict: String,
    by: String,
    why: String,
    at: Time,
}

impl Decision {
    /// The verdict.
    pub fn verdict(&self) -> &str {
        &self.verdict
    }

    /// Who decided.
    pub fn decided_by(&self) -> &str {
        &self.by
    }

    /// The reason given.
    pub fn why(&self) -> &str {
        &self.why
    }

    /// When it was decided.
    pub fn decided_at(&self) -> SystemTime {
        self.at.system_time()
    }
}

/// Finds everything stored about the orders with this id, one per merchant.
pub(crate) async fn find_details(txn: &mut Txn, id: &str) -> Result<Vec<Detail>, StoreError> {
    let mut details = Vec::new();
    for view in find_orders(txn, &Filter::new().order_id(id)).await? {
        details.push(find_detail(txn, view).await?);
    }
    Ok(details)
}

async fn find_detail(txn: &mut Txn, view: View) -> Result<Detail, StoreError> {
    let order = [view.merchant_id().into(), view.order_id().into()];
    let sql = "SELECT sends, given IS NOT NULL, tries, failing_since, failure FROM {orders} WHERE serial = $1";
    // Rows of orders are never deleted, so there is one. Reading a column of the empty row is an error.
    let own = txn.query_first(sql, &[view.serial().into()]).await?.unwrap_or_else(|| Row::new(Vec::new()));
    let mut own = Columns::new(&own);
    let sql = format!(
        "SELECT key, kind, attempt, offered_at, done_at FROM {{events}} WHERE merchant = $1 AND id = $2
         ORDER BY serial DESC LIMIT {MOST}"
    );
    let mut events: Vec<_> = txn.query(&sql, &order).await?.iter().map(Handover::read).collect::<Result<_, _>>()?;
    events.reverse();
    let sql = "SELECT seen, first_at, last_at, seen > taken, differing FROM {hints} WHERE merchant = $1 AND id = $2";
    let callbacks = txn.query_first(sql, &order).await?.as_ref().map(Callbacks::read).transpose()?;
    let sql = format!(
        "SELECT verdict, decided_by, why, decided_at FROM {{verdicts}} WHERE merchant = $1 AND id = $2
         ORDER BY serial DESC LIMIT {MOST}"
    );
    let mut decisions: Vec<_> = txn.query(&sql, &order).await?.iter().map(Decision::read).collect::<Result<_, _>>()?;
    decisions.reverse();
    Ok(Detail {
        view,
        sends: own.next_count()?,
        is_link_stored: own.next()?,
        tries: own.next_count()?,
        failing_since: own.next()?,
        failure: own.next()?,
        events,
        callbacks,
        decisions,
    })
}

impl Handover {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let mut columns = Columns::new(row);
        Ok(Self {
            key: columns.next()?,
            kind: columns.next()?,
            attempt: columns.next_count()?,
            offered_at: columns.next()?,
            done_at: columns.next()?,
        })
    }
}

impl Callbacks {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let mut columns = Columns::new(row);
        Ok(Self {
            count: columns.next_count()?,
            first_at: columns.next()?,
            last_at: columns.next()?,
            is_pending: columns.next()?,
            differing: columns.next_count()?,
        })
    }
}

impl Decision {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let mut columns = Columns::new(row);
        Ok(Self { verdict: columns.next()?, by: columns.next()?, why: columns.next()?, at: columns.next()? })
    }
}
