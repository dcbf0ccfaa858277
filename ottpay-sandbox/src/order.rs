//! Orders and refunds, and what may happen to them.

use std::collections::BTreeMap;
use std::fmt;
use std::time::SystemTime;

use ottpay::info::{ActionInfo, FieldInfo, Role};
use ottpay::{Amount, Currency, StatusClass};

use crate::clock;

/// A payment or a refund.
#[derive(Debug, Clone)]
pub struct Order {
    pub(crate) id: String,
    /// The merchant's own id, where the gateway made `id`.
    pub(crate) checkout_id: Option<String>,
    pub(crate) kind: OrderKind,
    pub(crate) action: &'static ActionInfo,
    pub(crate) amount: Amount,
    pub(crate) currency: Currency,
    pub(crate) tip: Option<Amount>,
    pub(crate) fee: Option<Amount>,
    pub(crate) state: OrderState,
    pub(crate) refunded: Amount,
    /// Of a refund the payment that it gives back.
    pub(crate) original: Option<String>,
    pub(crate) callback_url: Option<String>,
    pub(crate) provider_id: String,
    /// Milliseconds of the sandbox's clock, as every time here.
    pub(crate) created: i64,
    pub(crate) finished: Option<i64>,
    /// When something happens to it by itself.
    pub(crate) due: Option<i64>,
    /// When it is closed if nobody has paid; of a refund none.
    pub(crate) expires: Option<i64>,
    /// What the request said, but for what is sensitive: a query tells it again.
    pub(crate) request: BTreeMap<String, String>,
}

/// The greatest amount, in minor units: so small that sums of a few fit wherever they are kept.
pub(crate) const MAX_AMOUNT: Amount = Amount::from_minor(1_000_000_000_000_000);

/// What an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OrderKind {
    /// The buyer pays the merchant.
    Payment,
    /// The merchant gives a payment back, or a part of it.
    Refund,
}

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OrderState {
    /// Waiting for the buyer.
    Created,
    /// Under way, and settled later by itself: see [`Fault::Processing`](crate::Fault::Processing).
    Processing,
    /// Paid by the buyer; of a refund: carried out.
    Paid,
    /// Reserved by the buyer's bank, not received.
    Authorised,
    /// The buyer's wallet or bank said no.
    Declined,
    /// The buyer went away, or a reservation was released.
    Cancelled,
    /// The buyer did not pay in time.
    Closed,
}

/// What somebody outside does with an order: the buyer, his bank, or time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Act {
    /// The buyer pays, and may add a tip and be charged a convenience fee.
    Pay {
        /// Tip; of the request if there is none.
        tip: Option<Amount>,
        /// Fee that the gateway adds to the amount.
        fee: Option<Amount>,
    },
    /// The buyer's wallet or bank says no.
    Decline,
    /// The buyer goes away.
    Cancel,
    /// Time runs out.
    Expire,
    /// The bank takes the money that it has reserved. The vendor documents no call for it.
    Capture,
    /// The bank lets go of the money that it has reserved. The vendor documents no call for it.
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
    /// Its id; of a Checkout page the one that the gateway made.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it is.
    pub fn kind(&self) -> OrderKind {
        self.kind
    }

    /// Its amount, as the merchant asked for it.
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

    /// Where it stands.
    pub fn state(&self) -> OrderState {
        self.state
    }

    /// Method of the client that it was made by, such as `active_pay`.
    pub fn action_name(&self) -> &'static str {
        self.action.name
    }

    /// Where its callback goes, if the request gave an address.
    pub fn callback_url(&self) -> Option<&str> {
        self.callback_url.as_deref()
    }

    /// Its id at the wallet or the card network; of a sandbox's own making.
    pub fn provider_id(&self) -> &str {
        &self.provider_id
    }

    /// The merchant's own id, if it was made for a Checkout page.
    pub fn checkout_id(&self) -> Option<&str> {
        self.checkout_id.as_deref()
    }

    /// Of a refund, the id of the payment that it gives back.
    pub fn original_id(&self) -> Option<&str> {
        self.original.as_deref()
    }

    /// When it was made, by the sandbox's clock.
    pub fn created_at(&self) -> SystemTime {
        clock::to_system_time(self.created)
    }

    /// When the buyer had done his part or the refund was carried out, by the sandbox's clock.
    pub fn finished_at(&self) -> Option<SystemTime> {
        self.finished.map(clock::to_system_time)
    }

    /// When it changes by itself: is closed or settled.
    pub fn changes_at(&self) -> Option<SystemTime> {
        self.due.map(clock::to_system_time)
    }

    /// How much of it has been given back.
    pub fn refunded(&self) -> Amount {
        self.refunded
    }

    /// What the buyer is charged without the tip, and the most that can be given back.
    pub(crate) fn charged(&self) -> Amount {
        self.fee.and_then(|fee| self.amount.checked_add(fee)).unwrap_or(self.amount)
    }

    /// An amount of it as people write it, without the currency.
    pub(crate) fn format_without_currency(&self, amount: Amount) -> String {
        let text = amount.in_currency(self.currency).to_string();
        text.trim_end_matches(self.currency.code()).trim_end().to_owned()
    }

    /// What the gateway would say of the money.
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

    /// The buyer has done his part.
    pub(crate) fn take(&mut self, now: i64) {
        self.state = if self.action.reserves { OrderState::Authorised } else { OrderState::Paid };
        self.finished = Some(now);
        self.due = None;
    }

    /// Whether it is still open for the buyer.
    pub(crate) fn is_open(&self) -> bool {
        self.kind == OrderKind::Payment && matches!(self.state, OrderState::Created | OrderState::Processing)
    }

    /// Whether a message about it has a field for this.
    pub(crate) fn says(&self, role: Role) -> bool {
        let of = |fields: &[FieldInfo]| fields.iter().any(|field| field.role == Some(role));
        of(self.action.request) || of(self.action.reply) || self.action.callback.is_some_and(|info| of(info.fields))
    }

    /// What time does to it.
    pub(crate) fn act_of_time(&self) -> Act {
        match self.state {
            OrderState::Processing => Act::Pay { tip: None, fee: None },
            _ => Act::Expire,
        }
    }

    /// Does what was asked, if the order is in a state for it.
    pub(crate) fn act(&mut self, act: Act, now: i64) -> bool {
        let reserved = self.state == OrderState::Authorised;
        let settles = self.kind == OrderKind::Refund && self.state == OrderState::Processing;
        match act {
            Act::Pay { tip, fee } if self.is_open() || settles => {
                self.tip = tip.or(self.tip);
                self.fee = fee.filter(|fee| *fee != Amount::ZERO);
                self.take(now);
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
