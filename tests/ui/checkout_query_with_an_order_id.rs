use ottpay::{Client, OrderId};

fn ask(client: &Client, order: OrderId) {
    let _ = client.prepay_query().prepay_order_id(order);
}

fn main() {}
