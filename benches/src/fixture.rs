//! The messages that are measured: ten fields that are 256 bytes of JSON, one of 10 kB, and a gateway in memory.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use ottpay::envelope::{self, DigestForm, Message, Sealed};
use ottpay::transport::{BoxFuture, HttpRequest, HttpResponse, Transport, TransportError};
use ottpay::{ActivePay, Amount, BizType, Cipher, Client, ClientBuilder, Currency, Framing, OrderId, SignKey};

pub(crate) const CIPHER: Cipher = Cipher::Aes128Ecb;

pub(crate) fn key() -> SignKey {
    SignKey::new("A8B5FE540E38A5A9").expect("the vendor's sample is a key")
}

/// Ten fields like those of a payment.
pub(crate) const FIELDS: [(&str, &str); 10] = [
    ("amount", "1999"),
    ("biz_type", "WECHATPAY"),
    ("call_back_url", "https://shop.example/ottpay"),
    ("currency_type", "CAD"),
    ("merchant_id", "ON00004652"),
    ("operator_id", "0000020156"),
    ("order_id", "T2026010112001"),
    ("order_remark", "two lunches"),
    ("terminal_no", "00000012"),
    ("tip", "100"),
];

/// The same with a remark that makes the whole 10 kB of JSON.
pub(crate) fn large() -> BTreeMap<&'static str, String> {
    let mut fields: BTreeMap<_, _> = FIELDS.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let length = 10_000 - json(&fields).len();
    let remark = "two lunches, table 7; ".chars().cycle().take(length + FIELDS[7].1.len()).collect();
    fields.insert("order_remark", remark);
    assert_eq!(json(&fields).len(), 10_000);
    fields
}

pub(crate) fn small() -> BTreeMap<&'static str, String> {
    let fields: BTreeMap<_, _> = FIELDS.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    assert_eq!(json(&fields).len(), 256);
    fields
}

/// The JSON of fields without anything to escape.
pub(crate) fn json(fields: &BTreeMap<&'static str, String>) -> String {
    let members: Vec<_> = fields.iter().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
    format!("{{{}}}", members.join(","))
}

/// What the gateway answers to a payment.
const REPLY: &str = r#"{"code_url":"weixin://wxpay/bizpayurl?pr=sample","order_id":"T2026010112001"}"#;

/// What the gateway posts when a payment has succeeded.
const CALLBACK: &str = r#"{"amount":"1999","bizpay_order_id":"WX1542822494862703","finish_time":"2026-01-01 12:00:30","merchant_id":"ON00004652","order_id":"T2026010112001","tip":"0"}"#;

/// A message that states success, as the gateway makes it.
pub(crate) fn message(fields: &str) -> Vec<u8> {
    let sealed = envelope::seal_json(fields, DigestForm::TextNullEmpty, &key(), CIPHER).expect("it is an object");
    let Sealed { data, md5 } = sealed;
    let members = [("rsp_code", "SUCCESS"), ("rsp_msg", "success"), ("data", &data), ("md5", &md5)];
    Message::new(members).to_body(Framing::Json)
}

pub(crate) fn reply_body() -> Vec<u8> {
    message(REPLY)
}

pub(crate) fn callback_body() -> Vec<u8> {
    message(CALLBACK)
}

/// Answers each request with the same bytes.
pub(crate) struct Memory(pub(crate) Vec<u8>);

impl Transport for Memory {
    fn post(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        black_box(&request);
        Box::pin(async { Ok(HttpResponse { status: 200, body: self.0.clone() }) })
    }
}

/// Id of the order in all of them.
pub(crate) fn order() -> OrderId {
    OrderId::new("T2026010112001").expect("it is an order id")
}

/// Settings of the merchant.
pub(crate) fn settings() -> ClientBuilder<Client> {
    Client::builder().merchant_id("ON00004652").sign_key(key()).currency(Currency::CAD)
}

/// A client whose gateway is in memory.
pub(crate) fn client() -> Client {
    settings().transport(Memory(reply_body())).build().expect("the settings are complete")
}

/// A typed request of nine fields, to which the client adds the merchant.
pub(crate) fn payment(client: &Client, order: &OrderId) -> ActivePay {
    let payment = client.active_pay().order_id(order).amount(Amount::from_minor(1999));
    let payment = payment.biz_type(BizType::WechatPay).operator_id("0000020156");
    let payment = payment.call_back_url("https://shop.example/ottpay").tip(Amount::from_minor(100));
    payment
        .order_remark("two lunches")
        .currency_type(Currency::CAD)
        .terminal_no("00000012")
        .build()
        .expect("the fields are valid")
}

/// The result of a future that never waits.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("the gateway in memory answers at once"),
    }
}
