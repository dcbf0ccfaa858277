//! The running shop, which every page can use.

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
