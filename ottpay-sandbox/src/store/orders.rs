//! Stores orders, and what they have in common with refunds. Each id is used only once.

use ottpay::spec::{Gateway, Role};
use ottpay::{Amount, Currency};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::callbacks::{Callback, add_callbacks, json_text};
use super::database::Store;
use super::events::{add_event, describe_state};
use super::savepoint::Savepoint;
use crate::order::{Act, MAX_AMOUNT, Order, OrderKind, OrderState};

/// The maximum number of stored orders.
const MAX_ORDERS: i64 = 1_000_000;

/// A change of an order: the act, who does it, and whether an order that has ended unpaid can still be paid.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change<'a> {
    pub(crate) act: Act,
    pub(crate) who: &'a str,
    pub(crate) late: bool,
}

/// Why an order cannot be added.
#[derive(Debug)]
pub(crate) enum AddError {
    Used,
    Full,
    Sqlite(rusqlite::Error),
}

/// Why an act cannot be applied to an order.
#[derive(Debug)]
pub(crate) enum ActError {
    NoSuchOrder,
    WrongState(OrderState),
    /// The order cannot have the tip or the fee.
    Extra(&'static str),
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for AddError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            // Only ids are unique, so this is the id of another order.
            Some(rusqlite::ErrorCode::ConstraintViolation) => Self::Used,
            _ => Self::Sqlite(error),
        }
    }
}

impl From<rusqlite::Error> for ActError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

pub(super) const COLUMNS: &str = "id, checkout_id, kind, action, amount, currency, tip, fee, state, refunded, original, repeats, callback_url, \
                       provider_id, created, finished, due, expires, request";

impl Store {
    /// Finds an order by its id, or by the merchant's id of its Checkout page.
    pub(crate) fn order(&self, gateway: &Gateway, id: &str) -> rusqlite::Result<Option<Order>> {
        find_order(&self.lock(), gateway, id)
    }

    /// Finds the latest order of a Checkout page, by the merchant's id of the page.
    pub(crate) fn checkout(&self, gateway: &Gateway, id: &str) -> rusqlite::Result<Option<Order>> {
        let connection = self.lock();
        let sql = format!(
            "SELECT {COLUMNS} FROM orders WHERE checkout_id = ?1 OR (repeats = ?1 AND kind = ?2) \
             ORDER BY serial DESC LIMIT 1"
        );
        let kind = OrderKind::Payment.name();
        connection.prepare_cached(&sql)?.query_row([id, kind], |row| read_order(row, gateway)).optional()
    }

    /// Returns all orders and refunds, sorted by id.
    pub(crate) fn orders(&self, gateway: &Gateway) -> rusqlite::Result<Vec<Order>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM orders ORDER BY id"))?;
        statement.query_map([], |row| read_order(row, gateway))?.collect()
    }

    /// Returns the actions that created the orders.
    pub(crate) fn actions(&self) -> rusqlite::Result<Vec<String>> {
        let connection = self.lock();
        let mut statement = connection.prepare("SELECT DISTINCT action FROM orders")?;
        statement.query_map([], |row| row.get(0))?.collect()
    }

    /// Adds an order and the callbacks that `queued` composes for it. Returns the callbacks.
    pub(crate) fn add(
        &self,
        order: &Order,
        what: &str,
        queued: impl FnOnce(&Order) -> Vec<Callback>,
    ) -> Result<Vec<Callback>, AddError> {
        let connection = self.lock();
        let change = Savepoint::begin(&connection)?;
        add_order(&change, order, what)?;
        let mut callbacks = queued(order);
        add_callbacks(&change, &mut callbacks)?;
        change.release()?;
        Ok(callbacks)
    }

    /// Stores the id of a refused request, so that no later order can use it. The limit is the same as for orders.
    pub(crate) fn spend_id(&self, id: &str) -> rusqlite::Result<()> {
        let sql = "INSERT OR IGNORE INTO refused_ids (id) \
                   SELECT ?1 WHERE (SELECT coalesce(max(serial), 0) FROM refused_ids) < ?2";
        self.lock().prepare_cached(sql)?.execute(params![id, MAX_ORDERS]).map(drop)
    }

    /// Applies an act to an order. The callbacks that `queued` composes are stored in the same transaction, so that a
    /// sandbox that is killed stores both or neither.
    pub(crate) fn act(
        &self,
        gateway: &Gateway,
        id: &str,
        Change { act, who, late }: Change<'_>,
        now: i64,
        queued: impl FnOnce(&Order) -> Vec<Callback>,
    ) -> Result<(Order, Vec<Callback>), ActError> {
        let connection = self.lock();
        let change = Savepoint::begin(&connection)?;
        let mut order = find_order(&change, gateway, id)?.ok_or(ActError::NoSuchOrder)?;
        validate_extras(&order, act)?;
        let before = order.state;
        if !order.apply(act, now, late) {
            return Err(ActError::WrongState(before));
        }
        let callbacks = update_order(&change, &order, who, now, queued)?;
        change.release()?;
        Ok((order, callbacks))
    }

    /// Settles the first `limit` due orders. Returns the number of settled orders.
    pub(crate) fn settle(
        &self,
        gateway: &Gateway,
        now: i64,
        limit: u32,
        queued: impl Fn(&Order) -> Vec<Callback>,
    ) -> rusqlite::Result<u32> {
        let connection = self.lock();
        let change = Savepoint::begin(&connection)?;
        let sql = format!("SELECT {COLUMNS} FROM orders WHERE due <= ?1 ORDER BY due LIMIT ?2");
        let due = change
            .prepare_cached(&sql)?
            .query_map(params![now, limit], |row| read_order(row, gateway))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        let mut settled = 0;
        for mut order in due {
            order.apply(order.act_of_time(), now, false);
            // Whatever the result is, the order is not due again.
            order.due = None;
            update_order(&change, &order, "time", now, &queued)?;
            settled += 1;
        }
        change.release()?;
        Ok(settled)
    }

    /// Returns when the next order or callback is due.
    pub(crate) fn next_due(&self) -> rusqlite::Result<Option<i64>> {
        let connection = self.lock();
        // `IS NOT NULL` is the condition of the partial indexes, which SQLite does not use without it.
        let sql = "SELECT min(due) FROM (SELECT min(due) AS due FROM orders WHERE due IS NOT NULL \
                   UNION ALL SELECT min(due) FROM callbacks WHERE due IS NOT NULL)";
        connection.prepare_cached(sql)?.query_row([], |row| row.get(0))
    }
}

pub(super) fn find_order(connection: &Connection, gateway: &Gateway, id: &str) -> rusqlite::Result<Option<Order>> {
    let sql = format!("SELECT {COLUMNS} FROM orders WHERE id = ?1 OR checkout_id = ?1");
    connection.prepare_cached(&sql)?.query_row([id], |row| read_order(row, gateway)).optional()
}

pub(super) fn add_order(connection: &Connection, order: &Order, what: &str) -> Result<(), AddError> {
    // Both kinds of ids share one set, so that an id is used only once. Rows are never deleted, so the last serial
    // number is the count.
    let used = "SELECT EXISTS (SELECT 1 FROM orders WHERE id IN (?1, ?2) OR checkout_id IN (?1, ?2) \
                UNION ALL SELECT 1 FROM refused_ids WHERE id IN (?1, ?2)), \
                (SELECT coalesce(max(serial), 0) FROM orders)";
    // The first order of a Checkout page owns the page's id.
    let checkout_id = order.checkout_id.as_ref().filter(|_| order.repeats.is_none());
    let ids = params![order.id, checkout_id.unwrap_or(&order.id)];
    match connection.prepare_cached(used)?.query_row(ids, |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))? {
        (true, _) => return Err(AddError::Used),
        (false, count) if count >= MAX_ORDERS => return Err(AddError::Full),
        (false, _) => {}
    }
    let sql =
        format!("INSERT INTO orders ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    // In the order of the columns: SQLite would look up named parameters one by one.
    connection.prepare_cached(&sql)?.execute(params![
        order.id,
        checkout_id,
        order.kind.name(),
        order.action.name,
        to_integer(order.amount),
        order.currency.code(),
        order.tip.map(to_integer),
        order.fee.map(to_integer),
        order.state.name(),
        to_integer(order.refunded),
        order.original,
        order.repeats,
        order.callback_url,
        order.provider_id,
        order.created,
        order.finished,
        order.due,
        order.expires,
        json_text(&order.request)?,
    ])?;
    Ok(add_event(connection, &order.id, order.created, what)?)
}

/// Stores a changed order and its callbacks.
fn update_order(
    connection: &Connection,
    order: &Order,
    who: &str,
    now: i64,
    queued: impl FnOnce(&Order) -> Vec<Callback>,
) -> rusqlite::Result<Vec<Callback>> {
    let update = "UPDATE orders SET state = ?2, tip = ?3, fee = ?4, finished = ?5, due = ?6 WHERE id = ?1";
    let (tip, fee) = (order.tip.map(to_integer), order.fee.map(to_integer));
    connection.prepare_cached(update)?.execute(params![
        order.id,
        order.state.name(),
        tip,
        fee,
        order.finished,
        order.due
    ])?;
    add_event(connection, &order.id, now, &describe_state(order.state_word(), who))?;
    if let (OrderKind::Refund, OrderState::Paid, Some(original)) = (order.kind, order.state, &order.original) {
        count_settled(connection, original)?;
    }
    let mut callbacks = queued(order);
    add_callbacks(connection, &mut callbacks)?;
    Ok(callbacks)
}

/// Returns the sum of a payment's refunds that meet a condition.
pub(super) fn sum_refunds(connection: &Connection, payment: &str, condition: &str) -> rusqlite::Result<Amount> {
    let sql = format!("SELECT coalesce(sum(amount), 0) FROM orders WHERE original = ?1 AND {condition}");
    let sum: i64 = connection.prepare_cached(&sql)?.query_row([payment], |row| row.get(0))?;
    Ok(Amount::from_minor(u64::try_from(sum).unwrap_or_default()))
}

/// Adds up the completed refunds of a payment, unless they were counted when they were accepted.
fn count_settled(connection: &Connection, payment: &str) -> rusqlite::Result<()> {
    let settled = sum_refunds(connection, payment, "state = 'paid'")?;
    let update = "UPDATE orders SET refunded = max(refunded, ?2) WHERE id = ?1";
    connection.prepare_cached(update)?.execute(params![payment, to_integer(settled)]).map(drop)
}

/// Rejects a tip or a fee that the order cannot have.
fn validate_extras(order: &Order, act: Act) -> Result<(), ActError> {
    let Act::Pay { tip, fee } = act else { return Ok(()) };
    match (tip, fee) {
        (Some(tip), _) if tip > MAX_AMOUNT => Err(ActError::Extra("the tip is too large")),
        (_, Some(fee)) if fee > MAX_AMOUNT => Err(ActError::Extra("the convenience fee is too large")),
        (Some(tip), _) if tip != Amount::ZERO && !order.has_field(Role::Tip) => {
            Err(ActError::Extra("this payment method does not support tips"))
        }
        (_, Some(fee)) if fee != Amount::ZERO && !order.has_field(Role::Fee) => {
            Err(ActError::Extra("this payment method does not support convenience fees"))
        }
        _ => Ok(()),
    }
}

/// Converts an amount to an integer of SQLite. Greater amounts have been refused earlier.
pub(super) fn to_integer(amount: Amount) -> i64 {
    i64::try_from(amount.minor()).unwrap_or(i64::MAX)
}

pub(super) fn read_order(row: &Row<'_>, gateway: &Gateway) -> rusqlite::Result<Order> {
    let amount = |number: i64| Amount::from_minor(u64::try_from(number).unwrap_or_default());
    let wrong = |column: &str| rusqlite::Error::InvalidColumnName(column.to_owned());
    let action: String = row.get("action")?;
    let (kind, state): (String, String) = (row.get("kind")?, row.get("state")?);
    let kind = if kind == OrderKind::Refund.name() { OrderKind::Refund } else { OrderKind::Payment };
    let (checkout_id, repeats): (Option<String>, Option<String>) = (row.get("checkout_id")?, row.get("repeats")?);
    Ok(Order {
        id: row.get("id")?,
        // The column is unique, so the second order of a page has the page's id in `repeats`.
        checkout_id: checkout_id.or_else(|| repeats.clone().filter(|_| kind == OrderKind::Payment)),
        kind,
        action: gateway.find_method(&action).ok_or_else(|| wrong("action"))?,
        amount: amount(row.get("amount")?),
        currency: Currency::new(&row.get::<_, String>("currency")?).map_err(|_| wrong("currency"))?,
        tip: row.get::<_, Option<i64>>("tip")?.map(amount),
        fee: row.get::<_, Option<i64>>("fee")?.map(amount),
        state: OrderState::from_name(&state).ok_or_else(|| wrong("state"))?,
        refunded: amount(row.get("refunded")?),
        original: row.get("original")?,
        repeats,
        callback_url: row.get("callback_url")?,
        provider_id: row.get("provider_id")?,
        created: row.get("created")?,
        finished: row.get("finished")?,
        due: row.get("due")?,
        expires: row.get("expires")?,
        request: serde_json::from_str(&row.get::<_, String>("request")?).map_err(|_| wrong("request"))?,
    })
}
