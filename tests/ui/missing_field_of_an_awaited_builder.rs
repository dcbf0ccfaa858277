use ottpay::{BizType, Client, OrderId};

async fn pay(client: &Client) {
    let _ = client
        .active_pay()
        .order_id(OrderId::random())
        .operator_id("0000020156")
        .biz_type(BizType::WechatPay)
        .call_back_url("https://shop.example/ottpay")
        .await;
}

fn main() {}
