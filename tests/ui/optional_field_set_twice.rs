use ottpay::{Client, OrderId};

fn pay(client: &Client) {
    let _ = client.active_pay().order_id(OrderId::random()).order_id(OrderId::random());
}

fn main() {}
