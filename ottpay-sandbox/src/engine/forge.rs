//! A forged callback, as anyone who has seen one genuine message can post it: its outer members state that an order is paid,
//! and its `data` is genuine, but states something else.

use std::collections::BTreeMap;

use ottpay::Amount;
use ottpay::spec::{CallbackInfo, Role};

use super::samples::Samples;
use super::state::Engine;
use crate::order::{Order, OrderState};

impl Engine {
    /// What a forged callback about an order says beside `data`, and the fields inside. If the order has ended unpaid, these
    /// state that. Otherwise they are about another order, of one minor unit, that somebody has paid.
    pub(super) fn forge_callback(
        &self,
        info: &'static CallbackInfo,
        order: &Order,
    ) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
        let said =
            Order { state: OrderState::Paid, finished: Some(order.finished.unwrap_or(self.now())), ..order.clone() };
        let meant = if order.has_ended_unpaid() { order.clone() } else { disguise(order) };
        (self.compose_with_status(info, &said), self.compose_with_status(info, &meant))
    }

    /// The fields of a callback, with the status wherever there is a field for it.
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
}

/// Another order, of one minor unit, paid.
fn disguise(order: &Order) -> Order {
    Order {
        id: alter_id(&order.id),
        checkout_id: order.checkout_id.as_deref().map(alter_id),
        provider_id: alter_id(&order.provider_id),
        amount: Amount::from_minor(1),
        tip: None,
        fee: None,
        ..order.clone()
    }
}

/// Another id of the same length.
fn alter_id(id: &str) -> String {
    let mut altered = id.to_owned();
    let last = altered.pop();
    altered.push(if last == Some('0') { '1' } else { '0' });
    altered
}
