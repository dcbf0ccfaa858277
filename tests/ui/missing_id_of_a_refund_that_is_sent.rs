use ottpay::{Amount, Client, OrderId};

fn refund(client: &Client, order: &OrderId) {
    let _ = client.refund().ori_order_id(order).refund_amt(Amount::from_minor(1999)).send();
}

fn main() {}
