use ottpay::{Amount, Client, OrderId, Refund};

fn refund(client: &Client, order: &OrderId) -> Refund {
    client.refund().without_order_id().ori_order_id(order).refund_amt(Amount::from_minor(1999)).build().unwrap()
}

fn main() {}
