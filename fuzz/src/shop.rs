//! The shop whose ledger is fuzzed: its goods, and the content of its database.

use ottpay::request::InvalidRequest;
use ottpay::{ActivePay, Amount, BizType, Client, OrderId};
use ottpay_ledger::Reference;

use crate::merchant::ID;

/// The paid amount.
pub(crate) const PAID: u64 = 1999;

/// The answers of a database that is bound to the client's gateway and merchant.
pub(crate) fn opening() -> String {
    format!("i1\n\ns1\n\nshttp://127.0.0.1:9\n\ns{ID}")
}

pub(crate) fn payment(client: &Client, id: OrderId) -> Result<ActivePay, InvalidRequest> {
    let payment = client.active_pay().order_id(id).operator_id("0000020156").amount(Amount::from_minor(PAID));
    payment.biz_type(BizType::WechatPay).call_back_url("https://shop.example/ottpay").build()
}

pub(crate) fn reference() -> Reference {
    Reference::new("cart 17").expect("a reference")
}
