use ottpay::{Amount, BizType, Client, OrderId};

fn pay(client: &Client) {
    let scanned = client.passive_pay().amount(Amount::from_minor(1999)).auth_code("134567890123456789");
    let _ = scanned.order_id(OrderId::random()).biz_type(BizType::Alipay).send();
}

fn main() {}
