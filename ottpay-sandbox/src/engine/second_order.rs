//! Opens a second order under one Checkout page, if the sandbox assumes that this is possible.

use ottpay::{Amount, OrderId};

use super::state::Engine;
use crate::assume::CheckoutOrders;
use crate::order::{Act, Order, OrderState};
use crate::store::{ActError, AddError};

impl Engine {
    /// Returns whether the buyer can pay an order's Checkout page again.
    pub(super) fn can_open_second_order(&self, order: &Order) -> bool {
        let is_allowed = self.assumptions().checkout_orders == CheckoutOrders::Two;
        let is_paid = matches!(order.state, OrderState::Paid | OrderState::Authorised);
        is_allowed && is_paid && order.repeats.is_none() && order.checkout_id.is_some()
    }

    /// Opens the second order of a Checkout page if the buyer pays the page again. Returns its id. An order that an
    /// earlier call has added is reused.
    pub(super) fn open_second_order(&self, order: &Order, act: Act) -> Result<Option<String>, ActError> {
        let (Act::Pay { .. }, true) = (act, self.can_open_second_order(order)) else { return Ok(None) };
        let Some(page) = &order.checkout_id else { return Ok(None) };
        let latest = self.store.checkout(self.settings.gateway, page)?;
        if let Some(second) = latest.filter(|latest| latest.repeats.is_some()) {
            return Ok(Some(second.id));
        }
        let second = Order {
            id: OrderId::random().to_string(),
            provider_id: format!("SB{}", OrderId::random()),
            repeats: order.checkout_id.clone(),
            state: OrderState::Created,
            refunded: Amount::ZERO,
            fee: None,
            created: self.now(),
            finished: None,
            due: None,
            ..order.clone()
        };
        let what = format!("created as the second order of {page}");
        match self.store.add(&second, &what, |_| Vec::new()) {
            Ok(_) => Ok(Some(second.id)),
            Err(AddError::Sqlite(error)) => Err(error.into()),
            // The act then applies to the first order, which is paid, and so is refused.
            Err(AddError::Used | AddError::Full) => Ok(None),
        }
    }
}
