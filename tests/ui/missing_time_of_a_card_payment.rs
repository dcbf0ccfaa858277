use ottpay::{Amount, Client, OrderId};

fn pay(client: &Client) {
    let order = client.union_pay_purchase().order_id(OrderId::random()).txn_amt(Amount::from_minor(1999));
    let _ = order.front_url("https://shop.example/result").back_url("https://shop.example/ottpay").send();
}

fn main() {}
