use ottpay::PaymentCallback;

fn paid(query: &str) -> Option<PaymentCallback> {
    ottpay::link::parse_return::<PaymentCallback>(query, &[]).ok()
}

fn main() {}
