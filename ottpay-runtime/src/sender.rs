//! The sender of requests.

use crate::field::Currency;

/// The merchant that sends requests, and the gateway that receives them. All requests of a client share one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sender {
    /// The merchant.
    pub(crate) merchant_id: String,
    /// The base URL of the gateway, without a slash at the end.
    pub(crate) environment: String,
    /// The currency of amounts without one.
    pub(crate) currency: Option<Currency>,
}
