//! Values that a shop stores are read back unchanged, and nothing else is read as one of them.

use fastrand::Rng;
use ottpay::{
    Amount, BizType, CheckoutId, Currency, DateTime, Money, OrderId, OrderStatus, Outcome, Rate, RefundId, Timestamp,
    Url,
};
use serde::de::DeserializeOwned;
use serde::de::value::BytesDeserializer;
use serde::{Deserialize as _, Serialize};
use serde_json::{Value, from_value, json, to_value};

/// Stores a value and reads it again: as JSON text, and as a value of JSON.
fn comes_back<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T, form: &Value) {
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(serde_json::from_str::<T>(&text).unwrap(), *value, "{text}");
    assert_eq!(to_value(value).unwrap(), *form);
    assert_eq!(from_value::<T>(form.clone()).unwrap(), *value, "{text}");
}

fn is_refused<T: DeserializeOwned>(form: Value, expected: &str) {
    let error = from_value::<T>(form.clone()).err().map(|error| error.to_string());
    assert!(error.as_ref().is_some_and(|error| error.contains(expected)), "{form}: {error:?}");
}

/// A number of any magnitude.
fn number(chance: &mut Rng) -> u64 {
    chance.u64(..) >> chance.u32(0..64)
}

#[test]
fn amounts_and_money_survive_a_round_trip() {
    let mut chance = Rng::with_seed(14);
    let codes = ["CAD", "JPY", "KWD", "XAU", "ZZZ"];
    for minor in [0, 1, u64::MAX].into_iter().chain(std::iter::repeat_with(|| number(&mut chance)).take(1000)) {
        let amount = Amount::from_minor(minor);
        comes_back(&amount, &json!(minor));
        let currency = Currency::new(codes[usize::try_from(minor % 5).unwrap()]).unwrap();
        comes_back(&amount.in_currency(currency), &json!({ "amount": minor, "currency": currency.code() }));
        comes_back(&currency, &json!(currency.code()));
    }
    let money: Money = serde_json::from_str(r#"{"currency":" cad","amount":1999}"#).unwrap();
    assert_eq!(money.to_string(), "19.99 CAD");
}

#[test]
fn money_is_never_a_float_negative_or_a_string() {
    for form in [json!(19.99), json!(1999.0), json!("1999"), json!("19.99"), json!(null), json!([1999]), json!(true)] {
        is_refused::<Amount>(form.clone(), "an amount in whole minor units, such as 1999");
        is_refused::<Money>(
            json!({ "amount": form, "currency": "CAD" }),
            "an amount in whole minor units, such as 1999",
        );
    }
    for below in [json!(-5), json!(i64::MIN)] {
        is_refused::<Amount>(below, "the amount is below zero");
    }
    for text in ["1e3", "18446744073709551616", "0x10", "1,999", "01"] {
        assert!(serde_json::from_str::<Amount>(text).is_err(), "{text}");
    }
    is_refused::<Money>(json!({ "amount": 1 }), "missing field `currency`");
    is_refused::<Money>(json!({ "currency": "CAD" }), "missing field `amount`");
    is_refused::<Money>(json!({ "amount": 1, "currency": "C$" }), "expected a currency code of three letters");
    is_refused::<Money>(json!({ "amount": 1, "currency": "CAD", "cents": 1 }), "unknown field `cents`");
    is_refused::<Money>(json!(1999), "an amount and its currency");
    is_refused::<Money>(json!("19.99 CAD"), "an amount and its currency");
    for (text, member) in [
        (r#"{"amount":1,"amount":2,"currency":"CAD"}"#, "amount"),
        (r#"{"amount":1,"currency":"CAD","currency":"USD"}"#, "currency"),
    ] {
        let twice = serde_json::from_str::<Money>(text).unwrap_err();
        assert!(twice.to_string().contains(&format!("duplicate field `{member}`")), "{twice}");
    }
}

#[test]
fn ids_and_strings_survive_a_round_trip_and_are_checked() {
    for _ in 0..100 {
        let (order, refund, page) = (OrderId::random(), RefundId::random(), CheckoutId::random());
        comes_back(&order, &json!(order.as_str()));
        comes_back(&refund, &json!(refund.as_str()));
        comes_back(&page, &json!(page.as_str()));
    }
    is_refused::<OrderId>(json!("T 1"), "whitespace");
    is_refused::<RefundId>(json!(""), "empty");
    is_refused::<CheckoutId>(json!(7), "expected the id of a Checkout page as a string, got a number");
    comes_back(&Timestamp::new("20191125162635").unwrap(), &json!("20191125162635"));
    is_refused::<Timestamp>(json!("2019-11-25 16:26:35"), "expected");
    is_refused::<Timestamp>(json!(20191125162635_u64), "as a string, got a number");
    for text in ["2023-03-23 01:21:53", "Mar 13, 2023, 9:52:19\u{202f}PM", "yesterday", ""] {
        comes_back(&DateTime::from(text), &json!(text));
    }
    for text in ["https://shop.example/cb?a=b#c", "weixin://wxpay/bizpayurl?pr=x", "http://qrpay.ottpay.com/h5Pay?a=1"]
    {
        let stored: Url = from_value(json!(text)).unwrap();
        assert_eq!(stored.as_str(), text);
        comes_back(&stored, &json!(text));
    }
    for (other, name) in [(json!(true), "a boolean"), (json!(-7), "a number")] {
        is_refused::<OrderId>(other, &format!("expected an order id as a string, got {name}"));
    }
    let bytes = BytesDeserializer::<serde::de::value::Error>::new(b"T1");
    let error = OrderId::deserialize(bytes).unwrap_err().to_string();
    assert_eq!(error, "expected an order id as a string, got bytes");
    is_refused::<Currency>(json!(124), "expected a currency code as a string, got a number");
}

#[test]
fn rates_and_decimals_survive_a_round_trip_exactly() {
    let mut chance = Rng::with_seed(9);
    comes_back(&Rate::from_e8(650_000_000), &json!("6.5"));
    for _ in 0..1000 {
        let rate = Rate::from_e8(number(&mut chance));
        comes_back(&rate, &json!(rate.to_string()));
        comes_back(&rate.to_decimal(), &json!(rate.to_string()));
    }
    is_refused::<Rate>(json!(6.5), "expected an exchange rate as a string, got a number");
    is_refused::<Rate>(json!("-6.5"), "expected an exchange rate such as 6.5");
}

#[test]
fn words_are_stored_as_on_the_wire_and_new_ones_are_kept() {
    comes_back(&BizType::WechatPay, &json!("WECHATPAY"));
    comes_back(&OrderStatus::Success, &json!("success"));
    comes_back(&OrderStatus::from("Half-Paid"), &json!("Half-Paid"));
    is_refused::<OrderStatus>(json!(1), "expected an enum value as a string, got a number");
    for outcome in [Outcome::Never, Outcome::NotSent, Outcome::Refused, Outcome::DuplicateId, Outcome::Unknown] {
        comes_back(&outcome, &json!(outcome.as_str()));
    }
    is_refused::<Outcome>(json!("Refused"), "expected");
    // And without serde.
    let status: OrderStatus = "success".parse().unwrap();
    assert_eq!((status.as_ref(), format!("{status:>8}")), ("success", " success".to_owned()));
    let other: OrderStatus = "half".into();
    assert!(matches!(&other, OrderStatus::Other(word) if word.to_string() == "half" && word.as_ref() == "half"));
}
