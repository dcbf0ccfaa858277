use ottpay::{Amount, Client};

fn query(client: &Client) {
    let _ = client.status_query().order_id(Amount::from_minor(1999));
}

fn main() {}
