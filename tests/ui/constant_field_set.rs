use ottpay::Client;

fn pay(client: &Client) {
    let _ = client.union_pay_purchase().channel_type("UPAYONLINE");
}

fn main() {}
