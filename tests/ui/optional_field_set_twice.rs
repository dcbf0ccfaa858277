use ottpay::{Amount, Client};

fn pay(client: &Client) {
    let _ = client.active_pay().tip(Amount::from_minor(100)).tip(Amount::from_minor(200));
}

fn main() {}
