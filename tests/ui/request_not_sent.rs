#![deny(unused_must_use)]

use ottpay::{Amount, Client, OrderId, RefundId};

fn refund(client: &Client) {
    client.refund().order_id(RefundId::random()).ori_order_id(OrderId::random());
    client.refund().without_order_id().ori_order_id(OrderId::random()).refund_amt(Amount::from_minor(1)).send();
}

fn main() {}
