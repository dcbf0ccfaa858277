//! The connection of the shop with the gateway: the ledger, the worker, the callback, and two requests.

use axum::extract::FromRef;
use ottpay::{Amount, BizType, OrderId, RefundId};
use ottpay_ledger::axum::Accepted;
use ottpay_ledger::store::Store;
use ottpay_ledger::{Ledger, Offer, Reference, RunError, SendError};
use tokio::task::JoinHandle;

use crate::failed::Failed;
use crate::orders::{Orders, record};
use crate::settings::Settings;
use crate::shop::Shop;

/// The gateway's callback: it is stored before this function is called, and its return value acknowledges it.
pub async fn hook(answer: Accepted) -> Accepted {
    answer
}

/// Where the callback is stored.
impl FromRef<Shop> for Ledger {
    fn from_ref(shop: &Shop) -> Self {
        shop.ledger.clone()
    }
}

impl Shop {
    /// The ledger's tables are in the shop's own database, so that both are written in one transaction.
    pub async fn open(settings: &Settings, store: impl Store + Clone, url: &str) -> Result<Self, Failed> {
        let client = settings.client.clone();
        let ledger = settings.hurry(Ledger::builder(store.clone()).client(client.clone())).open().await?;
        Ok(Self { client, ledger, orders: Orders::open(store).await?, callback_url: format!("{url}/ottpay") })
    }

    /// Follows every payment to its end, and calls `record` for each event.
    pub fn work(&self) -> JoinHandle<Result<(), RunError>> {
        let client = self.client.clone();
        tokio::spawn(self.ledger.run(move |event, tx| record(client.clone(), event, tx)))
    }

    /// Returns the QR code of an order: the existing one, or a new one if the existing one can no longer be paid.
    pub async fn pay(&self, order: &Reference, price: Amount) -> Result<Offer, SendError> {
        let make = |id: OrderId| {
            let request = self.client.active_pay().order_id(id).amount(price).biz_type(BizType::WechatPay);
            request.operator_id("0000020156").call_back_url(&*self.callback_url).build()
        };
        self.ledger.pay(order, make).await
    }

    /// Refunds a part of a payment. Even if the reply is lost, the money is refunded once or not at all.
    pub async fn refund(&self, id: &RefundId, paid: &OrderId, amount: Amount, of: &Reference) -> Result<(), SendError> {
        let request = self.client.refund().order_id(id).ori_order_id(paid).refund_amt(amount).build()?;
        self.ledger.send(&request, of).await.map(drop)
    }
}
