use ottpay::Client;

fn pay(client: &Client) {
    let _ = client.active_pay().biz_type("WECHATPAY");
}

fn main() {}
