use ottpay::ActivePayReply;

fn qr(reply: &ActivePayReply) -> &str {
    &reply.code_url
}

fn main() {}
