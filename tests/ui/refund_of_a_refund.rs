use ottpay::{Client, RefundId};

fn refund(client: &Client, refund: &RefundId) {
    let _ = client.refund().order_id(RefundId::random()).ori_order_id(refund);
}

fn main() {}
