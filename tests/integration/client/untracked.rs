//! Writes whose own id was left out explicitly: sent like the request, but of another type.

use crate::common::{Script, order, sample};
use ottpay::request::{Request as _, Untracked};
use ottpay::{Amount, Client, InAppBizType, InAppPayAlipay, Refund};

fn refund(client: &Client) -> Untracked<Refund> {
    client.refund().without_order_id().ori_order_id(order("T1")).refund_amt(Amount::from_minor(1)).build().unwrap()
}

#[tokio::test]
async fn it_is_sent_without_the_id_and_answered_as_the_request_is() {
    let script = Script::accepted(r#"{"order_id":"MADE-BY-THE-GATEWAY"}"#);
    let client = script.client();
    let reply: ottpay::RefundReply = client.send(&refund(&client)).await.unwrap();
    assert_eq!(reply.order_id().unwrap().as_str(), "MADE-BY-THE-GATEWAY");
    let request = refund(&client);
    assert_eq!((request.values().own_id(), request.values().get("ori_order_id")), (None, Some("T1")));
    assert_eq!(request.clone(), refund(&client));
    assert_eq!(format!("{request:?}"), r#"REFUND { ori_order_id: "T1", refund_amt: "1" }"#);
}

#[test]
fn parameters_for_the_sdk_may_be_without_an_id_too() {
    let client = sample().build().unwrap();
    let builder = || {
        let builder = client.in_app_pay_alipay().amount(Amount::from_minor(100)).biz_type(InAppBizType::AlipayOnline);
        builder.without_operator_id().call_back_url("https://shop.example/ottpay")
    };
    let with: InAppPayAlipay = builder().order_id(order("T1")).build().unwrap();
    let without: Untracked<InAppPayAlipay> = builder().without_order_id().build().unwrap();
    assert_eq!(with.to_json().replace(r#","order_id":"T1""#, ""), without.to_json());
}
