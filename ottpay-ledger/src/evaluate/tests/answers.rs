//! Real answers: a payment has no constructor, so a client queries a gateway with prepared answers.

use std::sync::Mutex;
use std::time::SystemTime;

use ottpay::envelope::{DigestForm, Message, seal_json};
use ottpay::payment::{FollowError, Resolved, Tracked};
use ottpay::transport::{BoxFuture, HttpRequest, HttpResponse, Transport, TransportError};
use ottpay::{
    ActivePay, Amount, BizType, Cipher, Client, Currency, Framing, MappPay, OrderId, PassivePay, Refund, RefundId,
    SignKey,
};
use serde_json::{Value, json};

use super::super::case::Found;

/// The sign key of the vendor's samples.
const KEY: &str = "A8B5FE540E38A5A9";
const MERCHANT: &str = "ON00004652";

/// Replies to queries, one after the other.
struct Script(Mutex<std::vec::IntoIter<Result<Vec<u8>, ()>>>);

impl Transport for Script {
    fn post(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        let reply = self.0.lock().unwrap().next().expect("one reply for each query");
        let reply = reply.map(|body| HttpResponse { status: 200, body }).map_err(|()| TransportError::lost("reset"));
        Box::pin(async { reply })
    }
}

fn client(replies: Vec<Result<Vec<u8>, ()>>) -> Client {
    let builder = Client::builder().merchant_id(MERCHANT).sign_key(SignKey::new(KEY).unwrap());
    let builder = builder.endpoint("http://127.0.0.1:9").currency(Currency::CAD);
    builder.transport(Script(Mutex::new(replies.into_iter()))).build().unwrap()
}

fn id() -> OrderId {
    OrderId::new("T1").unwrap()
}

/// 5.00 CAD by a QR code: moves by the buyer, with a query that the vendor documents.
pub(super) fn qr_code() -> Tracked {
    let builder = client(vec![]).active_pay().order_id(id()).without_operator_id().amount(Amount::from_minor(500));
    let request: ActivePay =
        builder.biz_type(BizType::WechatPay).call_back_url("https://shop.example/ottpay").build().unwrap();
    request.tracked()
}

/// 5.00 CAD in a Mini-Program: moves by the buyer, with a query that is only assumed.
pub(super) fn mini_program() -> Tracked {
    let builder = client(vec![]).mapp_pay().order_id(id()).without_operator_id().amount(Amount::from_minor(500));
    let builder = builder.app_id("wx5f89682208cf8e88").open_id("o1").call_back_url("https://shop.example/ottpay");
    let request: MappPay = builder.build().unwrap();
    request.tracked()
}

/// 5.00 CAD with the buyer's code: moves at once.
pub(super) fn scanned() -> Tracked {
    let builder = client(vec![]).passive_pay().order_id(id()).without_operator_id().amount(Amount::from_minor(500));
    let request: PassivePay = builder.auth_code("134567890123456789").biz_type(BizType::WechatPay).build().unwrap();
    request.tracked()
}

/// A refund of 2.00 CAD, before which nothing had been refunded.
pub(super) fn refund() -> Tracked {
    let builder = client(vec![]).refund().order_id(RefundId::new("R1").unwrap()).ori_order_id(id());
    let request: Refund = builder.refund_amt(Amount::from_minor(200)).build().unwrap();
    let mut tracked = request.tracked();
    tracked.record_refunded_before(Amount::ZERO);
    tracked
}

/// The same order, whose reply was lost.
pub(super) fn lost(mut tracked: Tracked) -> Tracked {
    tracked.record_lost();
    tracked
}

/// A reply to a query: these fields, sealed.
pub(super) fn reply(fields: &Value) -> Result<Vec<u8>, ()> {
    let sealed =
        seal_json(&fields.to_string(), DigestForm::TextNullEmpty, &SignKey::new(KEY).unwrap(), Cipher::Aes128Ecb)
            .unwrap();
    let message =
        Message::new([("rsp_code", "SUCCESS"), ("rsp_msg", ""), ("data", &sealed.data), ("md5", &sealed.md5)]);
    Ok(message.to_body(Framing::Json))
}

/// A reply to a query: a refusal.
pub(super) fn refusal(code: &str) -> Result<Vec<u8>, ()> {
    Ok(json!({ "rsp_code": code, "rsp_msg": "text" }).to_string().into_bytes())
}

/// No reply to a query.
pub(super) fn no_reply() -> Result<Vec<u8>, ()> {
    Err(())
}

/// What is found about the order when its queries are answered in this way.
pub(super) fn found(tracked: &Tracked, replies: Vec<Result<Vec<u8>, ()>>) -> Found {
    let client = client(replies);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    match runtime.block_on(async { client.resolve(tracked).await }) {
        Ok(resolved) => Found::Resolved(resolved),
        Err(error) => Found::Failed(error),
    }
}

/// The result for a payment of 5.00 CAD with this status word and these other fields.
pub(super) fn status(tracked: &Tracked, word: &str, fields: Value) -> Found {
    let mut all = json!({ "order_id": "T1", "order_status": word, "total_amount": "500" });
    all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    found(tracked, vec![reply(&all)])
}

/// The query of the refund's payment reports this refunded total.
pub(super) fn refunded_total(minor: u64) -> Found {
    let total = json!({ "order_id": "T1", "order_status": "success", "refund_fee": minor.to_string() });
    found(&refund(), vec![refusal("FAIL"), refusal("FAIL"), reply(&total)])
}

/// A query by the refund's id, which is only assumed, reports this word.
pub(super) fn refund_status(word: &str) -> Found {
    let fields = json!({ "order_id": "R1", "order_status": word });
    let unclear = reply(&json!({ "order_id": "T1", "order_status": "success" }));
    found(&refund(), vec![reply(&fields), refusal("FAIL"), unclear])
}

pub(super) fn pending() -> Found {
    Found::Resolved(Resolved::Pending)
}

pub(super) fn unpayable() -> Found {
    Found::Resolved(Resolved::Unpayable)
}

pub(super) fn unknown() -> Found {
    Found::Resolved(Resolved::StillUnknown { asked: 1, since: SystemTime::UNIX_EPOCH })
}

pub(super) fn cannot_ask() -> Found {
    Found::Failed(FollowError::NoQuery { action: "pay".to_owned(), reason: "none is known".to_owned() })
}

/// Every answer about a payment that means something of its own, by name.
pub(super) fn of_payments() -> Vec<(&'static str, Found)> {
    let qr = qr_code();
    vec![
        ("paid", status(&qr, "success", json!({}))),
        ("paid, 1.00 refunded", status(&qr, "partial_refunded", json!({ "refund_fee": "100" }))),
        ("paid, 3.00 refunded", status(&qr, "success", json!({ "refund_fee": "300" }))),
        ("all refunded", status(&qr, "fully_refunded", json!({ "refund_fee": "500" }))),
        ("all refunded, no total", status(&qr, "fully_refunded", json!({}))),
        ("reserved", status(&qr, "authorised", json!({}))),
        ("closed", status(&qr, "orderclosed", json!({}))),
        ("failed", status(&qr, "failure", json!({}))),
        ("assumed closed", status(&mini_program(), "orderclosed", json!({}))),
        ("less", status(&qr, "success", json!({ "total_amount": "400" }))),
        ("more", status(&qr, "success", json!({ "total_amount": "700" }))),
        ("no amount", status(&qr, "success", json!({ "total_amount": null }))),
        ("unreadable", status(&qr, "success", json!({ "total_amount": "1,999" }))),
        ("unclear status", status(&qr, "chargeback", json!({}))),
        ("no status", found(&qr, vec![reply(&json!({ "order_id": "T1" }))])),
        ("pending", pending()),
        ("unpayable", unpayable()),
        ("unknown", unknown()),
        ("cannot ask", cannot_ask()),
        ("conflict", Found::Resolved(Resolved::Conflict)),
        ("not done", Found::Resolved(Resolved::NotDone)),
        ("not asked", Found::NotAsked),
    ]
}

/// Every answer about a refund that means something of its own, by name.
pub(super) fn of_refunds() -> Vec<(&'static str, Found)> {
    vec![
        ("total rose by it", refunded_total(200)),
        ("total rose otherwise", refunded_total(300)),
        ("assumed: went through", refund_status("success")),
        ("assumed: failed", refund_status("failure")),
        ("failed", status(&qr_code(), "failure", json!({}))),
        ("another amount", other_refund_amount()),
        ("unreadable", status(&qr_code(), "success", json!({ "refund_fee": "-1" }))),
        ("pending", pending()),
        ("unpayable", unpayable()),
        ("unknown", unknown()),
        ("cannot ask", cannot_ask()),
        ("paid", status(&qr_code(), "success", json!({}))),
        ("reserved", status(&qr_code(), "authorised", json!({}))),
        ("conflict", Found::Resolved(Resolved::Conflict)),
        ("not done", Found::Resolved(Resolved::NotDone)),
        ("not asked", Found::NotAsked),
    ]
}

fn other_refund_amount() -> Found {
    let other = json!({ "order_id": "R1", "order_status": "success", "refund_fee": "150" });
    found(&refund(), vec![reply(&other), refusal("FAIL"), refusal("FAIL")])
}
