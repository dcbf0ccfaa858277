//! Forges callbacks, as an attacker with one genuine message could: the outer members state that an order is paid, and
//! `data` is genuine but states something else.

use std::collections::BTreeMap;

use ottpay::Amount;
use ottpay::spec::{CallbackInfo, Role};

use super::samples::Samples;
use super::state::Engine;
use crate::order::{Order, OrderState};

impl Engine {
    /// Composes the members next to `data` and the fields inside it. The fields state that the order has ended unpaid,
    /// or else that another order, of one minor unit, is paid.
    pub(super) fn forge_callback(
        &self,
        info: &'static CallbackInfo,
        order: &Order,
    ) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
        let said =
            Order { state: OrderState::Paid, finished: Some(order.finished.unwrap_or(self.now())), ..order.clone() };
        let meant = if order.has_ended_unpaid() { order.clone() } else { self.disguise(order) };
        (self.compose_with_status(info, &said), self.compose_with_status(info, &meant))
    }

    /// Composes the fields of a callback, including all status fields.
    fn compose_with_status(&self, info: &'static CallbackInfo, order: &Order) -> BTreeMap<String, String> {
        let samples = Samples::of_callback(info, order);
        let mut fields = self.compose_callback(info, order);
        for field in info.fields.iter().filter(|field| field.role == Some(Role::Status)) {
            if let Some(word) = self.fill_role(order, field, Role::Status, &samples) {
                fields.insert(field.name, word);
            }
        }
        fields.into_iter().map(|(name, text)| (name.to_owned(), text)).collect()
    }

    /// Turns an order into another paid order of one minor unit. Its id is not used in the sandbox, so that the fault
    /// concerns one order only.
    fn disguise(&self, order: &Order) -> Order {
        Order {
            id: self.alter_id(&order.id),
            checkout_id: order.checkout_id.as_deref().map(|id| self.alter_id(id)),
            provider_id: self.alter_id(&order.provider_id),
            amount: Amount::from_minor(1),
            tip: None,
            fee: None,
            ..order.clone()
        }
    }

    /// Alters an id to one of the same length that no order has.
    fn alter_id(&self, id: &str) -> String {
        let stem = id.char_indices().next_back().and_then(|(end, _)| id.get(..end)).unwrap_or_default();
        let mut others = ('0'..='9').chain('A'..='Z').chain('a'..='z').map(|last| format!("{stem}{last}"));
        let is_unused =
            |other: &String| other != id && matches!(self.store.order(self.settings.gateway, other), Ok(None));
        others.find(is_unused).unwrap_or_else(|| format!("{stem}~"))
    }
}
