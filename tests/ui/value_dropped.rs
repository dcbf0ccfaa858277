#![deny(unused_must_use)]

use ottpay::{Amount, Currency, OrderId};

fn main() {
    let (price, tip) = (Amount::from_minor(1999), Amount::from_minor(100));
    price.checked_add(tip);
    price.checked_sub(tip);
    price.in_currency(Currency::CAD);
    OrderId::random();
}
