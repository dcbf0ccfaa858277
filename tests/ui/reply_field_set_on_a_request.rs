use ottpay::Client;

fn pay(client: &Client) {
    let _ = client.active_pay().code_url("weixin://wxpay/bizpayurl?pr=1");
}

fn main() {}
