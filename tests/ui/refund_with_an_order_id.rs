use ottpay::{Client, OrderId};

fn refund(client: &Client, order: &OrderId) {
    let _ = client.refund().order_id(order).ori_order_id(order);
}

fn main() {}
