use ottpay::{Client, Currency, Money};

fn pay(client: &Client) {
    let _ = Money::parse("19.99", Currency::CAD).map(|price| client.active_pay().amount(price));
}

fn main() {}
