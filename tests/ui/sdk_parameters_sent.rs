use ottpay::{Client, InAppPayAlipay};

fn pay(client: &Client, parameters: &InAppPayAlipay) {
    let _ = client.send(parameters);
}

fn main() {}
