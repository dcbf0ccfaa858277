use ottpay::{Amount, Client};

fn refund(client: &Client) {
    let _ = client.refund().build();
    let _ = client.active_pay().amount(Amount::from_minor(1999)).build();
}

fn main() {}
