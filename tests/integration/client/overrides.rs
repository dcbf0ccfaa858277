//! Values that a client writes itself, and their overrides: versions, paths, constants, limits.

use crate::common::{Script, checkout_id, key, order, sample};
use ottpay::envelope::Message;
use ottpay::{Amount, Client, ConfigError, Currency, OrderId, Outcome, StatusQuery, Timestamp};

/// The action and the version on the wire, and the URL to which the request was sent.
fn read_sent(script: &Script) -> (String, String, String) {
    let request = script.requests().pop().unwrap();
    let message = Message::read(&request.body).unwrap();
    let text = |name| message.text(name).unwrap().to_owned();
    (text("action"), text("version"), request.url.to_string())
}

#[tokio::test]
async fn version_and_path_change_for_a_client_and_for_a_call() {
    let reply = r#"{"order_status":"success","order_id":"T1"}"#;
    let (path, version) = (StatusQuery::INFO, StatusQuery::INFO);
    for (for_client, for_call, expected) in [
        (false, false, ("1.0", "/processV2")),
        (true, false, ("1.1", "/process")),
        (false, true, ("2.0", "/processV3")),
        (true, true, ("2.0", "/processV3")),
    ] {
        let script = Script::accepted(reply);
        let settings = sample().transport(script.clone());
        let settings = if for_client { settings.version(version, "1.1").path(path, "/process") } else { settings };
        let query = settings.build().unwrap().status_query().order_id(order("T1")).send();
        let query = if for_call { query.version("2.0").path("/processV3") } else { query };
        query.await.unwrap();
        let (action, version, url) = read_sent(&script);
        assert_eq!((&*action, &*version), ("STATUS_QUERY", expected.0));
        assert_eq!(url, format!("http://127.0.0.1:9{}", expected.1));
    }
    // The constant itself, where the vendor's pages disagree about it.
    for for_call in [false, true] {
        let script = Script::accepted(reply);
        let settings = sample().transport(script.clone());
        let info = ottpay::UnionPayQuery::INFO;
        let settings = if for_call { settings } else { settings.action(info, "STATUS_QUERY").version(info, "1.0") };
        let query = settings.build().unwrap().union_pay_query().order_id(order("T1")).send();
        if for_call { query.action("STATUS_QUERY").version("1.0") } else { query }.await.unwrap();
        let (action, version, _) = read_sent(&script);
        assert_eq!((&*action, &*version), ("STATUS_QUERY", "1.0"));
    }
    // Another action of the same client is not affected.
    let script = Script::accepted(r#"{"feeType":"USD","rate":"650000000"}"#);
    let client = sample().transport(script.clone()).version(StatusQuery::INFO, "9").path(path, "/x").build().unwrap();
    client.ex_rate_query().fee_type(Currency::USD).send().await.unwrap();
    assert_eq!(read_sent(&script), ("EX_RATE_QUERY".into(), "1.0".into(), "http://127.0.0.1:9/processV2".into()));
    let error = sample().path(StatusQuery::INFO, "//elsewhere.example/?").build().unwrap_err();
    assert!(matches!(error, ConfigError::Override { setting: "path", .. }), "{error}");
    assert!(error.to_string().contains("//elsewhere.example/?"), "{error}");
    assert!(sample().path(StatusQuery::INFO, "/../x").build().is_err());
    // A plain call has no version, and a version is never empty.
    let (plain, sealed) = (ottpay::InAppPayWechat::INFO, StatusQuery::INFO);
    sample().version(sealed, "").version(sealed, "1.1").build().unwrap();
    for settings in [
        sample().version(plain, "1.0"),
        sample().version(sealed, "1\n0"),
        sample().version(sealed, ""),
        sample().action(plain, "X"),
    ] {
        let error = settings.build().unwrap_err();
        assert!(matches!(error, ConfigError::Override { setting: "version" | "action", .. }), "{error}");
    }
    let script = Script::default();
    let client = script.client();
    let error = client.status_query().order_id(order("T1")).send().version("").await.unwrap_err().to_string();
    assert!(error.starts_with("STATUS_QUERY: version: expected a version such as 1.0"), "{error}");
    let plain = client.in_app_pay_wechat().user_id("wx1").amount(Amount::from_minor(100)).without_operator_id();
    let error = plain.without_order_id().call_back_url("https://s.example/").send().version("1.0").await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Never);
    assert!(script.requests().is_empty());
}

#[tokio::test]
async fn without_an_endpoint_each_call_goes_to_the_host_of_its_page() {
    let script = Script::new([Err(ottpay::transport::TransportError::not_sent("no"))]);
    let client = Client::builder().merchant_id("M").sign_key(key("k")).transport(script.clone()).build().unwrap();
    let request = client.in_app_pay_wechat().user_id("wx1").amount(Amount::from_minor(100)).operator_id("0000020156");
    let request = request.without_order_id().call_back_url("https://shop.example/ottpay");
    let error = request.send().await.unwrap_err();
    assert_eq!((error.outcome(), error.action()), (Outcome::NotSent, "inAppPay"));
    let request = script.requests().pop().unwrap();
    assert_eq!((&*request.url, request.content_type), ("https://mppay.ottpay.com/inAppPay", "application/json"));
    assert_eq!(
        String::from_utf8(request.body).unwrap(),
        r#"{"userId":"wx1","amount":"100","bizType":"WECHATPAY","merchant_id":"M","operator_id":"0000020156","call_back_url":"https://shop.example/ottpay"}"#
    );
}

#[test]
fn only_a_strict_client_holds_a_request_to_limits_that_are_not_certain() {
    let build = |client: &Client, id: &str| {
        let request = client.elavon_purchase().order_id(order(id)).operator_id("0000020156");
        let request = request.txn_time(Timestamp::now_utc()).txn_amt(Amount::from_minor(100));
        request.front_url("https://shop.example/r").back_url("https://shop.example/ottpay").build()
    };
    let (lenient, strict) = (sample().build().unwrap(), sample().strict(true).build().unwrap());
    for (id, problem) in [
        ("2020041468976O124O000857", "expected at most 20 characters, got 24"),
        ("T-1", "expected letters A-Z, a-z and digits only"),
    ] {
        let _ = build(&lenient, id).unwrap();
        let error = build(&strict, id).unwrap_err().to_string();
        assert!(error.starts_with(&format!("CC_PURCHASE: orderId: {problem}")), "{error}");
    }
    let _ = build(&strict, OrderId::random().as_str()).unwrap();
    let operator = |client: &Client, operator: &str| {
        let request =
            client.prepay_init().shop_id("S").operator_id(operator).prepay_order_id(checkout_id("P1")).sale_num("1");
        let request = request.amount(Amount::from_minor(1)).currency_type(Currency::CAD).duration(100_u64);
        request.redirect_url("https://shop.example/r").call_back_url("https://shop.example/ottpay").build()
    };
    let _ = operator(&lenient, "1234").unwrap();
    let error = operator(&strict, "1234").unwrap_err().to_string();
    assert!(error.starts_with("PREPAY_INIT: operator_id: expected 10 characters, got 4"), "{error}");
    let _ = operator(&strict, "0000020156").unwrap();
    // The rule applies to card payments.
    let _ = strict.status_query().order_id(order("2020041468976O124O000857")).build().unwrap();
}

#[test]
fn a_constant_that_is_given_is_written_as_the_specification_has_it() {
    let client = sample().build().unwrap();
    let info = ottpay::GATEWAY.find_method("union_pay_preauth").unwrap();
    let written = |text: &str| {
        let fields = [
            ("txnTime", "20191125162635"),
            ("txnAmt", "1"),
            ("frontUrl", "https://s.example/"),
            ("backUrl", "https://s.example/"),
            ("bizType", text),
        ];
        let request = ottpay::request::AnyRequest::new(&client, info, fields);
        request.map(|request| ottpay::request::Request::values(&request).get("bizType").map(str::to_owned))
    };
    // The vendor's tables print some with a leading space.
    for text in ["securePay", " securePay", "securePay\n"] {
        assert_eq!(written(text).unwrap().as_deref(), Some("securePay"), "{text:?}");
    }
    for text in ["", " ", "securepay", "secure Pay"] {
        assert!(written(text).is_err(), "{text:?}");
    }
}

#[test]
fn constants_are_written_and_only_changed_in_so_many_words() {
    let client = sample().build().unwrap();
    let whole = || {
        let request =
            client.union_pay_preauth().order_id(order("T1")).txn_time(Timestamp::new("20191125162635").unwrap());
        request.txn_amt(Amount::from_minor(1)).front_url("https://s.example/").back_url("https://s.example/")
    };
    let written = |request: &ottpay::UnionPayPreauth| {
        let values = ottpay::request::Request::values(request);
        ["bizType", "biz_type"].map(|name| values.get(name).map(str::to_owned))
    };
    let secure = || Some("securePay".to_owned());
    assert_eq!(written(&whole().build().unwrap()), [secure(), None]);
    assert_eq!(written(&whole().with_biz_type_snake().build().unwrap()), [None, secure()]);
    let values = whole().build().unwrap();
    let values = ottpay::request::Request::values(&values);
    assert_eq!(values.get("channelType"), Some("UPAYONLINE"));
    assert_eq!((values.get("cc_channelType"), values.get("merchant_id")), (Some("web"), Some("ON00004652")));
    let names: Vec<_> = values.iter().map(|(field, _)| field.name).collect();
    assert!(names.is_sorted(), "the order of the digest: {names:?}");
    // What a page does not require may be left out, although the client would write it.
    let query = client.portico_query().order_id(order("T1"));
    let names = |request: &ottpay::PorticoQuery| {
        ottpay::request::Request::values(request).iter().map(|(field, _)| field.name).collect::<Vec<_>>()
    };
    let bare = ["bizType", "channelType", "orderId", "termId"];
    assert_eq!(names(&query.clone().without_merchant_id().without_cc_channel_type().build().unwrap()), bare);
    let both = query.with_order_id_snake().build().unwrap();
    assert_eq!(ottpay::request::Request::values(&both).get("order_id"), Some("T1"));
    assert_eq!(
        names(&both),
        ["bizType", "cc_channelType", "channelType", "merchant_id", "orderId", "order_id", "termId"]
    );
}

#[test]
fn a_field_that_replaces_another_is_not_sent_together_with_it() {
    let client = sample().build().unwrap();
    let whole = || {
        let request = client.mapp_pay().operator_id("0000020156").amount(Amount::from_minor(1)).app_id("wx");
        request.order_id(order("T1")).open_id("o").call_back_url("https://s.example/")
    };
    let tip = || Amount::from_minor(1);
    let _ = whole().tip(tip()).build().unwrap();
    let request = whole().tip_upper(tip()).build().unwrap();
    let values = ottpay::request::Request::values(&request);
    assert_eq!((values.get("Tip"), values.get("tip")), (Some("1"), None));
    let error = whole().tip(tip()).tip_upper(tip()).build().unwrap_err().to_string();
    assert!(error.starts_with("MAPPPAY: Tip: conflicts with tip: set only one of the two"), "{error}");
}

#[test]
fn only_the_documented_currencies_and_words_are_accepted() {
    use ottpay::{CardType, Currency};
    let client = sample().build().unwrap();
    let payment = |currency| {
        let request = client.h5_pay().amount(Amount::from_minor(1)).currency_type(currency).without_operator_id();
        request.order_id(order("T1")).call_back_url("https://s.example/").build().map_err(|error| error.to_string())
    };
    let _ = payment(Currency::CNY).unwrap();
    let error = payment(Currency::JPY).unwrap_err();
    assert!(error.starts_with("H5PAY: currency_type: expected one of CAD, USD, CNY"), "{error}");
    let card =
        client.portico_purchase().order_id(order("T1")).shop_id("S").operator_id("O").txn_time(Timestamp::now_utc());
    let card =
        card.txn_amt(Amount::from_minor(1)).cc_number("x").cc_sha("y").currency(Currency::CAD).cc_maskednum("1111");
    let _ = card.clone().cc_type(CardType::Visa).build().unwrap();
    let error = card.cc_type(CardType::from("AMEX")).build().unwrap_err().to_string();
    assert!(error.starts_with("CC_PURCHASE: cc_type: expected one of VISA, MC"), "{error}");
}

#[test]
fn an_empty_text_is_not_the_same_as_leaving_a_field_out() {
    let client = sample().build().unwrap();
    let whole = |operator: Option<&str>| {
        let request = client.h5_pay().amount(Amount::from_minor(1)).currency_type(Currency::CAD);
        let request = request.order_id(order("T1")).call_back_url("https://s.example/");
        match operator {
            Some(operator) => request.operator_id(operator).build(),
            None => request.without_operator_id().build(),
        }
    };
    let _ = whole(None).unwrap();
    let error = whole(Some("")).unwrap_err().to_string();
    assert!(error.starts_with("H5PAY: operator_id: required, but absent"), "{error}");
}
