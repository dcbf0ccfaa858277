//! Events: transitions of an order, as they are handed to the shop.

mod data;
mod end;
mod key;
mod kind;
mod refund;

use serde_json::json;

pub use end::{Ended, Reason, Reversed, Unconfirmed, Unresolved, Why};
pub(crate) use key::digest;
pub use key::{Key, KeyError};
pub use kind::Kind;
pub use refund::{RefundFailed, Refunded};

use crate::reference::Reference;

/// A transition of an order, as it is handed to the shop.
///
/// It is built from an answer that the gateway gave just before, and is never read back from the store. Each attempt
/// therefore contains the current state.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// The same for each attempt. Pass it to services that accept an idempotency key.
    pub key: Key,
    /// The merchant.
    pub merchant_id: String,
    /// The id that the shop gave the order, Checkout page or refund.
    pub order_id: String,
    /// The shop's own name for the purchase.
    pub reference: Reference,
    /// How many attempts have been made to deliver this transition to the shop, including this one.
    pub attempt: u32,
    /// What happened.
    pub kind: Kind,
}

impl Event {
    /// Formats the event as a JSON object on one line, for shops written in any language:
    ///
    /// ```json
    /// {"attempt":1,"data":{"reason":"closed","code":null,"text":"orderclosed"},"key":"5c8e…","merchant_id":"ON00004652",
    ///  "order_id":"T1","reference":"invoice 7","type":"ended"}
    /// ```
    ///
    /// `type` is [`Kind::as_str`]. Money is `{"amount":1999,"currency":"CAD"}` in minor units, times are milliseconds
    /// since 1970, and unknown values are `null`. The members of `data`, to which later versions may add:
    ///
    /// | type | members |
    /// |---|---|
    /// | `paid`, `paid_again`, `restored` | `id`, `asked`, `paid`, `fee`, `tip`, `refunded`, `order` and `merchant` (`echoed` or `unstated`), `currency` (`stated` or `assumed`), `query`, `evidence` |
    /// | `reserved` | `id`, `reserved`, `evidence` |
    /// | `refunded` | `refund` (`null`: made elsewhere), `amount`, `total`, `evidence` |
    /// | `refund_failed` | `amount`, `reason` (`refused`, `closed`, `failed`), `code`, `text` |
    /// | `given_back` | `paid`, `refunded`, `evidence` |
    /// | `reversed` | `number`, `paid`, `reason`, `word` |
    /// | `ended` | `reason` (`refused`, `closed`, `failed`), `code`, `text` |
    /// | `mismatch` | `word`, `asked`, `said`, `less`, `scale` |
    /// | `unconfirmed` | `asked`, `since` |
    /// | `unresolved` | `asked`, `why` (see [`Why`]), `text`, `since` |
    /// | `conflict` | none |
    pub fn to_json(&self) -> String {
        let Self { key, merchant_id, order_id, reference, attempt, kind } = self;
        json!({
            "type": kind.as_str(),
            "key": key.to_string(),
            "merchant_id": merchant_id,
            "order_id": order_id,
            "reference": reference.as_str(),
            "attempt": attempt,
            "data": data::build_data(kind),
        })
        .to_string()
    }
}
