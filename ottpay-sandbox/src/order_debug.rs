//! Formats an order for debugging: short, and without the values of its request.

use std::fmt;

use ottpay::Amount;

use crate::address::hide_query;
use crate::clock::format_rfc3339;
use crate::order::Order;

/// Shows the action by name, and omits absent values and the fields of the request.
impl fmt::Debug for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let money = |amount: Amount| Some(amount.in_currency(self.currency).to_string());
        let time = |millis: i64| Some(format_rfc3339(millis));
        let text = |text: &str| Some(text.to_owned());
        let facts = [
            ("id", text(&self.id)),
            ("checkout_id", self.checkout_id.clone()),
            ("kind", text(self.kind.name())),
            ("action", text(self.action.name)),
            ("state", text(self.state.name())),
            ("amount", money(self.amount)),
            ("tip", self.tip.and_then(money)),
            ("convenience_fee", self.fee.and_then(money)),
            ("refunded", Some(self.refunded).filter(|refunded| *refunded != Amount::ZERO).and_then(money)),
            ("original_id", self.original.clone()),
            ("repeats", self.repeats.clone()),
            ("provider_id", text(&self.provider_id)),
            ("callback_url", self.callback_url.as_deref().map(hide_query)),
            ("created_at", time(self.created)),
            ("finished_at", self.finished.and_then(time)),
            ("changes_at", self.due.and_then(time)),
            ("expires_at", self.expires.and_then(time)),
        ];
        let mut out = f.debug_struct("Order");
        for (name, value) in facts {
            if let Some(value) = value {
                out.field(name, &value);
            }
        }
        out.finish_non_exhaustive()
    }
}
