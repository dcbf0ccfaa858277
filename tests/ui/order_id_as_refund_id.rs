use ottpay::{OrderId, RefundId};

fn refund_id(order: OrderId) -> RefundId {
    order.into()
}

fn main() {}
