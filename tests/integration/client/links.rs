//! Plain links, and the unsigned parameters that return from them.

use std::str::FromStr;

use crate::common::{self, SAMPLE_MERCHANT, order, sample};
use ottpay::{
    Amount, Client, Decimal, H5PayLinkReturn, PrepayInitReturn, QueryError, SubmitType, WapPayLinkReturn,
    WebPayLinkBuilder,
};

fn client() -> Client {
    Client::builder().merchant_id(SAMPLE_MERCHANT).sign_key(common::key("k")).build().unwrap()
}

#[test]
fn parameters_are_escaped_and_addresses_are_in_base64_where_the_page_requires_it() {
    let link = client().web_pay_link().mer_code("a&b").order_id(order("T1")).oper_id("0000020156");
    let link = link.amount(Amount::from_minor(100)).return_url("https://www.ottpay.com/result");
    let link = link.notify_url("https://www.ottpay.com/callback").submit_type(SubmitType::Scan).remarks("茶 +1%").url();
    assert_eq!(
        link.unwrap().as_str(),
        "https://mppay.ottpay.com/webPay?merCode=a%26b&merchantId=ON00004652&orderId=T1&operId=0000020156&amount=100\
         &returnURL=aHR0cHM6Ly93d3cub3R0cGF5LmNvbS9yZXN1bHQ%3D&notifyURL=aHR0cHM6Ly93d3cub3R0cGF5LmNvbS9jYWxsYmFjaw%3D%3D\
         &submit_type=scan&remarks=%E8%8C%B6%20%2B1%25"
    );
    let link = client().h5_pay_link().mer_code("c0de").order_id(order("T1")).amount(Amount::from_minor(100));
    assert_eq!(
        link.new_url("https://shop.example/r?a=1&b=2").url().unwrap().as_str(),
        "http://qrpay.ottpay.com/h5Pay?merCode=c0de&orderId=T1&amount=100&newURL=https%3A%2F%2Fshop.example%2Fr%3Fa%3D1%26b%3D2"
    );
    let info = WebPayLinkBuilder::INFO;
    assert_eq!((info.action, info.path), ("webPay", "/webPay"));
}

#[test]
fn the_parameters_of_a_link_are_read_back_unchanged() {
    let link = client().wap_pay_link().mer_code("a&b=c+ é").order_id(order("T1")).oper_id("0000020156");
    let link =
        link.amount(Amount::from_minor(100)).return_url("https://shop.example/?a=b").notify_url("https://n.example");
    let url = link.url().unwrap();
    let read = |query: &str| ottpay::link::read(query, ottpay::WapPayLinkBuilder::INFO.request);
    let fields = read(url.as_str().split_once('?').unwrap().1).unwrap();
    assert_eq!(fields.text("merCode"), Some("a&b=c+ é"));
    assert_eq!(fields.text("returnURL"), Some("https://shop.example/?a=b"));
    let error = read("returnURL=https%3A%2F%2Fshop.example").unwrap_err();
    assert_eq!(error.to_string(), "returnURL: expected text in Base64");
}

#[test]
fn a_link_that_breaks_a_rule_is_not_made() {
    let link = client().h5_pay_link().mer_code("c").order_id(order("T1")).amount(Amount::from_minor(1));
    let error = link.clone().new_url("http://shop.example/").url().unwrap_err().to_string();
    assert!(error.starts_with("h5Pay: newURL: expected https"), "{error}");
    // This page has the ten digits only in its example.
    let _ = link.new_url("https://shop.example/").oper_id("7").url().unwrap();
    let link = client().wap_pay_link().mer_code("c").order_id(order("T1")).amount(Amount::from_minor(1)).oper_id("7");
    let link = link.return_url("https://shop.example/").notify_url("https://shop.example/ottpay");
    let error = link.url().unwrap_err().to_string();
    assert!(error.starts_with("wapPay: operId: expected 10 characters, got 1"), "{error}");
    let error = client().h5_pay_link().mer_code("").order_id(order("T1")).amount(Amount::from_minor(1));
    let error = error.new_url("https://shop.example/").url().unwrap_err().to_string();
    assert!(error.starts_with("h5Pay: merCode: required, but absent"), "{error}");
}

#[test]
fn links_follow_the_settings_of_the_client() {
    let client = sample().path(ottpay::WapPayLinkBuilder::INFO, "/elsewhere").build().unwrap();
    let link = client.wap_pay_link().mer_code("c").order_id(order("T1")).oper_id("0000020156");
    let link = link.amount(Amount::from_minor(1)).return_url("https://r.example").notify_url("https://n.example").url();
    assert!(link.unwrap().as_str().starts_with("http://127.0.0.1:9/elsewhere?merCode=c&"));
}

#[test]
fn a_browser_return_is_read_and_marked_as_unsigned() {
    let back = H5PayLinkReturn::unauthenticated("?amount=1.00&orderID=T1&tranID=42&Status=ok%20then&more=x").unwrap();
    assert_eq!(back.amount(), Ok(Some(Decimal::from_str("1.00").unwrap())));
    assert_eq!((back.order_id(), back.tran_id()), (Some(&order("T1")), Some("42")));
    assert_eq!((back.status(), back.raw().text("more")), (Some("ok then"), Some("x")));
    // In Base64, in which a form decoder has replaced a plus.
    let back =
        WapPayLinkReturn::unauthenticated("trade_no=VDEx&out_trade_no=fn5%2BPw==&total_fee=fn5 Pw%3D%3D").unwrap();
    assert_eq!((back.trade_no(), back.out_trade_no(), back.total_fee()), (Some("T11"), Some("~~~?"), Some("~~~?")));
    // Without the padding, in the URL-safe alphabet, and as a whole URL.
    let back = WapPayLinkReturn::unauthenticated("https://shop.example/r?trade_no=VDE&total_fee=fn5-Pw#top").unwrap();
    assert_eq!((back.trade_no(), back.total_fee()), (Some("T1"), Some("~~~?")));
    for address in
        ["HTTPS://s.example/r?trade_no=VDE=", " ?trade_no=VDE=", "app://r?trade_no=VDE=", "s.example/r?trade_no=VDE=#x"]
    {
        let back = WapPayLinkReturn::unauthenticated(address).unwrap();
        assert_eq!(back.trade_no(), Some("T1"), "{address}");
    }
    let back = H5PayLinkReturn::unauthenticated("/r").unwrap();
    assert!(back.raw().fields().is_empty());
    let back = H5PayLinkReturn::unauthenticated("tranID=a?b/c").unwrap();
    assert_eq!(back.tran_id(), Some("a?b/c"));
    // The lost plus may be the last character.
    let back = WapPayLinkReturn::unauthenticated("trade_status=YWE+").unwrap();
    assert_eq!(back.trade_status(), Some("aa>"));
    // Not in Base64 after all: nothing typed, but the text is there.
    let back = WapPayLinkReturn::unauthenticated("trade_status=TRADE_SUCCESS").unwrap();
    assert_eq!((back.trade_status(), back.raw().text("trade_status")), (None, Some("TRADE_SUCCESS")));
    let back = PrepayInitReturn::unauthenticated("total_fee=5&trade_status=%20Trade_Finished").unwrap();
    assert_eq!(back.total_fee(), Ok(Some(Amount::from_minor(5))));
    assert_eq!(back.trade_status(), Some(&ottpay::ReturnedStatus::TradeFinished));
}

#[test]
fn whatever_a_browser_sends_is_an_error_or_a_value() {
    for doubled in ["amount=1&amount=2", "status=a&Status=b", "Status=a&Status=b"] {
        assert!(matches!(H5PayLinkReturn::unauthenticated(doubled), Err(QueryError::Duplicate)), "{doubled}");
    }
    // An unknown parameter may appear any number of times; the first one counts.
    let back = H5PayLinkReturn::unauthenticated("utm=1&utm=2&orderID=T1").unwrap();
    assert_eq!((back.order_id(), back.raw().text("utm")), (Some(&order("T1")), Some("1")));
    assert!(matches!(H5PayLinkReturn::unauthenticated(&"a&".repeat(201)), Err(QueryError::TooMany)));
    let long = "a".repeat(20_000);
    assert!(matches!(H5PayLinkReturn::unauthenticated(&long), Err(QueryError::TooLong { length: 20_000 })));
    for query in ["", "?", "&&&", "amount", "amount=", "=&=x".trim_end_matches("=x")] {
        let back = H5PayLinkReturn::unauthenticated(query).unwrap();
        assert_eq!((back.amount(), back.order_id()), (Ok(None), None), "{query}");
    }
    for query in ["amount=%ff%00", "amount=1e99999999999", "amount=1,999", "amount=five"] {
        let back = H5PayLinkReturn::unauthenticated(query).unwrap();
        assert_eq!(back.amount().unwrap_err().to_string(), "amount: expected a decimal number", "{query}");
    }
}

/// Every example of a browser return is encoded, and read back unchanged.
#[test]
fn the_examples_of_browser_returns_are_read() {
    use base64::Engine as _;
    use ottpay::spec::Encoding;
    let mut read = 0;
    for info in ottpay::GATEWAY.actions {
        for (name, text) in info.examples.iter().flat_map(|example| example.returned) {
            let field = info.returned.iter().find(|field| field.name == *name).unwrap();
            let encoded = match field.encoding {
                Encoding::Base64 => base64::prelude::BASE64_STANDARD.encode(text),
                _ => (*text).to_owned(),
            };
            field.rule(false).check_received(text).unwrap();
            let query = format!("{name}={}", encoded.replace('+', "%2B").replace(' ', "%20"));
            let fields = ottpay::link::read(&query, info.returned).unwrap();
            assert_eq!(fields.text(name), Some(*text), "{}", info.name);
            read += 1;
        }
    }
    assert!(read >= 12, "{read}");
}
