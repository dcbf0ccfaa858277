use ottpay::{Amount, Client};

fn pay(client: &Client) {
    let _ = client.active_pay().ammount(Amount::from_minor(1999));
}

fn main() {}
