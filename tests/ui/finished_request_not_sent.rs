#![deny(unused_must_use)]

use ottpay::request::InvalidRequest;
use ottpay::{Amount, Client, InAppBizType, OrderId, RefundId};

fn refund(client: &Client) -> Result<(), InvalidRequest> {
    let refund = client.refund().order_id(RefundId::random()).ori_order_id(OrderId::random());
    refund.refund_amt(Amount::from_minor(1999)).build()?;
    Ok(())
}

fn pay_in_an_app(client: &Client) -> Result<(), InvalidRequest> {
    let payment = client.in_app_pay_alipay().amount(Amount::from_minor(1999)).biz_type(InAppBizType::AlipayOnline);
    payment.order_id(OrderId::random()).operator_id("0000020156").call_back_url("https://shop.example/ottpay").build()?;
    Ok(())
}

fn pay_by_link(client: &Client) -> Result<(), InvalidRequest> {
    let link = client.h5_pay_link().order_id(OrderId::random()).amount(Amount::from_minor(1999)).mer_code("c0de");
    link.new_url("https://shop.example/result").url()?;
    Ok(())
}

fn main() {}
