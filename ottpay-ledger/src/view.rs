//! What pages and people see of an order. It never proves a payment; only events do.

use std::time::SystemTime;

use ottpay::spec::{Role, WordSet as _};
use ottpay::{Amount, Currency, Money};
use serde::ser::{Serialize, SerializeStruct as _, Serializer};

use crate::columns::Columns;
use crate::db::Txn;
use crate::filter::Filter;
use crate::reference::Reference;
use crate::row::{parse_role, parse_state};
use crate::state::State;
use crate::store::{Row, StoreError};
use crate::time::Time;

/// An order, Checkout page or refund as the ledger knows it, for a page on which a buyer waits or a list for people.
///
/// It contains no payment link, no secret and no `Payment`: goods are delivered once, by the handler of an event.
///
/// As JSON it is an object of strings, numbers and objects. Times are in UTC, and money is in minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    serial: i64,
    merchant_id: String,
    order_id: String,
    role: Role,
    action: String,
    reference: Reference,
    original: Option<String>,
    state: State,
    amount: Option<Amount>,
    currency: Option<Currency>,
    paid: Option<Money>,
    refunded: Amount,
    noted_at: Time,
    asked: u64,
    asked_at: Option<Time>,
    next_at: Option<Time>,
    answer: Option<String>,
    parked: Option<Parked>,
}

/// Why an event of an order is not retried automatically.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    since: Time,
    failure: String,
}

impl Parked {
    /// When it was parked.
    pub fn since(&self) -> SystemTime {
        self.since.system_time()
    }

    /// The error of the handler.
    pub fn failure(&self) -> &str {
        &self.failure
    }
}

impl Serialize for Parked {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Parked", 2)?;
        out.serialize_field("since", &self.since)?;
        out.serialize_field("failure", &self.failure)?;
        out.end()
    }
}

/// The columns from which a view is read.
const COLUMNS: &str =
    "serial, merchant, id, role, action, reference, original, state, amount, currency, paid, paid_currency,
    refunded, noted_at, asked, asked_at, next_at, answer, parked_at, failure";

impl View {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let mut columns = Columns::new(row);
        // The order of the fields matters here: it is the order of `COLUMNS`, in which they are read.
        let view = Self {
            serial: columns.next()?,
            merchant_id: columns.next()?,
            order_id: columns.next()?,
            role: parse_role(&columns.next::<String>()?)?,
            action: columns.next()?,
            reference: columns.parse("a reference", |text| text.parse().ok())?,
            original: columns.next()?,
            state: parse_state(&columns.next::<String>()?)?,
            amount: columns.next()?,
            currency: columns.parse_optional("a currency", |text| Currency::new(text).ok())?,
            paid: {
                let amount: Option<Amount> = columns.next()?;
                let currency = columns.parse_optional("a currency", |text| Currency::new(text).ok())?;
                amount.zip(currency).map(|(amount, currency)| amount.in_currency(currency))
            },
            refunded: columns.next()?,
            noted_at: columns.next()?,
            asked: columns.next_count()?,
            asked_at: columns.next()?,
            next_at: columns.next()?,
            answer: columns.next()?,
            parked: {
                let since: Option<Time> = columns.next()?;
                let failure: Option<String> = columns.next()?;
                since.map(|since| Parked { since, failure: failure.unwrap_or_default() })
            },
        };
        Ok(view)
    }

    /// The order's number in the ledger, with which a list is continued: see [`Filter::before`].
    pub fn serial(&self) -> i64 {
        self.serial
    }

    /// The merchant.
    pub fn merchant_id(&self) -> &str {
        &self.merchant_id
    }

    /// The id that the shop gave the order, the Checkout page or the refund.
    pub fn order_id(&self) -> &str {
        &self.order_id
    }

    /// Whether it is an order, a Checkout page or a refund.
    pub fn role(&self) -> Role {
        self.role
    }

    /// The method of the action, such as `active_pay`.
    pub fn action(&self) -> &str {
        &self.action
    }

    /// The shop's own name for the purchase.
    pub fn reference(&self) -> &Reference {
        &self.reference
    }

    /// For a refund: the id of the payment that it refunds.
    pub fn original(&self) -> Option<&str> {
        self.original.as_deref()
    }

    /// The current state.
    pub fn state(&self) -> State {
        self.state
    }

    /// The requested amount, without fee and tip.
    pub fn amount(&self) -> Option<Amount> {
        self.amount
    }

    /// The currency of the requested amount.
    pub fn currency(&self) -> Option<Currency> {
        self.currency
    }

    /// The amount that was reported as paid. This is for display; only the amount in an event counts.
    pub fn paid(&self) -> Option<Money> {
        self.paid
    }

    /// How much was reported as refunded.
    pub fn refunded(&self) -> Amount {
        self.refunded
    }

    /// When the order was noted.
    pub fn noted_at(&self) -> SystemTime {
        self.noted_at.system_time()
    }

    /// How often the gateway was queried about it.
    pub fn queries(&self) -> u64 {
        self.asked
    }

    /// When the gateway was last queried.
    pub fn queried_at(&self) -> Option<SystemTime> {
        self.asked_at.map(Time::system_time)
    }

    /// When it will next be queried without a hint.
    pub fn next_at(&self) -> Option<SystemTime> {
        self.next_at.map(Time::system_time)
    }

    /// The answer to the last query, for people.
    pub fn answer(&self) -> Option<&str> {
        self.answer.as_deref()
    }

    /// Whether its next event is parked until it is replayed, and why.
    pub fn parked(&self) -> Option<&Parked> {
        self.parked.as_ref()
    }

    /// What a person should do, in one sentence.
    pub fn what_to_do(&self) -> &'static str {
        match self.parked {
            Some(_) => "fix the cause of the handler's failure, then replay it",
            None => self.state.what_to_do(),
        }
    }
}

impl Serialize for View {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("View", 19)?;
        out.serialize_field("serial", &self.serial)?;
        out.serialize_field("merchant_id", &self.merchant_id)?;
        out.serialize_field("order_id", &self.order_id)?;
        out.serialize_field("role", self.role.word().unwrap_or_default())?;
        out.serialize_field("action", &self.action)?;
        out.serialize_field("reference", self.reference.as_str())?;
        out.serialize_field("original", &self.original)?;
        out.serialize_field("state", self.state.as_str())?;
        out.serialize_field("amount", &self.amount)?;
        out.serialize_field("currency", &self.currency)?;
        out.serialize_field("paid", &self.paid)?;
        out.serialize_field("refunded", &self.refunded)?;
        out.serialize_field("noted_at", &self.noted_at)?;
        out.serialize_field("asked", &self.asked)?;
        out.serialize_field("asked_at", &self.asked_at)?;
        out.serialize_field("next_at", &self.next_at)?;
        out.serialize_field("answer", &self.answer)?;
        out.serialize_field("parked", &self.parked)?;
        out.serialize_field("what_to_do", self.what_to_do())?;
        out.end()
    }
}

/// Finds the orders that match a filter, newest first.
pub(crate) async fn find_orders(txn: &mut Txn, filter: &Filter) -> Result<Vec<View>, StoreError> {
    let (conditions, values) = filter.conditions();
    let sql =
        format!("SELECT {COLUMNS} FROM {{orders}} {conditions} ORDER BY serial DESC LIMIT {}", filter.limited_to());
    txn.query(&sql, &values).await?.iter().map(View::read).collect()
}
