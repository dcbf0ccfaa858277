use ottpay::{Error, RefundReply, Sending};

async fn refund(sending: Sending<RefundReply>) -> Result<RefundReply, Error> {
    match sending.await {
        Ok(reply) => Ok(reply),
        Err(_) => sending.await,
    }
}

fn main() {}
