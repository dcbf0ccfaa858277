use ottpay::PaymentCallback;

fn paid(json: &str) -> Option<PaymentCallback> {
    ottpay::reply::parse_nested::<PaymentCallback>(json).ok()
}

fn main() {}
