use ottpay::{Amount, Client};

fn pay(client: &Client) {
    let _ = client.active_pay().maybe_tip(None::<Amount>).tip(Amount::from_minor(100));
}

fn main() {}
