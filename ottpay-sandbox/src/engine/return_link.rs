//! Composes the link that leads the buyer's browser back to the shop after a payment.

use ottpay::spec::{FieldInfo, Kind, Role};
use ottpay::{Url, link};

use super::compose::find_return_url;
use super::samples::Samples;
use super::state::Engine;
use crate::order::{Order, OrderState};

impl Engine {
    /// Composes the shop's URL with the documented values: the order and its amount, and, for a paid order, the values
    /// of the example, because the vendor does not document others.
    pub(crate) fn compose_return_link(&self, order: &Order) -> Option<Url> {
        let address = Url::plain_http(find_return_url(order)?).ok()?;
        let info = order.action;
        let samples = Samples::of_return(info, order);
        let asked = info.request_field(Role::Amount).map(|field| field.name);
        let value = |field: &'static FieldInfo| match (field.role, field.kind) {
            (Some(role), _) => self.fill_role(order, field, role, &samples),
            // An amount in major units.
            (None, Kind::Decimal) if asked == Some(field.name) => Some(order.format_without_currency(order.charged())),
            (None, _) if order.state() == OrderState::Paid => samples.find(field).map(str::to_owned),
            _ => None,
        };
        let fields: Vec<_> = info.returned.iter().filter_map(|field| Some((field.name, value(field)?))).collect();
        link::write(address, info.returned, fields.iter().map(|(name, text)| (*name, text.as_str()))).ok()
    }
}
