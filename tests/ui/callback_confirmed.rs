use ottpay::{Client, PaymentCallback};

async fn ship(client: &Client, callback: &PaymentCallback) {
    let _ = client.confirm(callback).await;
}

fn main() {}
