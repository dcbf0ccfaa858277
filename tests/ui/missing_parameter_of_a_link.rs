use ottpay::{Amount, Client, OrderId};

fn link(client: &Client) {
    let link = client.h5_pay_link().order_id(OrderId::random()).amount(Amount::from_minor(1999));
    let _ = link.new_url("https://shop.example/result").url();
}

fn main() {}
