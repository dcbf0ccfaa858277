use ottpay::Client;

fn pay(client: &Client) {
    let _ = client.elavon_purchase().with_biz_type_snake().with_biz_type_snake();
}

fn main() {}
