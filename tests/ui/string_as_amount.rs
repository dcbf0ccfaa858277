use ottpay::Client;

fn pay(client: &Client) {
    let _ = client.active_pay().amount("19.99");
}

fn main() {}
