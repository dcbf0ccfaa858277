use ottpay::request::{Request, Values};
use ottpay::{InAppPayWechat, StatusQueryReply};

struct Trusted(InAppPayWechat);

impl Request for Trusted {
    type Reply = StatusQueryReply;

    fn values(&self) -> &Values {
        self.0.values()
    }
}

fn main() {}
