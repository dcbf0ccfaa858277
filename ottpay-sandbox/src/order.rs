//! Orders and refunds, and the acts that change them.

use std::collections::BTreeMap;
use std::fmt;
use std::time::SystemTime;

use ottpay::spec::{ActionInfo, FieldInfo, Role};
use ottpay::{Amount, Currency, StatusClass};

use crate::clock;

/// A payment or a refund.
#[derive(Clone)]
pub struct Order {
    pub(crate) id: String,
    /// The merchant's own id, if the gateway created `id`.
    pub(crate) checkout_id: Option<String>,
    pub(crate) kind: OrderKind,
    pub(crate) action: &'static ActionInfo,
    pub(crate) amount: Amount,
    pub(crate) currency: Currency,
    pub(crate) tip: Option<Amount>,
    pub(crate) fee: Option<Amount>,
    pub(crate) state: OrderState,
    pub(crate) refunded: Amount,
    /// The id of the payment that a refund returns.
    pub(crate) original: Option<String>,
    /// The id that an earlier order has too: the refund's own id, or that of the Checkout page.
    pub(crate) repeats: Option<String>,
    pub(crate) callback_url: Option<String>,
    pub(crate) provider_id: String,
    /// In milliseconds of the sandbox's clock, like all times here.
    pub(crate) created: i64,
    pub(crate) finished: Option<i64>,
    /// When time changes the order.
    pub(crate) due: Option<i64>,
    /// When the order is closed if it is not paid; `None` for a refund.
    pub(crate) expires: Option<i64>,
    /// Values of the request, without sensitive ones. The reply to a query repeats them.
    pub(crate) request: BTreeMap<String, String>,
}

/// The maximum amount, in minor units. It is low enough that the sum of a few amounts cannot overflow an integer of
/// SQLite.
pub(crate) const MAX_AMOUNT: Amount = Amount::from_minor(1_000_000_000_000_000);

/// The state of a completed refund, as a word.
pub(crate) const REFUNDED: &str = "refunded";

/// The kind of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OrderKind {
    /// The buyer pays the merchant.
    Payment,
    /// The merchant returns a payment or a part of it.
    Refund,
}

/// The state of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OrderState {
    /// Waiting for the buyer.
    Created,
    /// In progress, and settled automatically later: see [`Fault::Processing`](crate::Fault::Processing).
    Processing,
    /// Paid by the buyer; for a refund, completed.
    Paid,
    /// Reserved by the buyer's bank, but not captured.
    Authorised,
    /// Declined by the buyer's wallet or bank.
    Declined,
    /// Cancelled by the buyer, or released by the bank.
    Cancelled,
    /// The buyer did not pay in time.
    Closed,
}

/// An act of the buyer, of their bank, or of time that changes an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Act {
    /// The buyer pays, possibly with a tip and a convenience fee.
    Pay {
        /// The tip; the default is that of the request.
        tip: Option<Amount>,
        /// The fee that the gateway adds to the amount.
        fee: Option<Amount>,
    },
    /// The buyer's wallet or bank declines.
    Decline,
    /// The buyer cancels.
    Cancel,
    /// The time to pay ends.
    Expire,
    /// The bank captures the reserved money. The vendor does not document a call for it.
    Capture,
    /// The bank releases the reserved money. The vendor does not document a call for it.
    Release,
}

/// Prints the name in the control interface: `pay`.
impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Prints the name in the control interface: `paid`.
impl fmt::Display for OrderState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Prints the name in the control interface: `refund`.
impl fmt::Display for OrderKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Act {
    /// All acts, by their names in the control interface.
    pub(crate) const NAMES: [(&'static str, Self); 6] = [
        ("pay", Self::Pay { tip: None, fee: None }),
        ("decline", Self::Decline),
        ("cancel", Self::Cancel),
        ("expire", Self::Expire),
        ("capture", Self::Capture),
        ("release", Self::Release),
    ];

    /// Returns the name in the control interface.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pay { .. } => "pay",
            Self::Decline => "decline",
            Self::Cancel => "cancel",
            Self::Expire => "expire",
            Self::Capture => "capture",
            Self::Release => "release",
        }
    }
}

impl OrderState {
    const NAMES: [(&'static str, Self); 7] = [
        ("created", Self::Created),
        ("processing", Self::Processing),
        ("paid", Self::Paid),
        ("authorised", Self::Authorised),
        ("declined", Self::Declined),
        ("cancelled", Self::Cancelled),
        ("closed", Self::Closed),
    ];

    /// Returns the name in the database and in the control interface.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, state)| *state == self).map_or("", |(name, _)| name)
    }

    /// Lists all names, in the order of an order's life.
    pub(crate) fn list_names() -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().map(|(name, _)| name)
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, state)| *state)
    }
}

impl OrderKind {
    /// Returns the name in the database and in the control interface.
    pub fn name(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Refund => "refund",
        }
    }
}

impl Order {
    /// Returns the id; for a Checkout page, the id that the gateway created.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns whether this is a payment or a refund.
    pub fn kind(&self) -> OrderKind {
        self.kind
    }

    /// Returns the amount in the merchant's request.
    pub fn amount(&self) -> Amount {
        self.amount
    }

    /// Returns the currency of all amounts: the currency in the request, or else the merchant's.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// Returns the tip, which is not included in the amount.
    pub fn tip(&self) -> Option<Amount> {
        self.tip
    }

    /// Returns the fee that the gateway added to the amount when the buyer paid.
    pub fn convenience_fee(&self) -> Option<Amount> {
        self.fee
    }

    /// Returns the state.
    pub fn state(&self) -> OrderState {
        self.state
    }

    /// Returns the client's method that created the order, such as `active_pay`.
    pub fn action_name(&self) -> &'static str {
        self.action.name
    }

    /// Returns the callback URL, if the request has one.
    pub fn callback_url(&self) -> Option<&str> {
        self.callback_url.as_deref()
    }

    /// Returns the id at the wallet or the card network, which the sandbox makes up.
    pub fn provider_id(&self) -> &str {
        &self.provider_id
    }

    /// Returns the merchant's own id, if the order was created for a Checkout page.
    pub fn checkout_id(&self) -> Option<&str> {
        self.checkout_id.as_deref()
    }

    /// Returns the id of the payment that a refund returns.
    pub fn original_id(&self) -> Option<&str> {
        self.original.as_deref()
    }

    /// Returns when the order was created, by the sandbox's clock.
    pub fn created_at(&self) -> SystemTime {
        clock::to_system_time(self.created)
    }

    /// Returns when the buyer finished or the refund was completed, by the sandbox's clock.
    pub fn finished_at(&self) -> Option<SystemTime> {
        self.finished.map(clock::to_system_time)
    }

    /// Returns when time will close or settle the order.
    pub fn changes_at(&self) -> Option<SystemTime> {
        self.due.map(clock::to_system_time)
    }

    /// Returns how much of the payment has been refunded.
    pub fn refunded(&self) -> Amount {
        self.refunded
    }

    /// Returns the id in messages. It may differ from `id`, which is unique even if the merchant uses one id for
    /// several refunds.
    pub(crate) fn reported_id(&self) -> &str {
        self.repeats.as_deref().filter(|_| self.kind == OrderKind::Refund).unwrap_or(&self.id)
    }

    /// Returns what the buyer is charged without the tip.
    pub(crate) fn charged(&self) -> Amount {
        self.fee.and_then(|fee| self.amount.checked_add(fee)).unwrap_or(self.amount)
    }

    /// Formats an amount in major units, without the currency.
    pub(crate) fn format_without_currency(&self, amount: Amount) -> String {
        let text = amount.in_currency(self.currency).to_string();
        text.trim_end_matches(self.currency.code()).trim_end().to_owned()
    }

    /// Returns the class of the status that the gateway reports.
    pub fn class(&self) -> StatusClass {
        match self.state {
            OrderState::Created | OrderState::Processing => StatusClass::Pending,
            OrderState::Authorised => StatusClass::Authorised,
            OrderState::Declined => StatusClass::Failed,
            OrderState::Cancelled | OrderState::Closed => StatusClass::Closed,
            OrderState::Paid if self.refunded == Amount::ZERO => StatusClass::Paid,
            OrderState::Paid if self.refunded < self.charged() => StatusClass::PartiallyRefunded,
            OrderState::Paid => StatusClass::Refunded,
        }
    }

    /// Returns the word for the state in the history and on the pages: a completed refund is refunded, not paid.
    pub(crate) fn state_word(&self) -> &'static str {
        match (self.kind, self.state) {
            (OrderKind::Refund, OrderState::Paid) => REFUNDED,
            (_, state) => state.name(),
        }
    }

    /// Marks the order as paid, or as authorised if its action only reserves the money.
    pub(crate) fn complete(&mut self, now: i64) {
        self.state = if self.action.reserves { OrderState::Authorised } else { OrderState::Paid };
        self.finished = Some(now);
        self.due = None;
    }

    /// Returns whether the buyer can still pay.
    pub(crate) fn is_open(&self) -> bool {
        self.kind == OrderKind::Payment && matches!(self.state, OrderState::Created | OrderState::Processing)
    }

    /// Returns whether any message about the order has a field with this role.
    pub(crate) fn has_field(&self, role: Role) -> bool {
        let is_in = |fields: &[FieldInfo]| fields.iter().any(|field| field.role == Some(role));
        let ActionInfo { request, reply, callback, .. } = self.action;
        is_in(request) || is_in(reply) || callback.is_some_and(|info| is_in(info.fields))
    }

    /// Returns whether the order has ended without a payment or a reservation.
    pub(crate) fn has_ended_unpaid(&self) -> bool {
        let has_ended = matches!(self.state, OrderState::Declined | OrderState::Cancelled | OrderState::Closed);
        // A released reservation is cancelled, too, but it was finished before and cannot be paid any more.
        self.kind == OrderKind::Payment && has_ended && self.finished.is_none()
    }

    /// Returns the act that happens when the order is due: a payment that settles, or the end of the time to pay.
    pub(crate) fn act_of_time(&self) -> Act {
        match self.state {
            OrderState::Processing => Act::Pay { tip: None, fee: None },
            _ => Act::Expire,
        }
    }

    /// Applies an act, if the order's state allows it. With `late`, an order that has ended unpaid can still be paid.
    pub(crate) fn apply(&mut self, act: Act, now: i64, late: bool) -> bool {
        let reserved = self.state == OrderState::Authorised;
        let settles = self.kind == OrderKind::Refund && self.state == OrderState::Processing;
        match act {
            Act::Pay { tip, fee } if self.is_open() || settles || (late && self.has_ended_unpaid()) => {
                self.tip = tip.or(self.tip);
                self.fee = fee.filter(|fee| *fee != Amount::ZERO);
                self.complete(now);
            }
            Act::Decline if self.is_open() => self.end(OrderState::Declined),
            Act::Cancel if self.is_open() => self.end(OrderState::Cancelled),
            Act::Expire if self.is_open() => self.end(OrderState::Closed),
            Act::Capture if reserved => self.state = OrderState::Paid,
            Act::Release if reserved => self.end(OrderState::Cancelled),
            _ => return false,
        }
        true
    }

    fn end(&mut self, state: OrderState) {
        // `finished` stays as it is: by it, `has_ended_unpaid` distinguishes a released reservation from an unpaid
        // order.
        self.state = state;
        self.due = None;
    }
}
