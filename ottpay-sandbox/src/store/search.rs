//! Searches orders by their properties. A search reads a limited number of orders and reports where it stopped.

use ottpay::spec::Gateway;
use ottpay::{Amount, Currency};
use rusqlite::params;

use super::database::Store;
use super::orders::{COLUMNS, read_order, to_integer};
use super::pattern::{match_any, write_pattern};
use crate::order::{Order, OrderKind, OrderState};

/// The maximum number of orders that one search reads.
pub(crate) const MAX_SEARCHED: i64 = 5_000;

/// The criteria of a search. An order must match all of them.
#[derive(Debug, Default, Clone)]
pub(crate) struct OrderSearch {
    /// A part of an id, of the callback URL, or of a value of the request. Case does not matter.
    pub(crate) text: Option<String>,
    pub(crate) kind: Option<OrderKind>,
    pub(crate) state: Option<OrderState>,
    /// The client's method.
    pub(crate) action: Option<String>,
    /// The amount, with or without the fee.
    pub(crate) amount: Option<(Amount, Currency)>,
    /// Only orders before this serial number.
    pub(crate) before: Option<i64>,
    pub(crate) limit: u32,
}

/// The result of a search.
#[derive(Debug)]
pub(crate) struct FoundOrders {
    /// The orders with their serial numbers, latest first.
    pub(crate) orders: Vec<(i64, Order)>,
    /// The serial number before which to continue, if the search stopped at its limit.
    pub(crate) stopped_at: Option<i64>,
}

impl Store {
    /// Searches orders, latest first.
    pub(crate) fn search_orders(&self, gateway: &Gateway, search: &OrderSearch) -> rusqlite::Result<FoundOrders> {
        let connection = self.lock();
        // Rows are never deleted, so the last serial number is the count.
        let count: i64 = connection
            .prepare_cached("SELECT coalesce(max(serial), 0) FROM orders")?
            .query_row([], |row| row.get(0))?;
        // The orders that a search reads are counted from the latest one, not from the greatest number.
        let before = search.before.unwrap_or(i64::MAX).min(count + 1);
        let first = before.saturating_sub(MAX_SEARCHED).max(1);
        let columns = ["id", "checkout_id", "original", "provider_id", "callback_url", "request"];
        let has_text = match_any(&columns, "?8");
        let sql = format!(
            "SELECT {COLUMNS}, serial FROM orders WHERE serial < ?1 AND serial >= ?2 \
             AND (?3 IS NULL OR kind = ?3) AND (?4 IS NULL OR state = ?4) AND (?5 IS NULL OR action = ?5) \
             AND (?6 IS NULL OR (currency = ?7 AND ?6 IN (amount, amount + coalesce(fee, 0)))) AND {has_text} \
             ORDER BY serial DESC LIMIT ?9"
        );
        let OrderSearch { text, kind, state, action, amount, limit, .. } = search;
        let (amount, currency) = amount.unzip();
        let values = params![
            before,
            first,
            kind.map(OrderKind::name),
            state.map(OrderState::name),
            action,
            amount.map(to_integer),
            currency.as_ref().map(Currency::code),
            text.as_deref().map(write_pattern),
            limit,
        ];
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map(values, |row| Ok((row.get("serial")?, read_order(row, gateway)?)))?;
        let orders = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        let has_stopped = first > 1 && orders.len() < usize::try_from(*limit).unwrap_or(usize::MAX);
        Ok(FoundOrders { orders, stopped_at: has_stopped.then_some(first) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synchronous::Synchronous;

    /// Creates a store with this many orders.
    fn fill(count: i64) -> Store {
        let store = Store::open(None, Synchronous::Normal).unwrap();
        let sql = "INSERT INTO orders (id, kind, action, amount, currency, state, refunded, provider_id, created, request) \
                   WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) \
                   SELECT 'T' || i, 'payment', 'active_pay', i, 'CAD', 'created', 0, 'SB', 0, '{}' FROM n";
        store.lock().execute(sql, [count]).unwrap();
        store
    }

    fn find(store: &Store, search: &OrderSearch) -> (Vec<String>, Option<i64>) {
        let found = store.search_orders(&ottpay::GATEWAY, search).unwrap();
        (found.orders.into_iter().map(|(_, order)| order.id).collect(), found.stopped_at)
    }

    #[test]
    fn a_search_stops_after_a_bounded_number_of_orders_and_goes_on_from_there() {
        let store = fill(MAX_SEARCHED + 10);
        let oldest =
            OrderSearch { amount: Some((Amount::from_minor(7), Currency::CAD)), limit: 31, ..OrderSearch::default() };
        assert_eq!(find(&store, &oldest), (Vec::new(), Some(11)));
        let further = OrderSearch { before: Some(11), ..oldest.clone() };
        assert_eq!(find(&store, &further), (vec!["T7".to_owned()], None));
        // A search that fills the page has not stopped at the limit.
        let (all, stopped_at) = find(&store, &OrderSearch { limit: 31, ..OrderSearch::default() });
        assert_eq!((all.len(), stopped_at), (31, None));
        let beyond = OrderSearch { before: Some(i64::MIN), ..oldest };
        assert_eq!(find(&store, &beyond), (Vec::new(), None));
    }
}
