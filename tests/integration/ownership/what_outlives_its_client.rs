//! Requests, replies and callbacks fit into a struct without a lifetime, and outlive client and body.

use std::error::Error;

use ottpay::{Amount, CallbackError, Client, OrderId, PaymentCallback, Refund, RefundId, RefundReply, SignKey};

struct Order {
    refund: Refund,
    reply: Option<RefundReply>,
    paid: Option<PaymentCallback>,
}

fn client() -> Result<Client, Box<dyn Error>> {
    let client = Client::builder().merchant_id("ON00004652").sign_key(SignKey::new("A8B5FE540E38A5A9")?);
    Ok(client.endpoint("http://127.0.0.1:9").build()?)
}

fn refund() -> Result<Refund, Box<dyn Error>> {
    let refund = client()?.refund().order_id(RefundId::random()).ori_order_id(OrderId::random());
    Ok(refund.refund_amt(Amount::from_minor(1)).build()?)
}

fn read_callback(body: Vec<u8>) -> Result<Result<PaymentCallback, CallbackError>, Box<dyn Error>> {
    Ok(client()?.callback(&body[..]))
}

impl Order {
    async fn give_back(&mut self) -> Result<&RefundReply, Box<dyn Error>> {
        let reply = client()?.send(&self.refund).await?;
        Ok(self.reply.insert(reply))
    }
}

#[test]
fn requests_replies_and_callbacks_outlive_client_and_body() -> Result<(), Box<dyn Error>> {
    let paid = read_callback(b"{}".to_vec())?;
    assert!(matches!(paid, Err(CallbackError::NoData)));
    let mut order = Order { refund: refund()?, reply: None, paid: paid.ok() };
    assert!(order.paid.as_ref().map(PaymentCallback::order_id).is_none());
    drop(order.give_back());
    Ok(())
}
