use ottpay::{Client, OrderId};

fn query(client: &Client) {
    let _ = client.send(&client.status_query().order_id(OrderId::random()));
}

fn main() {}
