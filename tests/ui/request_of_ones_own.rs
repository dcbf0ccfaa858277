use ottpay::request::{Request, Values};
use ottpay::{InAppPayWechat, Sending, StatusQueryReply};

struct Trusted(InAppPayWechat);

impl Request for Trusted {
    type Reply = StatusQueryReply;
    type Sending = Sending<StatusQueryReply>;

    fn values(&self) -> &Values {
        self.0.values()
    }
}

fn main() {}
