use ottpay::{Amount, Client};

fn pay(client: &Client) {
    let order = client.active_pay().amount(Amount::from_minor(1999));
    let _ = order.operator_id("0000020156");
    let _ = order.without_operator_id();
}

fn main() {}
