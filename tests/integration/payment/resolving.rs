//! What happened to a request whose reply is lost, according to the recorded attempts and to queries.

use std::time::Duration;

use ottpay::payment::{Confirmed, FollowError, Resolved, Tracked, WaitError};
use ottpay::spec::Evidence;
use ottpay::transport::{HttpResponse, TransportError};
use ottpay::{
    ActivePay, Amount, BizType, Client, Currency, Error, Outcome, PassivePay, PrepayInit, Refund, RefundId, Url,
};
use serde_json::json;

use crate::common::{Script, accepted, order, sample};

fn client() -> Client {
    sample().currency(Currency::CAD).build().unwrap()
}

/// Moves by the buyer.
fn qr_code() -> ActivePay {
    let builder = client().active_pay().order_id(order("T1")).without_operator_id().amount(Amount::from_minor(500));
    builder.biz_type(BizType::WechatPay).call_back_url("https://shop.example/ottpay").build().unwrap()
}

/// Moves at once.
fn scanned() -> PassivePay {
    let builder = client().passive_pay().order_id(order("T1")).without_operator_id().amount(Amount::from_minor(500));
    builder.auth_code("134567890123456789").biz_type(BizType::WechatPay).build().unwrap()
}

/// A request of any type, after these attempts.
async fn record_attempts(mut tracked: Tracked, attempts: &[&str]) -> Tracked {
    for attempt in attempts {
        let answer = match *attempt {
            "not_sent" => Err(TransportError::not_sent("refused")),
            "lost" => Err(TransportError::lost("reset")),
            "html" => Ok(HttpResponse { status: 502, body: b"<html>".to_vec() }),
            "reply" => Ok(sealed(json!({ "code_url": "weixin://1", "order_id": "T1" }))),
            code => Ok(refusal(code, "")),
        };
        let client = Script::new([answer]).client();
        tracked.record(&client.send(&qr_code()).await);
    }
    tracked
}

fn sealed(fields: serde_json::Value) -> HttpResponse {
    HttpResponse { status: 200, body: accepted(&fields.to_string()).to_body(ottpay::Framing::Json) }
}

fn refusal(code: &str, message: &str) -> HttpResponse {
    HttpResponse { status: 200, body: json!({ "rsp_code": code, "rsp_msg": message }).to_string().into_bytes() }
}

/// What the gateway answers to each query, one after the other; without an answer, a connection that breaks.
async fn resolve(tracked: &Tracked, answers: Vec<Result<HttpResponse, TransportError>>) -> Resolved {
    let script = Script::new(answers);
    let client = sample().currency(Currency::CAD).transport(script).build().unwrap();
    client.resolve(tracked).await.unwrap()
}

fn status(word: &str) -> Result<HttpResponse, TransportError> {
    Ok(sealed(json!({ "order_id": "T1", "order_status": word, "total_amount": "500" })))
}

fn lost() -> Result<HttpResponse, TransportError> {
    Err(TransportError::lost("reset"))
}

#[tokio::test]
async fn a_request_that_never_arrived_or_was_refused_once_is_not_done_and_not_queried() {
    for attempts in [&["not_sent"][..], &["not_sent", "not_sent"], &["PARAM_ERROR"], &["not_sent", "PARAM_ERROR"]] {
        for tracked in [qr_code().tracked(), scanned().tracked()] {
            let tracked = record_attempts(tracked, attempts).await;
            assert_eq!(resolve(&tracked, vec![]).await, Resolved::NotDone, "{attempts:?}");
            // One that was stored may lack an attempt after which the program ended.
            let stored = Tracked::from_json(&tracked.to_json()).unwrap();
            assert_ne!(resolve(&stored, vec![lost()]).await, Resolved::NotDone, "{attempts:?}");
            assert!(matches!(resolve(&stored, vec![status("success")]).await, Resolved::Took(Confirmed::Paid(_))));
        }
    }
}

#[tokio::test]
async fn a_refusal_after_a_lost_reply_proves_nothing() {
    for attempts in
        [&["lost", "PARAM_ERROR"][..], &["html"], &["SYSTEM_ERROR"], &["WHAT_IS_THIS"], &["lost", "ORDER_USED"]]
    {
        let tracked = record_attempts(scanned().tracked(), attempts).await;
        let answer = resolve(&tracked, vec![Ok(refusal("FAIL", "no such order"))]).await;
        assert!(matches!(answer, Resolved::StillUnknown { asked: 1, .. }), "{attempts:?}: {answer:?}");
    }
}

#[tokio::test]
async fn an_id_that_was_used_before_the_first_request_is_never_settled_by_a_query() {
    let tracked = record_attempts(qr_code().tracked(), &["ORDER_USED"]).await;
    // Another buyer has paid the same price under it.
    assert_eq!(resolve(&tracked, vec![status("success")]).await, Resolved::Conflict);
    let client = Script::new([status("success"), status("success")]);
    let client = sample().currency(Currency::CAD).transport(client).build().unwrap();
    assert!(matches!(client.confirm(&tracked).await, Err(FollowError::Conflict)));
    assert!(matches!(client.wait(&tracked).await, Err(WaitError::Follow(FollowError::Conflict))));
}

#[tokio::test]
async fn the_gateways_answer_decides() {
    for attempts in [&[][..], &["lost"], &["reply"]] {
        for tracked in [qr_code().tracked(), scanned().tracked()] {
            let tracked = record_attempts(tracked, attempts).await;
            match resolve(&tracked, vec![status("success")]).await {
                Resolved::Took(Confirmed::Paid(payment)) => assert_eq!(payment.id(), "T1"),
                other => panic!("{attempts:?}: {other:?}"),
            }
            let paid = resolve(&tracked, vec![status("success")]).await;
            assert_eq!(paid.payment().map(|payment| payment.id()), Some("T1"));
            assert!(matches!(
                resolve(&tracked, vec![status("orderclosed")]).await,
                Resolved::Took(Confirmed::Ended(_))
            ));
            assert!(matches!(
                resolve(&tracked, vec![status("chargeback")]).await,
                Resolved::Took(Confirmed::Unclear(_))
            ));
        }
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_verified_is_an_error() {
    let tracked = record_attempts(scanned().tracked(), &["lost"]).await;
    let body = json!({ "rsp_code": "SUCCESS", "data": "AAAA", "md5": "0" }).to_string().into_bytes();
    let script = Script::new([Ok(HttpResponse { status: 200, body })]);
    let client = sample().currency(Currency::CAD).transport(script).build().unwrap();
    assert!(matches!(client.resolve(&tracked).await, Err(FollowError::Ask(_))));
}

#[tokio::test]
async fn a_link_that_was_never_given_out_is_unpayable_and_any_other_is_pending() {
    for (attempts, expected) in [
        (&["lost"][..], Resolved::Unpayable),
        (&["html", "lost"], Resolved::Unpayable),
        // It was answered, or nothing is known: the buyer may have the link.
        (&["reply"], Resolved::Pending),
        (&["lost", "reply"], Resolved::Pending),
        (&[], Resolved::Pending),
    ] {
        let tracked = record_attempts(qr_code().tracked(), attempts).await;
        for answer in [status("init"), Ok(refusal("FAIL", "no such order")), lost()] {
            assert_eq!(resolve(&tracked, vec![answer]).await, expected, "{attempts:?}");
        }
    }
}

#[tokio::test]
async fn a_link_that_the_gateway_may_have_mailed_is_not_unpayable() {
    let request = |email: Option<&str>| -> PrepayInit {
        let url = Url::new("https://shop.example/").unwrap();
        let page = client().prepay_init().shop_id("S1").without_operator_id().sale_num("N1").duration(100_u64);
        let page = page.prepay_order_id(ottpay::CheckoutId::new("T1").unwrap()).amount(Amount::from_minor(500));
        page.currency_type(Currency::CAD).redirect_url(&url).call_back_url(&url).maybe_email(email).build().unwrap()
    };
    let silent = record_attempts(request(None).tracked(), &["lost"]).await;
    assert_eq!(resolve(&silent, vec![lost()]).await, Resolved::Unpayable);
    let mailed = record_attempts(request(Some("buyer@example.com")).tracked(), &["lost"]).await;
    assert_eq!(resolve(&mailed, vec![lost()]).await, Resolved::Pending);
    assert!(!mailed.to_json().contains("buyer@"), "{}", mailed.to_json());
}

#[tokio::test]
async fn money_that_moves_at_once_stays_unknown_until_a_query_tells() {
    for attempts in [&["lost"][..], &["reply"], &[]] {
        let tracked = record_attempts(scanned().tracked(), attempts).await;
        match resolve(&tracked, vec![lost()]).await {
            Resolved::StillUnknown { asked: 1, since } => assert_eq!(since, tracked.since()),
            other => panic!("{attempts:?}: {other:?}"),
        }
        assert_eq!(resolve(&tracked, vec![status("processing")]).await, Resolved::Pending);
    }
}

fn refund() -> Refund {
    let builder = client().refund().order_id(RefundId::new("R1").unwrap()).ori_order_id(order("T1"));
    builder.refund_amt(Amount::from_minor(400)).build().unwrap()
}

fn total(refunded: u64) -> Result<HttpResponse, TransportError> {
    let fields = json!({ "order_id": "T1", "order_status": "partial_refunded", "total_amount": "1000",
        "refund_fee": refunded.to_string() });
    Ok(sealed(fields))
}

fn unknown() -> Result<HttpResponse, TransportError> {
    Ok(refusal("PARAM_INVALID", "no such action"))
}

#[tokio::test]
async fn a_refund_is_reported_by_its_own_query_first() {
    let tracked = record_attempts(refund().tracked(), &["lost"]).await;
    let done = Ok(sealed(json!({ "order_id": "R1", "order_status": "success", "refund_fee": "400" })));
    assert!(matches!(resolve(&tracked, vec![done]).await, Resolved::Took(Confirmed::GivenBack(_))));
    // The words of an assumed query are not known: they do not mean that the refund was not done.
    let failed = || Ok(sealed(json!({ "order_id": "R1", "order_status": "failure" })));
    let answers = vec![failed(), failed(), total(400)];
    match resolve(&tracked, answers).await {
        Resolved::StillUnknown { asked, .. } => assert_eq!(asked as usize, Refund::INFO.queries.len()),
        other => panic!("{other:?}"),
    }
    let other = Ok(sealed(json!({ "order_id": "R1", "order_status": "success", "refund_fee": "800" })));
    assert!(matches!(resolve(&tracked, vec![other]).await, Resolved::Took(Confirmed::Mismatch(_))));
}

#[tokio::test]
async fn the_next_query_is_used_if_the_first_has_no_clear_answer() {
    let tracked = record_attempts(refund().tracked(), &["lost"]).await;
    let says = |word: &str| Ok(sealed(json!({ "order_id": "R1", "order_status": word, "refund_fee": "400" })));
    for first in [Ok(refusal("TIMEOUT", "try again")), unknown(), says("failure")] {
        let resolved = resolve(&tracked, vec![first, says("success")]).await;
        assert!(matches!(resolved, Resolved::Took(Confirmed::GivenBack(_))), "{resolved:?}");
    }
}

#[tokio::test]
async fn a_query_without_an_answer_has_the_code_and_text_of_the_gateway() {
    let script = Script::new([Ok(refusal("TIMEOUT", "try again"))]);
    let client = sample().currency(Currency::CAD).transport(script).build().unwrap();
    match client.confirm(&qr_code()).await.unwrap() {
        Confirmed::NoAnswer(answer) => {
            assert_eq!((answer.code(), answer.message()), ("TIMEOUT", "try again"))
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_total_of_the_payment_reports_a_refund_only_if_the_previous_total_is_known() {
    let queries_by_its_id = Refund::INFO.queries.len() - 1;
    let ask = async |tracked: &Tracked, answer| {
        let mut answers: Vec<_> = (0..queries_by_its_id).map(|_| unknown()).collect();
        answers.push(answer);
        resolve(tracked, answers).await
    };
    let mut tracked = record_attempts(refund().tracked(), &["lost"]).await;
    // 400 have gone back: by this refund, or by the one of another clerk.
    assert!(matches!(ask(&tracked, total(400)).await, Resolved::StillUnknown { .. }));
    assert!(matches!(ask(&tracked, total(0)).await, Resolved::StillUnknown { .. }));
    tracked.record_refunded_before(Amount::from_minor(400));
    assert!(matches!(ask(&tracked, total(400)).await, Resolved::StillUnknown { .. }));
    assert!(matches!(ask(&tracked, total(800)).await, Resolved::Took(Confirmed::GivenBack(_))));
    assert!(matches!(ask(&tracked, total(900)).await, Resolved::StillUnknown { .. }));
    assert!(matches!(ask(&tracked, lost()).await, Resolved::StillUnknown { .. }));
}

#[tokio::test]
async fn a_total_that_rose_by_the_refund_is_better_evidence_than_an_assumed_query() {
    let mut tracked = record_attempts(refund().tracked(), &["lost"]).await;
    tracked.record_refunded_before(Amount::from_minor(400));
    let says =
        |refunded: &str| Ok(sealed(json!({ "order_id": "R1", "order_status": "success", "refund_fee": refunded })));
    let evidence = async |answers| match resolve(&tracked, answers).await {
        Resolved::Took(Confirmed::GivenBack(given)) => given.evidence(),
        other => panic!("{other:?}"),
    };
    assert_eq!(evidence(vec![says("400"), unknown(), total(800)]).await, Evidence::Clients);
    assert_eq!(evidence(vec![says("800"), unknown(), total(800)]).await, Evidence::Clients);
    assert_eq!(evidence(vec![says("400"), unknown(), total(400)]).await, Evidence::Assumed);
    assert_eq!(evidence(vec![says("400"), says("400"), lost()]).await, Evidence::Assumed);
}

#[tokio::test]
async fn an_order_of_another_merchant_or_gateway_is_not_asked_about() {
    let tracked = qr_code().tracked();
    let ask = async |client: Client| client.resolve(&tracked).await.unwrap_err();
    let error = ask(sample().merchant_id("ON00000001").currency(Currency::CAD).build().unwrap()).await;
    assert!(matches!(error, FollowError::OtherMerchant { .. }), "{error:?}");
    let error = ask(sample().endpoint("https://other.example").currency(Currency::CAD).build().unwrap()).await;
    assert!(matches!(error, FollowError::OtherEnvironment { .. }), "{error:?}");
    // The request was built by a client that knew the currency; this one was not.
    let bare = sample().build().unwrap();
    let builder = bare.active_pay().order_id(order("T1")).without_operator_id().amount(Amount::from_minor(500));
    let request = builder.biz_type(BizType::WechatPay).call_back_url("https://shop.example/ottpay").build().unwrap();
    let error = bare.confirm(&request).await.unwrap_err();
    assert!(matches!(error, FollowError::NoCurrency), "{error:?}");
}

#[tokio::test]
async fn a_stored_order_is_followed_as_before() {
    let mut tracked = record_attempts(scanned().tracked(), &["not_sent", "lost"]).await;
    tracked.record_refunded_before(Amount::from_minor(7));
    let text = tracked.to_json();
    assert!(!text.contains("134567890123456789"), "{text}");
    let stored = Tracked::from_json(&text).unwrap();
    assert_eq!((&stored, stored.to_json()), (&tracked, text));
    assert!(matches!(resolve(&stored, vec![status("success")]).await, Resolved::Took(Confirmed::Paid(_))));
    for wrong in
        ["", "{}", "[]", "null", "{\"v\":2}", &tracked.to_json().replace("\"lost\"", "1").replace("\"T1\"", "5")]
    {
        assert!(Tracked::from_json(wrong).is_err(), "{wrong}");
    }
    for (wrong, member) in [("{\"v\":2}".to_owned(), "v"), (tracked.to_json().replace("\"T1\"", "5"), "id")] {
        assert_eq!(Tracked::from_json(&wrong).unwrap_err().member(), member, "{wrong}");
    }
}

#[tokio::test]
async fn a_stored_order_of_a_private_action_needs_its_specification() {
    let stored = qr_code().tracked().to_json().replace("active_pay", "scan");
    let stored = Tracked::from_json(&stored).unwrap();
    let error = client().confirm(&stored).await.unwrap_err();
    assert!(error.to_string().contains("Client::builder().follow(&GATEWAY)"), "{error}");
}

#[tokio::test]
async fn outcomes_and_ends_have_words_for_a_column() {
    let error: Error = Script::new([lost()]).client().send(&scanned()).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    let tracked = record_attempts(scanned().tracked(), &["lost"]).await;
    assert_eq!(resolve(&tracked, vec![lost()]).await.as_str(), "still_unknown");
    assert!(tracked.since().elapsed().unwrap() < Duration::from_secs(60));
}
