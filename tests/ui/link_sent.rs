use ottpay::{Client, OrderId};

fn pay(client: &Client) {
    let _ = client.wap_pay_link().order_id(OrderId::random()).send();
}

fn main() {}
