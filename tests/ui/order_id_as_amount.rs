use ottpay::{Client, OrderId};

fn pay(client: &Client) {
    let _ = client.active_pay().amount(OrderId::random());
}

fn main() {}
