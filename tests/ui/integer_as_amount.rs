use ottpay::Client;

fn refund(client: &Client) {
    let _ = client.refund().refund_amt(1999_u64);
}

fn main() {}
