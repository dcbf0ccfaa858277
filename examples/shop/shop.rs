//! The running shop: what every page has at hand.

use ottpay::Client;
use ottpay_ledger::Ledger;

use crate::orders::Orders;

#[derive(Clone)]
pub struct Shop {
    pub client: Client,
    pub ledger: Ledger,
    pub orders: Orders,
    pub callback_url: String,
}
