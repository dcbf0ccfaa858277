use ottpay::{Amount, BizType, Client, OrderId};

fn pay(client: &Client) {
    let order = client.active_pay().order_id(OrderId::random()).amount(Amount::from_minor(1999));
    let _ = order.biz_type(BizType::WechatPay).operator_id("0000020156").send();
}

fn main() {}
