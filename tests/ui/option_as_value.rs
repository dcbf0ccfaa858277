use ottpay::{Amount, Client};

fn pay(client: &Client) {
    let _ = client.active_pay().tip(Some(Amount::from_minor(100)));
}

fn main() {}
