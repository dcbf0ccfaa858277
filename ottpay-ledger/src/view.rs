//! What pages and people see of an order. Nothing in it proves a payment: events do.

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

/// An order, a Checkout page or a refund as the ledger knows it, for a page that a buyer waits on or a list for people. It has
/// no payment link and nothing secret, and no `Payment` comes from it: goods are handed over by
/// the handler of an event, once.
///
/// As JSON it is an object of strings, numbers and objects; times are in UTC, money is in minor units.
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

/// Why an event of an order is not handed over again by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    since: Time,
    failure: String,
}

impl Parked {
    /// Since when.
    pub fn since(&self) -> SystemTime {
        self.since.system_time()
    }

    /// What the handler said.
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

/// The columns that a view is read from.
const COLUMNS: &str =
    "serial, merchant, id, role, action, reference, original, state, amount, currency, paid, paid_currency,
    refunded, noted_at, asked, asked_at, next_at, answer, parked_at, failure";

impl View {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let mut columns = Columns::of(row);
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
            asked: columns.count()?,
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

    /// Its number in the ledger, by which a list is continued: see [`Filter::before`].
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

    /// The shop's own name for what is paid.
    pub fn reference(&self) -> &Reference {
        &self.reference
    }

    /// The id of the payment that a refund gives back.
    pub fn original(&self) -> Option<&str> {
        self.original.as_deref()
    }

    /// How it stands.
    pub fn state(&self) -> State {
        self.state
    }

    /// What was asked for, without fee and tip.
    pub fn amount(&self) -> Option<Amount> {
        self.amount
    }

    /// The currency of what was asked for.
    pub fn currency(&self) -> Option<Currency> {
        self.currency
    }

    /// What was reported as paid. For people: what was handed over in an event counts.
    pub fn paid(&self) -> Option<Money> {
        self.paid
    }

    /// How much of it was reported as given back.
    pub fn refunded(&self) -> Amount {
        self.refunded
    }

    /// When it was noted.
    pub fn noted_at(&self) -> SystemTime {
        self.noted_at.system_time()
    }

    /// How often the gateway was asked about it.
    pub fn asked(&self) -> u64 {
        self.asked
    }

    /// When the gateway was asked last.
    pub fn asked_at(&self) -> Option<SystemTime> {
        self.asked_at.map(Time::system_time)
    }

    /// When it is looked at next by itself.
    pub fn next_at(&self) -> Option<SystemTime> {
        self.next_at.map(Time::system_time)
    }

    /// What the last query said, for people.
    pub fn answer(&self) -> Option<&str> {
        self.answer.as_deref()
    }

    /// Whether its next event is held back until it is replayed, and why.
    pub fn parked(&self) -> Option<&Parked> {
        self.parked.as_ref()
    }

    /// What a person may do, in a sentence.
    pub fn what_to_do(&self) -> &'static str {
        match self.parked {
            Some(_) => "mend what the handler failed at, then replay it",
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

/// The orders that a filter lets through, the newest first.
pub(crate) async fn find_orders(txn: &mut Txn, filter: &Filter) -> Result<Vec<View>, StoreError> {
    let (conditions, values) = filter.conditions();
    let sql =
        format!("SELECT {COLUMNS} FROM {{orders}} {conditions} ORDER BY serial DESC LIMIT {}", filter.limited_to());
    txn.query(&sql, &values).await?.iter().map(View::read).collect()
}
