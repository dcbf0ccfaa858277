//! What the sandbox says to requests that are wrong: links, plain calls, and data of another merchant.

use crate::common::{self, OPERATOR, get};
use ottpay::{Framing, GATEWAY};
use ottpay_sandbox::Sandbox;

#[tokio::test]
async fn the_sandbox_says_what_is_wrong_with_a_link_or_a_plain_call() {
    let sandbox = Sandbox::start().await.unwrap();
    let url = sandbox.url();
    for (query, problem) in [
        ("", "merCode: required, but absent"),
        ("merCode=C&orderId=T1&amount=1.5&newURL=https://a.example", "amount: expected a whole number of minor units"),
        ("merCode=C&merCode=D", "a parameter of the query stands twice"),
    ] {
        assert_eq!(get(&format!("{url}/h5Pay?{query}")).await, (400, format!("PARAM_ERROR: {problem}\n")));
    }
    let (_, page) = get(&format!("{url}/wapPay?returnURL=https://a.example")).await;
    assert_eq!(page, "PARAM_ERROR: returnURL: expected text in Base64\n");
    let (_, page) = get(&format!(
        "{url}/wapPay?merCode=C&merchantId=OTHER&orderId=T1&operId={OPERATOR}&amount=1&returnURL=aHR0cHM6Ly9hLmV4YW1wbGU&notifyURL=x"
    ))
    .await;
    assert!(page.starts_with("PARAM_ERROR: "), "{page}");
    assert_eq!(get(&format!("{url}/processV2")).await.0, 405);
    let reply =
        common::exchange(url, "POST", "/inAppPay", br#"{"bizType":"WECHATPAY","merchant_id":"OTHER"}"#.to_vec());
    let (status, body) = reply.await;
    let body = String::from_utf8(body).unwrap();
    assert!(status == 200 && body.contains("PARAM_ERROR"), "{body}");
}

#[tokio::test]
async fn a_stranger_inside_the_data_is_turned_down() {
    let sandbox = Sandbox::start().await.unwrap();
    let fields = std::collections::BTreeMap::from([("prepay_order_id", "C1"), ("merchant_id", "OTHER")]);
    let sealed = ottpay::envelope::seal(&fields, &sandbox.sign_key(), GATEWAY.cipher);
    let message = ottpay::envelope::Message::new([
        ("action", "PREPAY_QUERY"),
        ("version", "2.0"),
        ("merchant_id", sandbox.merchant_id()),
        ("data", &sealed.data),
        ("md5", &sealed.md5),
    ]);
    let reply = common::post_raw(sandbox.url(), message.to_body(Framing::Json)).await;
    assert_eq!(reply.text("rsp_msg"), Some("merchant_id: no such merchant"));
}
