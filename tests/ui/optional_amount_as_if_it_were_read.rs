use ottpay::{Amount, PaymentCallback};

fn tip(callback: &PaymentCallback) -> Amount {
    callback.tip().unwrap_or_default()
}

fn main() {}
