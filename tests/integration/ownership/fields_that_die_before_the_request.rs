//! A builder does not borrow from its setters' arguments, and setters accept owned and borrowed values.

#![allow(clippy::needless_borrows_for_generic_args, reason = "that a setter takes a reference is what is tried")]

use std::borrow::Cow;
use std::error::Error;

use ottpay::request::{Set, Unset};
use ottpay::{ActivePay, Amount, Asking, BizType, Client, OrderId, SignKey, StatusQueryReply, Url, WapPayLinkBuilder};

fn client() -> Result<Client, Box<dyn Error>> {
    let (merchant, key) = (String::from("ON00004652"), String::from("A8B5FE540E38A5A9"));
    let settings = Client::builder().merchant_id(&merchant).sign_key(SignKey::new(&key)?);
    Ok(settings.endpoint(String::from("http://127.0.0.1:9")).build()?)
}

fn payment() -> Result<ActivePay, Box<dyn Error>> {
    let (order, operator, remark) = (OrderId::random(), String::from("0000020156"), String::from("a remark"));
    let (amount, tip, page) = (Amount::from_minor(1999), None::<Amount>, Url::new("https://shop.example/ottpay")?);
    let payment =
        client()?.active_pay().order_id(&order).operator_id(&operator).amount(&amount).maybe_tip(tip.as_ref());
    let payment = payment.order_remark(remark.as_str()).maybe_terminal_no(Some(&*operator)).biz_type(&BizType::Alipay);
    Ok(payment.call_back_url(&page).build()?)
}

fn owned() -> Result<ActivePay, Box<dyn Error>> {
    let payment = client()?.active_pay().order_id(OrderId::random()).operator_id(String::from("0000020156"));
    let payment =
        payment.amount(Amount::from_minor(1999)).maybe_tip(None::<Amount>).order_remark(Cow::from("a remark"));
    Ok(payment.biz_type(BizType::Alipay).call_back_url(String::from("https://shop.example/ottpay")).build()?)
}

fn link() -> Result<WapPayLinkBuilder<Unset, Set>, Box<dyn Error>> {
    Ok(client()?.wap_pay_link().order_id(&OrderId::random()))
}

fn query(order: &str) -> Result<Asking<StatusQueryReply>, Box<dyn Error>> {
    Ok(client()?.status_query().order_id(&OrderId::new(order)?).send())
}

#[test]
fn a_builder_does_not_borrow_the_arguments_of_its_setters() -> Result<(), Box<dyn Error>> {
    assert_ne!(payment()?, owned()?);
    drop((link()?, query("T1")?));
    Ok(())
}
