use ottpay::Client;

fn pay(client: &Client) {
    let _ = client.union_pay_purchase().merchant_id("ON00004652");
}

fn main() {}
