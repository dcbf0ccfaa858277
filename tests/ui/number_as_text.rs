use ottpay::Client;

fn pay(client: &Client) {
    let _ = client.active_pay().operator_id(0000020156);
}

fn main() {}
