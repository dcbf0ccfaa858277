use ottpay::{Amount, Client, OrderId, RefundId, Retry};

async fn refund(client: &Client, order: &OrderId) {
    let refund = client.refund().order_id(RefundId::random()).ori_order_id(order).refund_amt(Amount::from_minor(1));
    let _ = refund.send().retry(Retry::default()).await;
}

fn main() {}
