//! What the buyer is shown, both the first time and later.

use std::collections::BTreeMap;
use std::fmt;

/// What the buyer needs in order to pay, from the gateway's reply to this call or to the one that first sent the order.
#[derive(Clone, PartialEq, Eq)]
pub struct Offer {
    pub(crate) order_id: String,
    pub(crate) link: Option<String>,
    pub(crate) fields: BTreeMap<String, String>,
    pub(crate) is_new: bool,
}

impl Offer {
    /// The id of the order or Checkout page.
    pub fn order_id(&self) -> &str {
        &self.order_id
    }

    /// Where the buyer pays: the content of a QR code, or the URL of a page. `None` if the action's reply has no such
    /// field, for example because it contains parameters for an app.
    pub fn link(&self) -> Option<&str> {
        self.link.as_deref()
    }

    /// A field of the reply, by its name on the wire. Sensitive fields are not available.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    /// Whether this call sent a new order.
    pub fn is_new(&self) -> bool {
        self.is_new
    }
}

/// Omits the link: anyone who has it can pay in place of the buyer.
impl fmt::Debug for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Offer").field("order_id", &self.order_id).field("is_new", &self.is_new).finish_non_exhaustive()
    }
}
