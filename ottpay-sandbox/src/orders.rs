//! Orders and refunds, and what may happen to them.

use std::collections::BTreeMap;

use ottpay::info::ActionInfo;
use ottpay::{Amount, StatusClass};

/// How many orders a sandbox keeps.
const MAX_ORDERS: usize = 100_000;

/// A payment or a refund.
#[derive(Debug, Clone)]
pub struct Order {
    pub(crate) id: String,
    pub(crate) kind: OrderKind,
    pub(crate) action: &'static ActionInfo,
    pub(crate) amount: Amount,
    pub(crate) tip: Option<Amount>,
    pub(crate) state: OrderState,
    pub(crate) refunded: Amount,
    pub(crate) callback_url: Option<String>,
    pub(crate) provider_id: String,
    /// `yyyy-MM-dd HH:mm:ss`, as in the vendor's sample of a callback.
    pub(crate) finish_time: Option<String>,
}

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
    /// Paid by the buyer; of a refund: carried out.
    Paid,
}

impl Order {
    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it is.
    pub fn kind(&self) -> OrderKind {
        self.kind
    }

    /// Its amount.
    pub fn amount(&self) -> Amount {
        self.amount
    }

    /// Where it stands.
    pub fn state(&self) -> OrderState {
        self.state
    }

    /// How much of it has been given back.
    pub fn refunded(&self) -> Amount {
        self.refunded
    }

    /// What the gateway would say of the money.
    pub fn class(&self) -> StatusClass {
        match self.state {
            OrderState::Created => StatusClass::Pending,
            OrderState::Paid if self.refunded == Amount::ZERO => StatusClass::Paid,
            OrderState::Paid if self.refunded < self.amount => StatusClass::PartiallyRefunded,
            OrderState::Paid => StatusClass::Refunded,
        }
    }
}

/// Every order of a sandbox, refunds among them: both have ids that work once.
#[derive(Debug, Default)]
pub(crate) struct Orders(BTreeMap<String, Order>);

/// Why an order is not taken.
pub(crate) enum AddError {
    Used,
    Full,
}

/// Why an order cannot be paid.
pub(crate) enum PayError {
    NoSuchOrder,
    NotPayable,
}

/// Why a refund is turned down.
pub(crate) enum RefundError {
    NoSuchOrder,
    NotPaid,
    TooMuch,
    Add(AddError),
}

impl Orders {
    pub(crate) fn get(&self, id: &str) -> Option<&Order> {
        self.0.get(id)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Order> {
        self.0.values()
    }

    pub(crate) fn add(&mut self, order: Order) -> Result<(), AddError> {
        if self.0.contains_key(&order.id) {
            return Err(AddError::Used);
        }
        if self.0.len() >= MAX_ORDERS {
            return Err(AddError::Full);
        }
        self.0.insert(order.id.clone(), order);
        Ok(())
    }

    pub(crate) fn pay(&mut self, id: &str) -> Result<Order, PayError> {
        let order = self.0.get_mut(id).ok_or(PayError::NoSuchOrder)?;
        if order.state != OrderState::Created {
            return Err(PayError::NotPayable);
        }
        order.state = OrderState::Paid;
        order.finish_time = Some(now());
        Ok(order.clone())
    }

    /// Adds a refund and takes it off the payment, or does neither.
    pub(crate) fn refund(&mut self, original: &str, mut refund: Order) -> Result<(), RefundError> {
        let payment = self.0.get(original).ok_or(RefundError::NoSuchOrder)?;
        if payment.kind != OrderKind::Payment {
            return Err(RefundError::NoSuchOrder);
        }
        if payment.state != OrderState::Paid {
            return Err(RefundError::NotPaid);
        }
        let total = payment.refunded.checked_add(refund.amount).filter(|total| *total <= payment.amount);
        let total = total.ok_or(RefundError::TooMuch)?;
        refund.state = OrderState::Paid;
        refund.finish_time = Some(now());
        self.add(refund).map_err(RefundError::Add)?;
        if let Some(payment) = self.0.get_mut(original) {
            payment.refunded = total;
        }
        Ok(())
    }
}

fn now() -> String {
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    now.strftime("%Y-%m-%d %H:%M:%S").to_string()
}
