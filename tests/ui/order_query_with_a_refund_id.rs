use ottpay::{Client, RefundId};

fn ask(client: &Client, refund: &RefundId) {
    let _ = client.status_query().order_id(refund);
}

fn main() {}
