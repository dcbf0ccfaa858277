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
    /// The merchant's own id, where the gateway made `id`.
    pub(crate) checkout_id: Option<String>,
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
    /// Reserved by the buyer's bank, not received.
    Authorised,
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

    /// The buyer has done his part.
    pub(crate) fn take(&mut self) {
        self.state = if self.action.reserves { OrderState::Authorised } else { OrderState::Paid };
        self.finish_time = Some(now());
    }

    /// What the gateway would say of the money.
    pub fn class(&self) -> StatusClass {
        match self.state {
            OrderState::Created => StatusClass::Pending,
            OrderState::Authorised => StatusClass::Authorised,
            OrderState::Paid if self.refunded == Amount::ZERO => StatusClass::Paid,
            OrderState::Paid if self.refunded < self.amount => StatusClass::PartiallyRefunded,
            OrderState::Paid => StatusClass::Refunded,
        }
    }
}

/// Every order of a sandbox, refunds among them: both have ids that work once.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    by_id: BTreeMap<String, Order>,
    /// The gateway's ids of Checkout orders, by the merchant's.
    checkout: BTreeMap<String, String>,
}

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
    /// An order by its id, or by the merchant's id of its Checkout page.
    pub(crate) fn get(&self, id: &str) -> Option<&Order> {
        self.by_id.get(self.checkout.get(id).map_or(id, String::as_str))
    }

    /// The order of a Checkout page, by the merchant's id of the page.
    pub(crate) fn checkout(&self, id: &str) -> Option<&Order> {
        self.by_id.get(self.checkout.get(id)?)
    }

    fn get_mut(&mut self, id: &str) -> Option<&mut Order> {
        self.by_id.get_mut(self.checkout.get(id).map_or(id, String::as_str))
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Order> {
        self.by_id.values()
    }

    pub(crate) fn add(&mut self, order: Order) -> Result<(), AddError> {
        if [Some(&order.id), order.checkout_id.as_ref()].into_iter().flatten().any(|id| self.get(id).is_some()) {
            return Err(AddError::Used);
        }
        if self.by_id.len() >= MAX_ORDERS {
            return Err(AddError::Full);
        }
        if let Some(checkout_id) = &order.checkout_id {
            self.checkout.insert(checkout_id.clone(), order.id.clone());
        }
        self.by_id.insert(order.id.clone(), order);
        Ok(())
    }

    pub(crate) fn pay(&mut self, id: &str) -> Result<Order, PayError> {
        let order = self.get_mut(id).ok_or(PayError::NoSuchOrder)?;
        if order.state != OrderState::Created {
            return Err(PayError::NotPayable);
        }
        order.take();
        Ok(order.clone())
    }

    /// Adds a refund and takes it off the payment, or does neither.
    pub(crate) fn refund(&mut self, original: &str, mut refund: Order) -> Result<(), RefundError> {
        let payment = self.get(original).ok_or(RefundError::NoSuchOrder)?;
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
        if let Some(payment) = self.get_mut(original) {
            payment.refunded = total;
        }
        Ok(())
    }
}

fn now() -> String {
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    now.strftime("%Y-%m-%d %H:%M:%S").to_string()
}
