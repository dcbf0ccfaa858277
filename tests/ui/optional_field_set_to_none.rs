use ottpay::{Amount, Client};

fn pay(client: &Client) {
    let _ = client.active_pay().amount(Amount::from_minor(1999)).maybe_tip(None);
}

fn main() {}
