//! A sign key that is being changed: the former one opens messages, and does nothing else.

use crate::common::{SAMPLE_KEY, SAMPLE_MERCHANT, Script, accepted, key, order, payment, sample};
use ottpay::envelope::{DigestForm, Message, OpenError, seal_json};
use ottpay::incoming::MessageProblem;
use ottpay::{CallbackError, Cipher, Client, ClientBuilder, Error, Framing};

const NEW_KEY: &str = "0123456789ABCDEF";
const PAID: &str = r#"{"finish_time":"2025-01-01 00:00:00","order_id":"T1","amount":"1999","bizpay_order_id":"WX1","merchant_id":"ON00004652"}"#;
const CREATED: &str = r#"{"code_url":"weixin://x","order_id":"T1"}"#;

/// The sample merchant with a new key; `SAMPLE_KEY` is the former one.
fn changed() -> ClientBuilder<Client> {
    sample().sign_key(key(NEW_KEY))
}

fn changing() -> ClientBuilder<Client> {
    changed().also_open_with(key(SAMPLE_KEY))
}

/// A message that accepts a request, sealed with any key.
fn sealed(fields: &str, sign_key: &str) -> Message<'static> {
    let sealed = seal_json(fields, DigestForm::TextNullEmpty, &key(sign_key), Cipher::Aes128Ecb).unwrap();
    let members = [("rsp_code", "SUCCESS"), ("rsp_msg", "success"), ("data", &sealed.data), ("md5", &sealed.md5)];
    Message::new(members).into_owned()
}

/// Pays at a gateway that seals its reply with this key.
async fn pay(settings: ClientBuilder<Client>, sign_key: &str) -> (Client, Script, Result<(), Error>) {
    let script = Script::body(sealed(CREATED, sign_key).to_body(Framing::Json));
    let client = settings.transport(script.clone()).build().unwrap();
    let paid = client.send(&payment(&client, &order("T1"))).await.map(drop);
    (client, script, paid)
}

#[tokio::test]
async fn messages_of_the_former_key_are_opened_and_counted() {
    let (client, _, paid) = pay(changing(), SAMPLE_KEY).await;
    paid.unwrap();
    assert_eq!(client.opened_by_former_key(), 1);
    let body = sealed(PAID, SAMPLE_KEY).to_body(Framing::Json);
    assert_eq!(client.clone().callback(&body).unwrap().order_id().as_str(), "T1");
    let inner: &ottpay::__private::Client = client.as_ref();
    let opened = inner.open(&accepted(PAID)).unwrap().unwrap();
    assert_eq!(opened.text("order_id"), Some("T1"));
    assert_eq!(client.opened_by_former_key(), 3);
}

#[tokio::test]
async fn the_new_key_seals_and_its_messages_are_not_counted() {
    let (client, script, paid) = pay(changing(), NEW_KEY).await;
    paid.unwrap();
    client.callback(sealed(PAID, NEW_KEY).to_body(Framing::Json)).unwrap();
    assert_eq!(client.opened_by_former_key(), 0);
    let sent = script.requests();
    let request = Message::read(&sent[0].body).unwrap();
    assert!(request.open(&key(NEW_KEY), Cipher::Aes128Ecb).unwrap().is_some());
    assert!(request.open(&key(SAMPLE_KEY), Cipher::Aes128Ecb).is_err());
}

#[tokio::test]
async fn without_the_former_key_and_for_a_third_one_nothing_is_opened() {
    let unverified = |error: &MessageProblem| matches!(error, MessageProblem::Unverified(OpenError::Undecryptable));
    for (settings, sign_key) in [(changed(), SAMPLE_KEY), (changing(), "another key"), (sample(), NEW_KEY)] {
        let (client, _, paid) = pay(settings, sign_key).await;
        assert!(matches!(paid, Err(Error::Reply { .. })), "{paid:?}");
        let error = client.callback(sealed(PAID, sign_key).to_body(Framing::Json)).unwrap_err();
        assert!(matches!(&error, CallbackError::Message(problem) if unverified(problem)), "{error:?}");
        assert_eq!(client.opened_by_former_key(), 0);
    }
}

#[tokio::test]
async fn the_former_key_opens_nothing_of_another_merchant_and_no_refusal() {
    let client = changing().build().unwrap();
    let other = PAID.replace(SAMPLE_MERCHANT, "ON00000001");
    let error = client.callback(sealed(&other, SAMPLE_KEY).to_body(Framing::Json)).unwrap_err();
    assert!(matches!(error, CallbackError::Message(MessageProblem::OtherMerchant { .. })), "{error:?}");
    // An alteration is reported as such, and not as a wrong key.
    let genuine = sealed(PAID, NEW_KEY);
    let members = [("data", genuine.text("data").unwrap()), ("md5", "00000000000000000000000000000000")];
    assert!(client.callback(Message::new(members).to_body(Framing::Json)).is_err());
    assert!(matches!(client.callback("{}"), Err(CallbackError::NoData)));
    assert_eq!(client.opened_by_former_key(), 0);
}
