use ottpay::{Amount, PaymentCallback};

fn paid(callback: &PaymentCallback) -> Amount {
    callback.unauthenticated().amount()
}

fn main() {}
