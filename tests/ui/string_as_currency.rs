use ottpay::Client;

fn rate(client: &Client) {
    let _ = client.ex_rate_query().fee_type("CAD");
}

fn main() {}
