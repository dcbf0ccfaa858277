use ottpay::{BizType, Client};

fn pay(client: &Client) {
    let _ = client.portico_purchase().cc_type(BizType::UnionPay);
}

fn main() {}
