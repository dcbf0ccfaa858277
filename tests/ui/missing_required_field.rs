use ottpay::{BizType, Client};

async fn pay(client: &Client) {
    let _ = client
        .active_pay()
        .operator_id("0000020156")
        .biz_type(BizType::WechatPay)
        .call_back_url("https://shop.example/ottpay")
        .send()
        .await;
}

fn main() {}
