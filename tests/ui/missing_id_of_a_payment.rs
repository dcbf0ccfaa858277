use ottpay::{Amount, BizType, Client};

fn pay(client: &Client) {
    let payment = client.active_pay().amount(Amount::from_minor(1999)).biz_type(BizType::Alipay).operator_id("0000020156");
    let _ = payment.call_back_url("https://shop.example/ottpay").build();
}

fn main() {}
