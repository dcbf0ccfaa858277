//! The call that failed.

use std::fmt;

use ottpay_vocabulary::Moves;

use crate::request::Values;
use crate::spec::Role;

/// The call that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    action: &'static str,
    order_id: Option<String>,
    moves: Moves,
    is_delivered: bool,
    is_about_payment: bool,
}

impl Call {
    pub(crate) fn new(values: &Values) -> Self {
        Self {
            action: values.info().action,
            order_id: values.own_id().map(str::to_owned),
            moves: Moves::from_roles(values.roles()),
            is_delivered: values.role(Role::Delivery).is_some(),
            is_about_payment: values.role(Role::OriginalOrder).is_some(),
        }
    }

    /// Returns the action's name on the wire.
    pub fn action(&self) -> &'static str {
        self.action
    }

    /// Returns the order id of the request, if it set one.
    pub fn order_id(&self) -> Option<&str> {
        self.order_id.as_deref()
    }

    /// Whether no buyer can pay without the reply to the request.
    pub(super) fn needs_reply(&self) -> bool {
        self.moves == Moves::ByBuyer && !self.is_delivered
    }

    /// Whether the request is about an earlier payment.
    pub(super) fn is_about_payment(&self) -> bool {
        self.is_about_payment
    }

    /// Advice about a write whose outcome is unknown.
    pub(super) fn advice(&self) -> &'static str {
        match (&self.order_id, self.is_about_payment) {
            (Some(_), _) => "; the outcome is unknown: query this order id, do not send it again",
            (None, true) => {
                "; the outcome is unknown, and the request set no id of its own: query the payment it is about"
            }
            (None, false) => "; the outcome is unknown, and the request set no order id to query",
        }
    }
}

/// Formats the call, for example as `ACTIVEPAY (order T1)`.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.order_id {
            Some(order_id) => write!(f, "{} (order {order_id})", self.action),
            None => f.write_str(self.action),
        }
    }
}
