use ottpay::Client;

fn query(client: &Client) {
    let _ = client.status_query().order_id("T1");
}

fn main() {}
