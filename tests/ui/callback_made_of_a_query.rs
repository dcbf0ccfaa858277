use ottpay::PaymentCallback;

fn paid(query: &str) -> Option<PaymentCallback> {
    ottpay::link::returned::<PaymentCallback>(query, &[]).ok()
}

fn main() {}
