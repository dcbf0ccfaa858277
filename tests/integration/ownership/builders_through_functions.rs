//! A builder goes through functions: with some fields set, with a field open, and at the end as any request.

use std::error::Error;

use ottpay::request::{Request, Set, Write};
use ottpay::{
    ActivePay, ActivePayBuilder, Amount, Asking, BizType, Client, IntoField, OrderId, RefundBuilder, RefundId, Sending,
    SignKey, StatusQueryReply,
};

fn of_the_shop(client: &Client, order: &OrderId) -> ActivePayBuilder<Set, Set> {
    client.active_pay().order_id(order).operator_id("0000020156")
}

fn of_payment<O>(refund: RefundBuilder<O>, payment: &OrderId, amount: Amount) -> RefundBuilder<O, Set, Set> {
    refund.ori_order_id(payment).refund_amt(amount)
}

fn query(client: &Client, order: impl IntoField<OrderId>) -> Asking<StatusQueryReply> {
    client.status_query().order_id(order).send()
}

fn send<R: Write>(client: &Client, request: &R) -> Sending<R::Reply> {
    client.send(request)
}

fn send_either<R: Request>(client: &Client, request: &R) -> R::Sending {
    client.send(request)
}

#[test]
fn a_builder_goes_through_functions_with_fields_set_and_open() -> Result<(), Box<dyn Error>> {
    let client = Client::builder().merchant_id("ON00004652").sign_key(SignKey::new("A8B5FE540E38A5A9")?);
    let client = client.endpoint("http://127.0.0.1:9").build()?;
    let (order, amount) = (OrderId::random(), Amount::from_minor(1999));

    let payment = of_the_shop(&client, &order).amount(amount).biz_type(BizType::Alipay);
    drop(send(&client, &payment.call_back_url("https://shop.example/ottpay").build()?));
    drop(send(&client, &of_payment(client.refund(), &order, amount).without_order_id().build()?));
    drop(of_payment(client.refund().order_id(RefundId::random()), &order, amount).send());
    drop(send_either(&client, &client.status_query().order_id(&order).build()?));
    drop((query(&client, &order), query(&client, order)));
    Ok(())
}

#[test]
fn a_clone_of_a_builder_goes_its_own_way() -> Result<(), Box<dyn Error>> {
    let client = Client::builder().merchant_id("ON00004652").sign_key(SignKey::new("A8B5FE540E38A5A9")?).build()?;
    let begun = of_the_shop(&client, &OrderId::random()).biz_type(BizType::Alipay);
    let begun = begun.call_back_url("https://shop.example/ottpay");
    let cheap = begun.clone().amount(Amount::from_minor(1)).order_remark("tea").build()?;
    let dear = begun.amount(Amount::from_minor(1999)).build()?;

    let texts =
        |request: &ActivePay| ["amount", "order_remark"].map(|name| request.values().get(name).map(str::to_owned));
    assert_eq!(texts(&cheap), [Some("1".to_owned()), Some("tea".to_owned())]);
    assert_eq!(texts(&dear), [Some("1999".to_owned()), None]);
    assert_ne!(cheap, dear);
    Ok(())
}

#[test]
fn requests_with_the_same_fields_are_equal_whatever_order_they_were_set_in() -> Result<(), Box<dyn Error>> {
    let client = Client::builder().merchant_id("ON00004652").sign_key(SignKey::new("A8B5FE540E38A5A9")?).build()?;
    let (order, payment, amount) = (RefundId::random(), OrderId::random(), Amount::from_minor(5));
    let forwards = client.refund().order_id(&order).ori_order_id(&payment).refund_amt(amount).build()?;
    let backwards = client.refund().refund_amt(amount).ori_order_id(&payment).order_id(&order).build()?;
    assert_eq!(forwards, backwards);
    assert_ne!(
        forwards,
        client.refund().refund_amt(amount).ori_order_id(&payment).order_id(RefundId::random()).build()?
    );
    Ok(())
}
