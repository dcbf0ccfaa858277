//! What the buyer is shown, the first time and again.

use std::collections::BTreeMap;
use std::fmt;

/// What the buyer pays by: what the gateway's reply gave, now or when the order was first sent.
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

    /// Where the buyer pays: the content of a QR code, or a page. Nothing if the action has no such field, for example
    /// because it gives parameters for an app.
    pub fn link(&self) -> Option<&str> {
        self.link.as_deref()
    }

    /// A field of the reply, by its name on the wire. Sensitive ones are not here.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    /// Whether an order was sent for it now, and none was there before.
    pub fn is_new(&self) -> bool {
        self.is_new
    }
}

/// Does not show the link: anyone with the link can pay as the buyer.
impl fmt::Debug for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Offer").field("order_id", &self.order_id).field("is_new", &self.is_new).finish_non_exhaustive()
    }
}
