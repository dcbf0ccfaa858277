//! What is sold: derived from the carts' numbers, so that a restarted shop does the same.

use ottpay::request::InvalidRequest;
use ottpay::{ActivePay, Amount, BizType, Client, OrderId, PassivePay, Refund, RefundId};
use ottpay_ledger::Reference;
use ottpay_sandbox::{OrderState, Sandbox};

/// The ids of payments by a scanned code begin with this.
const SCANNED: char = 'P';

/// A cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cart(pub(crate) u64);

impl Cart {
    pub(crate) fn reference(self) -> Reference {
        Reference::new(format!("cart-{}", self.0)).unwrap()
    }

    /// The cart that a reference names.
    pub(crate) fn of_reference(reference: &Reference) -> Self {
        Self(reference.as_str().trim_start_matches("cart-").parse().unwrap())
    }

    pub(crate) fn amount(self) -> Amount {
        Amount::from_minor(1000 + self.0)
    }

    /// Whether the buyer's code is scanned: money moves at once.
    pub(crate) fn is_scanned(self) -> bool {
        self.0 % 3 == 2
    }

    /// Whether the buyer does not pay.
    pub(crate) fn is_abandoned(self) -> bool {
        self.0 % 7 == 3
    }

    /// How much the shop refunds once it has received the money.
    pub(crate) fn given_back(self) -> Option<Amount> {
        match self.0 % 4 {
            1 => Some(self.amount()),
            2 => Some(Amount::from_minor(100)),
            _ => None,
        }
    }

    pub(crate) fn refund_id(self) -> RefundId {
        RefundId::new(format!("R{}", self.0)).unwrap()
    }

    pub(crate) fn qr_code(self, client: &Client, id: OrderId, callback: &str) -> Result<ActivePay, InvalidRequest> {
        let builder = client.active_pay().order_id(id).without_operator_id().amount(self.amount());
        builder.biz_type(BizType::Alipay).call_back_url(callback).build()
    }

    pub(crate) fn scanned(self, client: &Client) -> PassivePay {
        let builder = client.passive_pay().order_id(OrderId::new(format!("{SCANNED}{}", self.0)).unwrap());
        let builder = builder.without_operator_id().amount(self.amount()).auth_code("134567890123456789");
        builder.biz_type(BizType::Alipay).build().unwrap()
    }

    pub(crate) fn refund(self, client: &Client, of: &str, amount: Amount) -> Refund {
        let builder = client.refund().order_id(self.refund_id()).ori_order_id(OrderId::new(of).unwrap());
        builder.refund_amt(amount).build().unwrap()
    }
}

/// Payments by a scanned code that wait for their buyers, who confirm on their phones whether or not the shop still runs.
pub(crate) fn unconfirmed_codes(sandbox: &Sandbox) -> Vec<String> {
    let orders = sandbox.orders().unwrap().into_iter();
    let waiting = orders.filter(|order| order.id().starts_with(SCANNED) && order.state() == OrderState::Created);
    waiting.map(|order| order.id().to_owned()).collect()
}
