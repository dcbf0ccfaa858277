use ottpay::{Amount, OrderId, PaymentCallback};

fn paid() -> PaymentCallback {
    PaymentCallback { order_id: OrderId::random(), amount: Amount::from_minor(1999) }
}

fn main() {}
