use ottpay::{ActivePay, Client, Error, RefundReply};

async fn refund(client: &Client, request: &ActivePay) -> Result<RefundReply, Error> {
    client.send(request).await
}

fn main() {}
