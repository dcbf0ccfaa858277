use ottpay::__private::{Arrived, Typed, parse_nested, parse_return, way};
use ottpay::{InAppPayWechatReply, PaymentCallback};

fn by_json(json: &str) -> Option<PaymentCallback> {
    parse_nested(json).ok()
}

fn by_query(query: &str) -> Option<PaymentCallback> {
    parse_return(query, &[]).ok()
}

fn by_a_plain_reply(reply: &InAppPayWechatReply) -> Option<PaymentCallback> {
    PaymentCallback::made_of(reply.raw().clone()).ok()
}

fn by_another_way(arrived: Arrived<way::Field>) -> Option<PaymentCallback> {
    PaymentCallback::made_of(arrived).ok()
}

fn main() {}
