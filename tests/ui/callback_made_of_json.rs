use ottpay::PaymentCallback;

fn paid(json: &str) -> Option<PaymentCallback> {
    ottpay::reply::nested::<PaymentCallback>(json).ok()
}

fn main() {}
