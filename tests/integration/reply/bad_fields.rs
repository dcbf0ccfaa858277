//! A reply whose fields are not what they should be: each oddity has one defined result, and none loses the rest.

use crate::common::{self, Script, accepted, checkout_id, order};
use ottpay::error::ReplyProblem;
use ottpay::reply::Received;
use ottpay::{
    Amount, AskError, Client, Currency, Error, Framing, MappPayReply, Outcome, PrepayQueryReply, ResponseCode,
    StatusClass,
};
use serde_json::{Value, json};

const OPERATOR: &str = "0000020156";

/// A complete reply of the Checkout query, which has a field of almost every type.
fn checkout() -> Value {
    json!({
        "rspCode": "SUCCESS", "rspMsg": "success", "merchant_id": "ON00004652", "merchant_name": "Tea & Co",
        "amount": "500", "shop_id": "S1", "operator_id": OPERATOR, "status": "SUCCESS", "biz_type": "PREPAY",
        "prepay_order_id": "C1", "sale_num": "N1", "currency_type": "CAD", "duration": "100",
        "create_time": "2022-07-27 13:26:26", "expire_time": "2022-07-27 13:28:06", "payments_methods": "[]"
    })
}

/// The same reply with another value in one field; `null` in `other` removes it.
fn replace_field(name: &str, other: Value) -> Value {
    let mut fields = checkout();
    fields[name] = other;
    fields
}

async fn query(fields: &Value) -> Result<PrepayQueryReply, AskError> {
    let client = Script::accepted(&fields.to_string()).client();
    client.prepay_query().prepay_order_id(checkout_id("C1")).send().await
}

/// The error of a field, and everything that was received.
fn field_error(error: Error) -> (String, Box<Received>) {
    assert_eq!(error.outcome(), Outcome::Unknown);
    match error {
        Error::Reply { problem: ReplyProblem::Field { error, received }, .. } => (error.to_string(), received),
        other => panic!("{other:?}"),
    }
}

/// The error of a field of a query's reply, and everything that was received.
fn asked_field_error(error: AskError) -> (String, Box<Received>) {
    assert!(!error.is_transient());
    match error {
        AskError::Reply { problem: ReplyProblem::Field { error, received }, .. } => (error.to_string(), received),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_required_field_that_is_absent_null_or_empty_is_named() {
    for name in ["rspMsg", "merchant_name", "amount", "currency_type", "duration", "expire_time", "payments_methods"] {
        let mut without = checkout();
        without.as_object_mut().unwrap().remove(name);
        for fields in [without, replace_field(name, Value::Null), replace_field(name, json!(""))] {
            let (error, received) = asked_field_error(query(&fields).await.unwrap_err());
            assert_eq!(error, format!("{name}: required, but absent"));
            // The rest is not lost.
            assert_eq!(received.text("prepay_order_id"), Some("C1"));
            assert_eq!(received.text("status"), Some("SUCCESS"));
        }
    }
}

#[tokio::test]
async fn numbers_are_accepted_where_strings_are_documented() {
    let mut fields = checkout();
    for (name, number) in
        [("amount", json!(500)), ("duration", json!(1e2)), ("sale_num", json!(20220727)), ("shop_id", json!(7))]
    {
        fields[name] = number;
    }
    let reply = query(&fields).await.unwrap();
    assert_eq!((reply.amount(), reply.duration()), (Amount::from_minor(500), 100));
    assert_eq!((reply.sale_num(), reply.shop_id()), ("20220727", "7"));
}

#[tokio::test]
async fn a_value_of_the_wrong_kind_is_an_error_where_it_must_be_read_and_text_where_it_need_not() {
    for (name, value, problem) in [
        ("amount", json!("5.005"), "expected a whole number of minor units"),
        ("amount", json!(5.5), "expected a whole number of minor units"),
        ("amount", json!(-5), "expected a whole number of minor units"),
        ("amount", json!({"value": "5"}), "expected a whole number of minor units"),
        ("amount", json!(true), "expected a whole number of minor units"),
        ("duration", json!("soon"), "expected a whole number"),
        ("currency_type", json!("dollars"), "expected a currency code of three letters, such as CAD"),
    ] {
        let (error, received) = asked_field_error(query(&replace_field(name, value)).await.unwrap_err());
        assert_eq!(error, format!("{name}: {problem}"));
        assert_eq!(received.text("sale_num"), Some("N1"));
    }
    // A string accepts everything unchanged.
    for (value, text) in [(json!({"a": [1, null]}), r#"{"a":[1,null]}"#), (json!([1]), "[1]"), (json!(false), "false")]
    {
        assert_eq!(query(&replace_field("merchant_name", value)).await.unwrap().merchant_name(), text);
    }
    // A list of unknown shape is kept as it is.
    let reply = query(&replace_field("payments_methods", json!([{"fee": 1.5, "name": "WECHATPAY"}]))).await.unwrap();
    assert_eq!(reply.payments_methods(), r#"[{"fee":1.5,"name":"WECHATPAY"}]"#);
}

#[tokio::test]
async fn an_optional_amount_that_cannot_be_read_is_an_error_and_keeps_its_text() {
    for unreadable in ["1.5", "1,999", "-5", "19.99", "abc", " 7", "18446744073709551616"] {
        let reply = query(&replace_field("tip", json!(unreadable))).await.unwrap();
        let error = reply.tip().unwrap_err();
        assert_eq!(error.to_string(), "tip: expected a whole number of minor units");
        assert!(!format!("{error:?}").contains(unreadable), "{error:?}");
        assert_eq!(reply.raw().text("tip"), Some(unreadable));
        // What it does not touch is read.
        assert_eq!((reply.amount(), reply.status().class()), (Amount::from_minor(500), StatusClass::Paid));
    }
    for absent in [Value::Null, json!("")] {
        let mut fields = replace_field("tip", absent);
        fields["order_id"] = Value::Null;
        let reply = query(&fields).await.unwrap();
        assert_eq!((reply.tip(), reply.order_id()), (Ok(None), None));
    }
    let mut fields = checkout();
    fields.as_object_mut().unwrap().remove("tip");
    assert_eq!(query(&fields).await.unwrap().tip(), Ok(None));
}

#[tokio::test]
async fn aliases_are_read_and_the_documented_name_wins() {
    let mut fields = checkout();
    let object = fields.as_object_mut().unwrap();
    for (name, alias) in
        [("rspCode", "respcode"), ("status", "orderStatus"), ("amount", "total_amount"), ("currency_type", "currency")]
    {
        let value = object.remove(name).unwrap();
        object.insert(alias.to_owned(), value);
    }
    object.insert("orderId".to_owned(), json!("T1"));
    let reply = query(&fields).await.unwrap();
    assert_eq!((reply.rsp_code(), reply.status().class()), (&ResponseCode::Success, StatusClass::Paid));
    assert_eq!((reply.amount(), reply.currency_type()), (Amount::from_minor(500), Currency::CAD));
    assert_eq!(reply.order_id(), Some(&order("T1")));
    let mut both = checkout();
    both["total_amount"] = json!("7");
    both["respcode"] = json!("FAIL");
    let reply = query(&both).await.unwrap();
    assert_eq!((reply.amount(), reply.rsp_code()), (Amount::from_minor(500), &ResponseCode::Success));
}

#[tokio::test]
async fn unknown_words_codes_fields_and_times_are_kept() {
    let mut fields = checkout();
    fields["rspCode"] = json!("SOMETHING_NEW");
    fields["status"] = json!("Half-Paid");
    fields["create_time"] = json!("the day before yesterday");
    fields["new_field"] = json!({"deep": ["x"]});
    let reply = query(&fields).await.unwrap();
    assert_eq!((reply.rsp_code().as_str(), reply.rsp_code().class()), ("SOMETHING_NEW", None));
    assert_eq!((reply.status().as_str(), reply.status().class()), ("Half-Paid", StatusClass::Unknown));
    assert_eq!((reply.create_time().as_str(), reply.create_time().local()), ("the day before yesterday", None));
    assert_eq!(reply.raw().text("new_field"), Some(r#"{"deep":["x"]}"#));
    // An absent status is neither paid nor an error.
    let reply = query(&replace_field("status", Value::Null)).await.unwrap();
    assert_eq!(reply.status().class(), StatusClass::Unknown);
}

#[test]
fn response_codes_have_the_class_that_the_vendor_gives_them() {
    use ottpay::spec::CodeClass;
    for (text, code, class) in [
        ("SUCCESS", ResponseCode::Success, Some(CodeClass::Accepted)),
        (" processing ", ResponseCode::Processing, Some(CodeClass::Accepted)),
        ("Order_Used", ResponseCode::OrderUsed, Some(CodeClass::Duplicate)),
        ("TIMEOUT", ResponseCode::Timeout, Some(CodeClass::Open)),
        ("AUTH_CODE_INVALID", ResponseCode::AuthCodeInvalid, None),
    ] {
        assert_eq!(ResponseCode::from(text), code, "{text}");
        assert_eq!(code.class(), class, "{text}");
    }
    assert_eq!(ResponseCode::from("ORDER-USED").class(), None);
}

/// A reply of the Mini-Program call with this as `payInfo`.
async fn pay_info(client: impl Fn(&str) -> Client, info: Value) -> Result<MappPayReply, Error> {
    let fields = json!({"payInfo": info, "merchant_id": "ON00004652", "order_id": "T1", "amount": 1, "sale_num": "N1"});
    mapp_pay(client(&fields.to_string())).await
}

async fn mapp_pay(client: Client) -> Result<MappPayReply, Error> {
    let request = client.mapp_pay().order_id(order("T1")).operator_id(OPERATOR).amount(Amount::from_minor(1));
    request.app_id("wx").open_id("o").call_back_url("https://shop.example/ottpay").send().await
}

#[tokio::test]
async fn a_field_that_may_not_be_the_merchant_does_not_veto_a_reply() {
    let fields = json!({
        "payInfo": {"appId": "a", "timeStamp": "1", "nonceStr": "n", "packageStr": "p", "signType": "MD5", "paySign": "s"},
        "merchant_id": "4200000000202004143333333333", "order_id": "T1", "amount": 1, "sale_num": "N1"
    });
    let reply = mapp_pay(Script::accepted(&fields.to_string()).client()).await.unwrap();
    assert_eq!(reply.merchant_id(), "4200000000202004143333333333");
    // Outside `data`, the name means the merchant.
    let mut outer = accepted(&fields.to_string()).to_body(Framing::Json);
    outer.pop();
    outer.extend_from_slice(br#","merchant_id":"XX00000000"}"#);
    let error = mapp_pay(Script::body(outer).client()).await.unwrap_err();
    assert!(error.to_string().contains("another merchant"), "{error}");
}

#[tokio::test]
async fn pay_info_is_read_as_text_with_json_and_as_an_object() {
    let members = json!({
        "appId": "wx5f89682208cf8e88", "timeStamp": 2018091015, "nonceStr": "n", "packageStr": "prepay_id=1",
        "signType": "MD5", "paySign": "p", "new": null
    });
    // Gson writes `=` as an escape.
    let escaped = members.to_string().replace('=', "\\u003d");
    let client = |fields: &str| Script::accepted(fields).client();
    for info in [json!(members.to_string()), json!(escaped), members.clone()] {
        let reply = pay_info(client, info).await.unwrap();
        let info = reply.pay_info();
        assert_eq!((info.package_str(), info.time_stamp(), info.nonce_str()), ("prepay_id=1", "2018091015", "n"));
        assert!(format!("{reply:?}").contains("paySign: \"p\""), "{reply:?}");
        assert_eq!(info.raw().get("new").and_then(|value| value.as_text()), None);
    }
    let mut incomplete = members;
    incomplete.as_object_mut().unwrap().remove("paySign");
    for (info, problem) in [
        (json!(incomplete.to_string()), "payInfo: paySign: required, but absent"),
        (incomplete, "payInfo: paySign: required, but absent"),
        (json!("https://pay.example/"), "payInfo: expected a JSON object, or a string that contains one"),
        (json!("[1]"), "payInfo: expected a JSON object, or a string that contains one"),
        (json!([1]), "payInfo: expected a JSON object, or a string that contains one"),
        (json!({"appId": "a", "timeStamp": {"x": [[]]}}), "payInfo: nonceStr: required, but absent"),
    ] {
        let (error, received) = field_error(pay_info(client, info).await.unwrap_err());
        assert_eq!(error, problem);
        assert_eq!(received.text("sale_num"), Some("N1"));
    }
    // Too deep for anything but an attack: an error, not the end of the stack.
    let deep = format!("{{\"appId\":{}{}}}", "[".repeat(50_000), "]".repeat(50_000));
    let (error, _) = field_error(pay_info(client, json!(deep)).await.unwrap_err());
    assert_eq!(error, "payInfo: expected a JSON object, or a string that contains one");
}

#[tokio::test]
async fn a_link_in_place_of_pay_info_is_kept_as_it_is() {
    for (fields, link) in [
        (
            json!({"order_id": "T1", "merchant_id": "ON00004652", "amount": "6", "payinfo": "weixin://wap/pay?x=1"}),
            "weixin://wap/pay?x=1",
        ),
        (
            json!({"order_id": "T1", "merchant_id": "ON00004652", "amount": "6", "payInfo": "https://wx.example/?a=b&c"}),
            "https://wx.example/?a=b&c",
        ),
    ] {
        let client = Script::accepted(&fields.to_string()).client();
        let request = client.h5_pay().order_id(order("T1")).amount(Amount::from_minor(5)).currency_type(Currency::CAD);
        let reply = request.operator_id(OPERATOR).call_back_url("https://shop.example/ottpay").send().await.unwrap();
        // The amount may exceed the request by a fee.
        assert_eq!((reply.payinfo().as_str(), reply.amount()), (link, Amount::from_minor(6)));
    }
}

async fn in_app(body: &str) -> Result<ottpay::InAppPayWechatReply, Error> {
    let client = Script::body(body).client();
    let request = client.in_app_pay_wechat().user_id("wx1").amount(Amount::from_minor(100)).operator_id(OPERATOR);
    request.order_id(order("T1")).call_back_url("https://shop.example/ottpay").send().await
}

#[tokio::test]
async fn a_plain_reply_is_read_by_its_fields_or_its_code() {
    let good = json!({
        "appId": "wx1", "bizType": "WECHATPAY", "nonceStr": "n", "package_": "Sign=WXPay", "partnerId": "1",
        "prepay_id": "p", "timeStamp": "2018112112", "wxapikey": "SECRET-KEY"
    });
    let reply = in_app(&good.to_string()).await.unwrap();
    assert_eq!((reply.prepay_id(), reply.wxapikey(), reply.re_amount()), ("p", "SECRET-KEY", Ok(None)));
    // With a code, the code decides.
    let mut coded = good.clone();
    coded["rsp_code"] = json!("PROCESSING");
    assert_eq!(in_app(&coded.to_string()).await.unwrap().nonce_str(), "n");
    coded["rsp_code"] = json!("PARAM_ERROR");
    let error = in_app(&coded.to_string()).await.unwrap_err();
    assert_eq!((error.outcome(), error.to_string().as_str()), (Outcome::Refused, "inAppPay (order T1): PARAM_ERROR"));
    assert!(!format!("{error:?}").contains("SECRET-KEY"));
    // Without one, it must have the fields of the page.
    let mut lacking = good.clone();
    lacking.as_object_mut().unwrap().remove("prepay_id");
    let error = in_app(&lacking.to_string()).await.unwrap_err();
    assert!(!format!("{error:?} {error}").contains("SECRET-KEY"), "{error:?}");
    let (error, received) = field_error(error);
    assert_eq!(error, "prepayId: required, but absent");
    assert!(!format!("{received:?}").contains("SECRET-KEY"));
    let mut other = good;
    other["merchant_id"] = json!("OTHER");
    assert!(in_app(&other.to_string()).await.unwrap_err().to_string().contains("another merchant"));
    for (body, problem) in [
        ("", "expected a JSON object, but the body is empty"),
        ("<html>", "expected a JSON object, but the body is an HTML or XML page"),
        ("[]", "expected a JSON object, but the body is another kind of JSON value"),
        ("{}", "appId: required, but absent"),
    ] {
        let error = in_app(body).await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Unknown);
        assert!(error.to_string().contains(problem), "{error}");
    }
}

#[tokio::test]
async fn a_refusal_that_repeats_a_secret_of_the_request_does_not_show_it() {
    let client =
        Script::body(r#"{"rsp_code":"PARAM_ERROR","rsp_msg":"auth_code 134567890123456789 is no code"}"#).client();
    let request = client.passive_pay().order_id(order("T1")).operator_id(OPERATOR).amount(Amount::from_minor(1));
    let request = request.auth_code("134567890123456789").biz_type(ottpay::BizType::Alipay);
    let error = request.send().await.unwrap_err();
    assert_eq!(error.to_string(), "PASSIVEPAY (order T1): PARAM_ERROR: auth_code (hidden) is no code");
    assert!(!format!("{error:?}").contains("1345"), "{error:?}");
    // The meaning of the text is determined before anything in it is hidden, and the longest secret is hidden first.
    let client = Script::body(r#"{"rsp_code":"FAIL","rsp_msg":"ORDER_USED: card 4111111111111111, sha a"}"#).client();
    let request = client.portico_purchase().shop_id("S").operator_id("O").txn_time(ottpay::Timestamp::now_utc());
    let request = request.txn_amt(Amount::from_minor(1)).cc_number("4111111111111111").cc_sha("a").cc_maskednum("1111");
    let error = request.currency(Currency::CAD).order_id(order("T1")).send().await.unwrap_err();
    assert_eq!(
        error.to_string().split(';').next(),
        Some("CC_PURCHASE (order T1): FAIL: ORDER_USED: card (hidden), sha a")
    );
    assert_eq!(error.outcome(), Outcome::DuplicateId);
    let client = Script::body(r#"{"rsp_code":"FAIL","rsp_msg":"ORDER_USED"}"#).client();
    let request = client.mapp_pay().operator_id(OPERATOR).amount(Amount::from_minor(1)).app_id("wx").open_id("ORDER");
    let error = request.without_order_id().call_back_url("https://shop.example/ottpay").send().await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::DuplicateId, "{error}");
}

#[tokio::test]
async fn addresses_are_shown_without_their_query_and_json_of_unknown_shape_not_at_all() {
    let mut fields = checkout();
    fields["call_back_url"] = json!("https://shop.example/cb?key=SECRET");
    fields["payments_methods"] = json!([{"open_id": "SECRET"}]);
    let reply = query(&fields).await.unwrap();
    assert!(reply.payments_methods().contains("SECRET") && reply.call_back_url().unwrap().as_str().contains("SECRET"));
    let shown = format!("{reply:?}");
    assert!(!shown.contains("SECRET") && shown.contains("https://shop.example/cb?…"), "{shown}");
    let client = common::sample().build().unwrap();
    let request = client.h5_pay().amount(Amount::from_minor(1)).currency_type(Currency::CAD).without_operator_id();
    let request = request.without_order_id().call_back_url("https://shop.example/cb?key=SECRET").build().unwrap();
    assert!(!format!("{request:?}").contains("SECRET"), "{request:?}");
}
