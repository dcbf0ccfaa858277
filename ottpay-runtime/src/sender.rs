//! Who sends requests, and where to.

use crate::field::Currency;

/// Who sends requests, and where to. The requests of a client share one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sender {
    /// The merchant.
    pub(crate) merchant_id: String,
    /// Base address of the gateway, without a slash at the end.
    pub(crate) environment: String,
    /// The currency of amounts without one.
    pub(crate) currency: Option<Currency>,
}
