use ottpay::RefundReply;

fn refunded() -> RefundReply {
    RefundReply { order_id: None }
}

fn main() {}
