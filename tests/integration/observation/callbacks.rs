//! Reports about callbacks.

use std::sync::{Arc, Mutex};

use super::recorded::Recorded;
use crate::common::{SAMPLE_KEY, SAMPLE_MERCHANT, accepted, key, sample};
use ottpay::envelope::Message;
use ottpay::observation::{Observed, Observer};
use ottpay::{Client, ClientBuilder, Framing};

const PAID: &str = r#"{"finish_time":"2025-01-01 00:00:00","order_id":"T1","amount":"1999","bizpay_order_id":"WX1","merchant_id":"ON00004652"}"#;

/// Keeps a line of each event.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl Observer for Lines {
    fn observe(&self, event: &Observed<'_>) {
        self.0.lock().unwrap().push(match event {
            Observed::Callback(seen) => {
                format!("{} {} {:?} {:?}", seen.callback.name, seen.verdict.as_str(), seen.error, seen.order_id)
            }
            Observed::FormerKey { uses, .. } => format!("former key {uses}"),
            other => format!("{other:?}"),
        });
    }
}

fn body(fields: &str) -> Vec<u8> {
    accepted(fields).to_body(Framing::Json)
}

/// What a client observes and traces about one body: the observer's lines, and the fields of each event.
fn collect_seen(settings: ClientBuilder<Client>, body: &[u8]) -> (Vec<String>, Vec<String>) {
    let lines = Lines::default();
    let client = settings.observer(lines.clone()).build().unwrap();
    let (recorded, _guard) = Recorded::start();
    let _ = client.callback(body);
    let events = recorded.entries().into_iter().map(|event| {
        assert_eq!(event.target, "ottpay");
        let fields: Vec<_> = event.fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{}: {}", event.name, fields.join(" "))
    });
    let events = events.collect();
    let lines = lines.0.lock().unwrap().clone();
    (lines, events)
}

#[test]
fn an_opened_callback_is_logged_with_its_order_and_traced_without_it() {
    let (lines, events) = collect_seen(sample(), &body(PAID));
    assert_eq!(lines, [r#"payment opened None Some("T1")"#]);
    assert_eq!(events, ["ottpay.callback: message=callback opened ottpay.callback=payment ottpay.verdict=opened"]);
    let (_, events) = collect_seen(sample().trace_order_ids(true), &body(PAID));
    assert!(events[0].contains("ottpay.order_id=T1"), "{events:?}");
}

#[test]
fn a_rejected_callback_is_reported_with_a_fixed_word() {
    let other = PAID.replace(SAMPLE_MERCHANT, "ON00000001");
    let unreadable = PAID.replace("1999", "19.99");
    let unsealed = Message::new([("rsp_code", "SUCCESS")]).to_body(Framing::Json);
    for (body, word) in [
        (b"4111111111111111".to_vec(), "unreadable"),
        (br#"{"data":"AAAA","md5":"00000000000000000000000000000000"}"#.to_vec(), "unverified"),
        (body(&other), "other_merchant"),
        (unsealed, "no_data"),
        (body(&unreadable), "field"),
        (vec![b' '; 2000], "too_large"),
    ] {
        let (lines, events) = collect_seen(sample().max_reply(1999).trace_order_ids(true), &body);
        assert_eq!(lines, [format!("payment rejected Some({word:?}) None")]);
        let fields =
            format!("error.type={word} message=callback rejected ottpay.callback=payment ottpay.verdict=rejected");
        assert_eq!(events, [format!("ottpay.callback: {fields}")]);
    }
}

#[test]
fn a_possibly_altered_callback_is_reported_without_its_content() {
    // Whitespace, which no genuine callback has.
    let altered = body(&PAID.replace("\"amount\"", " \"amount\""));
    for (settings, error) in [(sample(), r#"Some("possibly_altered")"#), (sample().strict_callbacks(false), "None")] {
        let (lines, events) = collect_seen(settings.trace_order_ids(true), &altered);
        assert_eq!(lines, [format!("payment possibly_altered {error} None")]);
        assert!(events.len() == 1 && !events[0].contains("T1"), "{events:?}");
        assert!(events[0].contains("ottpay.verdict=possibly_altered"), "{events:?}");
    }
}

#[test]
fn a_use_of_the_former_key_is_reported_and_counted() {
    let settings = || sample().sign_key(key("0123456789ABCDEF")).also_open_with(key(SAMPLE_KEY));
    let (lines, events) = collect_seen(settings(), &body(PAID));
    assert_eq!(lines, ["former key 1", r#"payment opened None Some("T1")"#]);
    assert_eq!(events[0], "ottpay.former_key: message=message opened with the former sign key ottpay.uses=1");
    let lines = Lines::default();
    let client = settings().observer(lines.clone()).build().unwrap();
    let inner: &ottpay::__private::Client = client.as_ref();
    inner.open(&accepted(PAID)).unwrap();
    client.callback(body(PAID)).unwrap();
    assert_eq!(lines.0.lock().unwrap()[..2], ["former key 1", "former key 2"]);
}
