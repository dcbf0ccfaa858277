use ottpay::PaymentCallback;

fn paid(body: &[u8]) -> Option<PaymentCallback> {
    serde_json::from_slice(body).ok()
}

fn main() {}
