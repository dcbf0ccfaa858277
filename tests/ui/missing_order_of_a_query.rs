use ottpay::Client;

fn query(client: &Client) {
    let _ = client.status_query().send();
}

fn main() {}
