use ottpay::reply::Reply;
use ottpay::{PaymentCallback, PrepayInitReturn};

fn paid(returned: &PrepayInitReturn) -> Option<PaymentCallback> {
    PaymentCallback::read(returned.raw().clone()).ok()
}

fn paid_by_its_trait(returned: &PrepayInitReturn) -> Option<PaymentCallback> {
    <PaymentCallback as Reply>::read(returned.raw().clone()).ok()
}

fn main() {}
