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
    /// The merchant's own id, if the gateway made `id`.
    pub(crate) checkout_id: Option<String>,
    pub(crate) kind: OrderKind,
    pub(crate) action: &'static ActionInfo,
    pub(crate) amount: Amount,
    pub(crate) currency: Currency,
    pub(crate) tip: Option<Amount>,
    pub(crate) fee: Option<Amount>,
    pub(crate) state: OrderState,
    pub(crate) refunded: Amount,
    /// The payment that a refund returns.
    pub(crate) original: Option<String>,
    /// The id that an earlier order has already: the refund's own, or that of the Checkout page.
    pub(crate) repeats: Option<String>,
    pub(crate) callback_url: Option<String>,
    pub(crate) provider_id: String,
    /// Milliseconds of the sandbox's clock, as every time here.
    pub(crate) created: i64,
    pub(crate) finished: Option<i64>,
    /// When it changes by itself.
    pub(crate) due: Option<i64>,
    /// When it is closed unless it is paid; none for a refund.
    pub(crate) expires: Option<i64>,
    /// Values of the request, without sensitive ones: the reply to a query repeats them.
    pub(crate) request: BTreeMap<String, String>,
}

/// The maximum amount, in minor units: so small that the sum of a few amounts fits wherever it is kept.
pub(crate) const MAX_AMOUNT: Amount = Amount::from_minor(1_000_000_000_000_000);

/// The word for a refund that was carried out.
pub(crate) const REFUNDED: &str = "refunded";

/// The kind of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OrderKind {
    /// The buyer pays the merchant.
    Payment,
    /// The merchant returns a payment, or a part of it.
    Refund,
}

/// The state of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OrderState {
    /// Waiting for the buyer.
    Created,
    /// In progress, and settled later by itself: see [`Fault::Processing`](crate::Fault::Processing).
    Processing,
    /// Paid by the buyer; of a refund: carried out.
    Paid,
    /// Reserved by the buyer's bank, not received.
    Authorised,
    /// Declined by the buyer's wallet or bank.
    Declined,
    /// Cancelled by the buyer, or a reservation that was released.
    Cancelled,
    /// The buyer did not pay in time.
    Closed,
}

/// An act of the buyer, of their bank, or of time that changes an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Act {
    /// The buyer pays, and may add a tip and be charged a convenience fee.
    Pay {
        /// The tip; by default that of the request.
        tip: Option<Amount>,
        /// Fee that the gateway adds to the amount.
        fee: Option<Amount>,
    },
    /// The buyer's wallet or bank declines.
    Decline,
    /// The buyer cancels.
    Cancel,
    /// Time runs out.
    Expire,
    /// The bank captures the money that it has reserved. The vendor documents no call for it.
    Capture,
    /// The bank releases the money that it has reserved. The vendor documents no call for it.
    Release,
}

/// As in the control interface: `pay`.
impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// As in the control interface: `paid`.
impl fmt::Display for OrderState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// As in the control interface: `refund`.
impl fmt::Display for OrderKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Act {
    /// Every act by its name in the control interface.
    pub(crate) const NAMES: [(&'static str, Self); 6] = [
        ("pay", Self::Pay { tip: None, fee: None }),
        ("decline", Self::Decline),
        ("cancel", Self::Cancel),
        ("expire", Self::Expire),
        ("capture", Self::Capture),
        ("release", Self::Release),
    ];

    /// Its name in the control interface.
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

    /// Its name in the database and in the control interface.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, state)| *state == self).map_or("", |(name, _)| name)
    }

    /// Every name, in the order of an order's life.
    pub(crate) fn list_names() -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().map(|(name, _)| name)
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, state)| *state)
    }
}

impl OrderKind {
    /// Its name in the database and in the control interface.
    pub fn name(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Refund => "refund",
        }
    }
}

impl Order {
    /// Its id; for a Checkout page the one that the gateway made.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its kind.
    pub fn kind(&self) -> OrderKind {
        self.kind
    }

    /// The amount in the merchant's request.
    pub fn amount(&self) -> Amount {
        self.amount
    }

    /// The currency of all its amounts: the one that the request names, else the merchant's.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// The tip, on top of the amount.
    pub fn tip(&self) -> Option<Amount> {
        self.tip
    }

    /// The fee that the gateway added to the amount when the buyer paid.
    pub fn convenience_fee(&self) -> Option<Amount> {
        self.fee
    }

    /// Its state.
    pub fn state(&self) -> OrderState {
        self.state
    }

    /// The method of the client that created it, such as `active_pay`.
    pub fn action_name(&self) -> &'static str {
        self.action.name
    }

    /// The address for its callback, if the request has one.
    pub fn callback_url(&self) -> Option<&str> {
        self.callback_url.as_deref()
    }

    /// Its id at the wallet or the card network, which the sandbox makes up.
    pub fn provider_id(&self) -> &str {
        &self.provider_id
    }

    /// The merchant's own id, if it was created for a Checkout page.
    pub fn checkout_id(&self) -> Option<&str> {
        self.checkout_id.as_deref()
    }

    /// The id of the payment that a refund returns.
    pub fn original_id(&self) -> Option<&str> {
        self.original.as_deref()
    }

    /// When it was created, by the sandbox's clock.
    pub fn created_at(&self) -> SystemTime {
        clock::to_system_time(self.created)
    }

    /// When the buyer had done their part or the refund was carried out, by the sandbox's clock.
    pub fn finished_at(&self) -> Option<SystemTime> {
        self.finished.map(clock::to_system_time)
    }

    /// When it changes by itself: when it is closed or settled.
    pub fn changes_at(&self) -> Option<SystemTime> {
        self.due.map(clock::to_system_time)
    }

    /// How much of it has been refunded.
    pub fn refunded(&self) -> Amount {
        self.refunded
    }

    /// The id in messages; `id` is unique, also if the merchant has given the same id to several refunds.
    pub(crate) fn reported_id(&self) -> &str {
        self.repeats.as_deref().filter(|_| self.kind == OrderKind::Refund).unwrap_or(&self.id)
    }

    /// What the buyer is charged without the tip, and the maximum of all refunds.
    pub(crate) fn charged(&self) -> Amount {
        self.fee.and_then(|fee| self.amount.checked_add(fee)).unwrap_or(self.amount)
    }

    /// An amount of it as people write it, without the currency.
    pub(crate) fn format_without_currency(&self, amount: Amount) -> String {
        let text = amount.in_currency(self.currency).to_string();
        text.trim_end_matches(self.currency.code()).trim_end().to_owned()
    }

    /// The class of the status that the gateway reports for it.
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

    /// The word for its state in its history and on the pages: a refund that was carried out is refunded, not paid.
    pub(crate) fn state_word(&self) -> &'static str {
        match (self.kind, self.state) {
            (OrderKind::Refund, OrderState::Paid) => REFUNDED,
            (_, state) => state.name(),
        }
    }

    /// The buyer has done their part.
    pub(crate) fn complete(&mut self, now: i64) {
        self.state = if self.action.reserves { OrderState::Authorised } else { OrderState::Paid };
        self.finished = Some(now);
        self.due = None;
    }

    /// Whether it is still open for the buyer.
    pub(crate) fn is_open(&self) -> bool {
        self.kind == OrderKind::Payment && matches!(self.state, OrderState::Created | OrderState::Processing)
    }

    /// Whether any message about it has a field with this role.
    pub(crate) fn has_field(&self, role: Role) -> bool {
        let is_in = |fields: &[FieldInfo]| fields.iter().any(|field| field.role == Some(role));
        let ActionInfo { request, reply, callback, .. } = self.action;
        is_in(request) || is_in(reply) || callback.is_some_and(|info| is_in(info.fields))
    }

    /// Whether it has ended before anything was paid or reserved.
    pub(crate) fn has_ended_unpaid(&self) -> bool {
        let has_ended = matches!(self.state, OrderState::Declined | OrderState::Cancelled | OrderState::Closed);
        self.kind == OrderKind::Payment && has_ended && self.finished.is_none()
    }

    /// The act of time that it is due for.
    pub(crate) fn act_of_time(&self) -> Act {
        match self.state {
            OrderState::Processing => Act::Pay { tip: None, fee: None },
            _ => Act::Expire,
        }
    }

    /// Applies an act, if the state of the order allows it. With `late` an order that has ended unpaid can be paid.
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
        self.state = state;
        self.due = None;
    }
}
