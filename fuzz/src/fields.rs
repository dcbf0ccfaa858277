//! The types of fields: they accept what other libraries accept, and can read what they write.

use std::sync::LazyLock;

use ottpay::spec::{FieldInfo, Kind};
use ottpay::{
    Amount, CheckoutId, Currency, DateTime, Decimal, FromField, GATEWAY, H5PayLinkReturn, OrderId, Outcome,
    PrepayInitReturn, Problem, Rate, RefundId, SignKey, Timestamp, Url, link,
};
use url::Host;

use crate::numbers::{assert_money, assert_numbers};
use crate::pieces::{choice_and_text, seed};
use crate::secret::{assert_hidden, is_odd};
use crate::written::{assert_comes_back, assert_displayed, assert_stored, written};

/// Every declared field of a request, with the fields of a link among them.
static FIELDS: LazyLock<Vec<&'static FieldInfo>> =
    LazyLock::new(|| GATEWAY.actions.iter().flat_map(|info| info.request).collect());

/// Parses a text as each type, and writes it again. Returns whether it is a number, a URL or a time.
pub fn target(data: &[u8]) -> bool {
    let Some((choice, text)) = choice_and_text(data) else { return false };
    let text = &*text;
    assert_numbers(text);
    assert_money(choice, text);
    assert_times(text);
    assert_url(text);
    assert_texts(text);
    assert_declared(choice, text);
    assert_query(choice, text);
    Decimal::from_field(text).is_ok() || Url::new(text).is_ok() || DateTime::from(text).local().is_some()
}

fn assert_times(text: &str) {
    let strict = Timestamp::new(text);
    let parsed = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", text).ok();
    let is_plain = text.len() == 14 && text.bytes().all(|byte| byte.is_ascii_digit());
    // Leap seconds are rejected.
    if is_plain && !text.ends_with("60") {
        assert_eq!(strict.is_ok(), parsed.is_some(), "{text}");
    } else if !is_plain {
        assert!(strict.is_err(), "{text}");
    }
    if let Ok(time) = strict {
        assert_displayed(&time);
        assert_stored(&time);
        assert_eq!(written(&time), text);
    }
    let time = DateTime::from_field(text).expect("any text is one");
    assert_eq!((time.as_str(), &*time.to_string()), (text, text));
    assert_stored(&time);
    if let Some(local) = time.local() {
        let again = Timestamp::try_from(local).expect("a time of the gateway has a year of four digits");
        assert_eq!(DateTime::from(again.as_str()).local(), Some(local));
        let usual = local.strftime("%Y-%m-%d %H:%M:%S").to_string();
        assert_eq!(DateTime::from(usual).local(), Some(local));
    }
}

/// A URL that may be sent is parsed by another library as the same URL: over TLS, or to this machine.
fn assert_url(text: &str) {
    if let Ok(url) = Url::new(text) {
        let parsed = url::Url::parse(text).expect("another library reads it");
        let is_loopback = match parsed.host().expect("an address has a host") {
            Host::Domain(name) => name == "localhost" || name == "localhost.",
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        assert!(parsed.scheme() == "https" || is_loopback, "{text} is not private");
        assert!(parsed.username().is_empty() && parsed.password().is_none(), "{text} has a user");
        assert_eq!(Url::plain_http(text).as_ref(), Ok(&url));
        assert_eq!((url.as_str(), &*url.to_string(), &*written(&url)), (text, text, text));
        assert_displayed(&url);
        assert_comes_back(&url);
        let more = url.with_parameter("selected", text).expect("an address takes a parameter");
        let pairs: Vec<_> = url::Url::parse(more.as_str()).expect("an address").query_pairs().into_owned().collect();
        assert_eq!(pairs.last(), Some(&("selected".to_owned(), text.to_owned())));
    }
    if let Ok(url) = Url::plain_http(text) {
        let shown = format!("{url:?}");
        if let Some((before, query)) =
            text.split_once(['?', '#']).filter(|(before, query)| is_odd(query) && !before.contains(query))
        {
            assert!(!shown.contains(query), "{before} is shown with its query");
        }
    }
}

fn assert_texts(text: &str) {
    macro_rules! ids {
        ($($id:ident),*) => {$(
            if let Ok(id) = $id::new(text) {
                assert_eq!((id.as_str(), &*written(&id)), (text, text));
                assert!(!text.contains(|character: char| character.is_whitespace() || character.is_control()));
                assert_displayed(&id);
                assert_comes_back(&id);
            }
        )*};
    }
    ids!(OrderId, RefundId, CheckoutId);
    if let Ok(outcome) = text.parse::<Outcome>() {
        assert_displayed(&outcome);
        assert_stored(&outcome);
    }
    match SignKey::new(text) {
        Ok(key) => assert_eq!(format!("{key:?}"), "SignKey(..)"),
        Err(error) if is_odd(text) => assert_hidden(&format!("{error} {error:?}"), &[text]),
        Err(_) => {}
    }
    let status = ottpay::OrderStatus::from(text);
    assert_eq!(ottpay::OrderStatus::from(status.as_str()), status);
}

/// A value that a declared field sends can be received, and a value that it rejects is not shown.
fn assert_declared(choice: u8, text: &str) {
    for field in FIELDS.iter().skip(usize::from(choice)).step_by(97) {
        match field.check_value(text, false) {
            Ok(()) => {
                assert_eq!(field.rule(false).check_received(text), Ok(()), "{}: {text:?}", field.name);
                let is_read = match field.kind {
                    Kind::Amount => Amount::from_field(text).map(drop),
                    Kind::Integer => u64::from_field(text).map(drop),
                    Kind::RateE8 => Rate::from_field(text).map(drop),
                    Kind::Decimal => Decimal::from_field(text).map(drop),
                    Kind::Currency => Currency::from_field(text).map(drop),
                    Kind::Timestamp => Timestamp::new(text).map(drop).map_err(|_| Problem::Missing),
                    Kind::OrderId => OrderId::new(text).map(drop).map_err(|_| Problem::Missing),
                    Kind::Url => Url::plain_http(text).map(drop).map_err(|_| Problem::Missing),
                    _ => Ok(()),
                };
                // An empty value counts as left out.
                assert!(
                    is_read.is_ok() || text.is_empty() || matches!(field.kind, Kind::Url),
                    "{}: {text:?}",
                    field.name
                );
                assert_eq!(
                    field.find_uncertain_problem(text).is_some(),
                    field.lenient && !text.is_empty() && field.check_value(text, true).is_err()
                );
            }
            Err(problem) if is_odd(text) => assert_hidden(&format!("{problem} {problem:?}"), &[text]),
            Err(_) => {}
        }
    }
}

/// The parameters of a link are read as they were written.
fn assert_query(choice: u8, text: &str) {
    // The parameters of a browser are not signed, and may be anything.
    if let Err(error) =
        H5PayLinkReturn::unauthenticated(text).map(drop).and(PrepayInitReturn::unauthenticated(text).map(drop))
    {
        assert_hidden(
            &format!("{error} {error:?}"),
            &[text].into_iter().filter(|text| is_odd(text)).collect::<Vec<_>>(),
        );
    }
    let links: Vec<_> = GATEWAY.actions.iter().filter(|info| info.protocol == ottpay::spec::Protocol::Link).collect();
    let Some(info) = links.get(usize::from(choice) % links.len().max(1)) else { return };
    if let Ok(fields) = link::read(text, info.request) {
        let texts: Vec<_> = fields.iter().filter_map(|(name, value)| Some((name, value.as_text()?))).collect();
        let page = Url::new("https://pay.example/page").expect("an address");
        let address = link::write(page, info.request, texts.iter().copied()).expect("an address takes parameters");
        if address.as_str().len() <= 16 * 1024 {
            assert_eq!(link::read(address.as_str(), info.request).as_ref(), Ok(&fields), "{address}");
        }
    }
}

/// Every example of every field, and values at the limits.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut texts: Vec<String> = [
        "0",
        "1999",
        "19.99",
        "18446744073709551615",
        "18446744073709551616",
        "1E2",
        "199900E-2",
        "-0",
        "0.00000001",
        "5.24740000",
        "79228162514264337593543950335",
        "CAD",
        "cad ",
        "19.99 CAD",
        "1999 JPY",
        "1.999 KWD",
        "1999 minor units of XYZ",
        "2023-03-23 01:21:53",
        "2024-01-08 16:29:03 CST",
        "20191125162635",
        "20240229235959",
        "Apr 14, 2020 12:08:58 AM",
        "Mar 13, 2023, 9:52:19\u{202f}PM",
        "https://shop.example/ottpay?a=1#b",
        "http://127.0.0.1:80/x",
        "http://[::1]/",
        "https://m\u{fc}nchen.example/",
        "https://xn--mnchen-3ya.example/",
        "weixin://wxpay/bizpayurl?pr=abc",
        "T20250101000001",
        "not_sent",
        "unknown",
        "6698851A525C9433",
        "OTTPAY_SIGN_KEY=6698851A525C9433",
        "\"6698851A525C9433\"",
        "success",
        "Fully-Refunded",
    ]
    .map(str::to_owned)
    .to_vec();
    for info in GATEWAY.actions {
        for example in info.examples {
            texts.extend(example.request.iter().chain(example.reply).map(|(_, value)| (*value).to_owned()));
            let query: Vec<String> = example.request.iter().map(|(name, value)| format!("{name}={value}")).collect();
            texts.push(query.join("&"));
        }
    }
    texts.sort();
    texts.dedup();
    texts.iter().enumerate().map(|(index, text)| seed((index % 256) as u8, text)).collect()
}
