//! The result of a query, compared with the request: one arm for each case, and an unreadable amount is an error.

use ottpay::payment::{Confirmed, CurrencyBasis, Echo, FollowError, Tracked};
use ottpay::reply::Received;
use ottpay::request::AnyRequest;
use ottpay::spec::Evidence;
use ottpay::{ActivePay, Amount, BizType, Client, ClientBuilder, Currency, Error, StatusClass};
use serde_json::{Value, json};

use crate::common::{Script, order, sample};

fn amount(minor: u64) -> Amount {
    Amount::from_minor(minor)
}

/// A client whose gateway answers once, with these fields.
fn settings(answer: &Value) -> ClientBuilder<Client> {
    sample().currency(Currency::CAD).transport(Script::accepted(&answer.to_string()))
}

/// An order over 500.
fn asking(client: &Client) -> ActivePay {
    let builder = client.active_pay().order_id(order("T1")).without_operator_id().amount(amount(500));
    builder.biz_type(BizType::WechatPay).call_back_url("https://shop.example/ottpay").build().unwrap()
}

fn tracked() -> Tracked {
    asking(&sample().build().unwrap()).tracked()
}

async fn confirm(answer: Value) -> Result<Confirmed, FollowError> {
    settings(&answer).build().unwrap().confirm(&tracked()).await
}

/// A complete answer, with other values in some fields; `null` removes one.
fn status(word: &str, others: Value) -> Value {
    let mut fields = json!({ "order_id": "T1", "order_status": word, "total_amount": "500" });
    fields.as_object_mut().unwrap().extend(others.as_object().unwrap().clone());
    fields
}

#[tokio::test]
async fn each_word_has_its_arm() {
    for (word, arm) in [
        ("success", "paid"),
        ("SUCCESS", "paid"),
        ("authorised", "reserved"),
        ("init", "open"),
        ("processing", "open"),
        ("orderclosed", "ended"),
        ("failure", "ended"),
        ("cancelled", "ended"),
        ("fully_refunded", "given_back"),
        ("partial_refunded", "paid"),
        ("authfinish", "unclear"),
        ("chargeback", "unclear"),
        ("", "unclear"),
    ] {
        assert_eq!(confirm(status(word, json!({}))).await.unwrap().as_str(), arm, "{word}");
    }
}

#[tokio::test]
async fn a_payment_distinguishes_stated_from_assumed_facts() {
    let bare = confirm(status("success", json!({ "order_id": null }))).await.unwrap();
    let payment = bare.payment().unwrap();
    assert_eq!((payment.id(), payment.query()), ("T1", "status_query"));
    assert_eq!((payment.order(), payment.merchant()), (Echo::Unstated, Echo::Unstated));
    assert_eq!((payment.currency(), payment.refunded(), payment.net()), (CurrencyBasis::Assumed, None, None));
    assert_eq!(payment.paid(), amount(500).in_currency(Currency::CAD));
    assert_ne!(payment.evidence(), Evidence::Assumed);

    let all = json!({ "merchant_id": "ON00004652", "currency": "CAD", "refund_fee": "200" });
    let full = confirm(status("partial_refunded", all)).await.unwrap();
    let payment = full.payment().unwrap();
    assert_eq!((payment.order(), payment.merchant()), (Echo::Echoed, Echo::Echoed));
    assert_eq!(payment.currency(), CurrencyBasis::Stated);
    assert_eq!(payment.refunded(), Some(amount(200).in_currency(Currency::CAD)));
    assert_eq!(payment.net(), Some(amount(300).in_currency(Currency::CAD)));
}

#[cfg(feature = "serde")]
#[tokio::test]
async fn a_payment_is_logged_with_its_assumptions() {
    let paid = confirm(status("success", json!({ "refund_fee": "0" }))).await.unwrap();
    let written = serde_json::to_value(paid.payment().unwrap()).unwrap();
    let money = |amount: u64| json!({ "amount": amount, "currency": "CAD" });
    assert_eq!(
        written,
        json!({
            "id": "T1", "asked": money(500), "paid": money(500), "fee": money(0), "tip": money(0),
            "refunded": money(0), "order": "echoed", "merchant": "unstated", "currency": "assumed",
            "query": "status_query", "evidence": written["evidence"],
        })
    );
    assert!(["vendor", "clients"].contains(&written["evidence"].as_str().unwrap()));
}

#[tokio::test]
async fn money_that_has_gone_back_is_never_a_payment() {
    for word in ["success", "partial_refunded", "fully_refunded"] {
        let answer = confirm(status(word, json!({ "refund_fee": "500" }))).await.unwrap();
        assert!(matches!(answer, Confirmed::GivenBack(_)), "{word}: {answer:?}");
    }
}

#[tokio::test]
async fn another_amount_or_currency_is_a_mismatch() {
    for (others, is_less) in [
        (json!({ "total_amount": "499" }), true),
        (json!({ "total_amount": "501" }), false),
        (json!({ "total_amount": null }), false),
        (json!({ "currency": "JPY" }), false),
        (json!({ "currency": "CNY", "total_amount": "2" }), false),
    ] {
        match confirm(status("success", others.clone())).await.unwrap() {
            Confirmed::Mismatch(mismatch) => assert_eq!(mismatch.is_less(), is_less, "{others}"),
            other => panic!("{others}: {other:?}"),
        }
        let reserved = confirm(status("authorised", others.clone())).await.unwrap();
        assert!(matches!(reserved, Confirmed::Mismatch(_)), "{others}");
    }
}

#[tokio::test]
async fn fee_and_tip_explain_more_than_was_asked() {
    // A tip that the query states.
    let tipped = confirm(status("success", json!({ "total_amount": "550", "tip": "50" }))).await.unwrap();
    let tipped = tipped.payment().unwrap().clone();
    assert_eq!((tipped.tip().amount(), tipped.fee().amount()), (amount(50), Amount::ZERO));

    let over = status("success", json!({ "total_amount": "506" }));
    // A fee below the limit, and above it.
    let client = settings(&over).fee_limit(amount(6)).build().unwrap();
    let paid = client.confirm(&tracked()).await.unwrap();
    assert_eq!(paid.payment().unwrap().fee().amount(), amount(6));
    let client = settings(&over).fee_limit(amount(5)).build().unwrap();
    assert!(matches!(client.confirm(&tracked()).await.unwrap(), Confirmed::Mismatch(_)));

    // A fee that the reply to the request has announced: the page of H5PAY has 6 for 5.
    let announced =
        json!({ "order_id": "T1", "merchant_id": "ON00004652", "amount": "506", "payinfo": "https://pay.example/" });
    let client = sample().transport(Script::accepted(&announced.to_string())).build().unwrap();
    let request = client.h5_pay().order_id(order("T1")).amount(amount(500)).currency_type(Currency::CAD);
    let request = request.without_operator_id().call_back_url("https://shop.example/").build().unwrap();
    let mut tracked = request.tracked();
    tracked.record(&client.send(&request).await);
    let paid = settings(&over).build().unwrap().confirm(&tracked).await.unwrap();
    assert_eq!(paid.payment().unwrap().fee().amount(), amount(6));
}

#[tokio::test]
async fn a_difference_in_a_reply_is_not_a_fee_if_it_is_the_tip_or_as_large_as_the_sale() {
    for (reply, tip, total, arm) in [
        // The tip once as such and once as a fee.
        ("600", Some(100), "700", "mismatch"),
        ("600", Some(100), "600", "paid"),
        ("606", Some(100), "606", "paid"),
        // Exactly twice the sale.
        ("1000", None, "1000", "mismatch"),
        // The amount with two decimals more.
        ("50000", None, "50000", "mismatch"),
    ] {
        let announced = json!({
            "order_id": "T1", "merchant_id": "ON00004652", "buyer_login_id": "b", "order_status": "init",
            "total_amount": reply,
        });
        let client = sample().transport(Script::accepted(&announced.to_string())).build().unwrap();
        let request = client.passive_pay().order_id(order("T1")).amount(amount(500)).biz_type(BizType::WechatPay);
        let request = request.auth_code("1").without_operator_id().maybe_tip(tip.map(amount)).build().unwrap();
        let mut tracked = request.tracked();
        tracked.record(&client.send(&request).await);
        let answer = answer_to(&tracked, status("success", json!({ "total_amount": total }))).await;
        assert_eq!(answer.as_str(), arm, "{reply} {total}: {answer:?}");
    }
}

#[tokio::test]
async fn a_tip_under_its_other_name_is_a_tip() {
    let client = sample().build().unwrap();
    let request = client.active_pay().order_id(order("T1")).without_operator_id().amount(amount(500));
    let request = request.tip_upper(amount(50)).biz_type(BizType::WechatPay).call_back_url("https://shop.example/");
    let tracked = request.build().unwrap().tracked();
    let answer = answer_to(&tracked, status("success", json!({ "total_amount": "550" }))).await;
    assert_eq!(answer.payment().unwrap().tip().amount(), amount(50));
}

#[tokio::test]
async fn a_currency_without_decimals_that_is_written_with_two_is_reported() {
    let answer = status("success", json!({ "total_amount": "50000", "currency": "JPY" }));
    let client = sample().currency(Currency::JPY).transport(Script::accepted(&answer.to_string())).build().unwrap();
    match client.confirm(&asking(&client)).await.unwrap() {
        Confirmed::Mismatch(mismatch) => assert_eq!((mismatch.scale(), mismatch.is_less()), (Some(100), false)),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn money_that_cannot_be_read_is_an_error() {
    for (field, text) in [
        ("total_amount", json!("1,999")),
        ("total_amount", json!("-5")),
        ("total_amount", json!(4.5)),
        ("refund_fee", json!("some")),
        ("tip", json!("1.5")),
        ("currency", json!("dollars")),
    ] {
        let error = confirm(status("success", json!({ field: text }))).await.unwrap_err();
        match &error {
            FollowError::Unreadable { query: "status_query", error } => assert_eq!(error.field(), field),
            other => panic!("{other:?}"),
        }
        assert!(!error.is_transient());
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("1,999") && !shown.contains("dollars"), "{shown}");
    }
}

#[tokio::test]
async fn an_answer_about_another_order_is_rejected() {
    let error = confirm(status("success", json!({ "order_id": "T2" }))).await.unwrap_err();
    assert!(matches!(error, FollowError::Ask(_)), "{error:?}");
}

#[tokio::test]
async fn a_pre_authorisation_that_is_called_paid_is_unclear() {
    let answer = json!({ "order_status": "success", "orderId": "T1", "amount": "500" });
    let client = sample().transport(Script::accepted(&answer.to_string())).build().unwrap();
    let request = client
        .portico_preauth()
        .order_id(order("T1"))
        .without_mer_id()
        .shop_id("S1")
        .without_term_id()
        .without_operator_id()
        .txn_time(ottpay::Timestamp::now_utc())
        .txn_amt(amount(500))
        .cc_number("secret")
        .cc_sha("secret")
        .without_cc_channel_type()
        .currency(Currency::CAD)
        .cc_maskednum("1111")
        .build()
        .unwrap();
    let tracked = request.tracked();
    assert!(!tracked.to_json().contains("secret") && !tracked.to_json().contains("1111"));
    assert_eq!(client.confirm(&tracked).await.unwrap().as_str(), "unclear");
    let reserved = answer_to(&tracked, json!({ "order_status": "authorised", "orderId": "T1", "amount": "500" })).await;
    match reserved {
        Confirmed::Reserved(reservation) => assert_eq!(reservation.reserved(), amount(500).in_currency(Currency::CAD)),
        other => panic!("{other:?}"),
    }
    match answer_to(&tracked, json!({ "order_status": "failure", "orderId": "T1" })).await {
        Confirmed::Ended(ended) => {
            assert_eq!((ended.class(), ended.word()), (StatusClass::Failed, "failure"));
            assert_eq!(ended.evidence(), Evidence::Vendor);
        }
        other => panic!("{other:?}"),
    }
}

async fn answer_to(tracked: &Tracked, answer: Value) -> Confirmed {
    settings(&answer).build().unwrap().confirm(tracked).await.unwrap()
}

#[tokio::test]
async fn how_an_attempt_ended_is_recorded_whatever_the_type_of_its_reply() {
    let client = sample().build().unwrap();
    let of_another = asking(&sample().merchant_id("ON00000001").build().unwrap());
    let mut order = tracked();
    order.record(&client.send(&of_another).await);
    let any =
        AnyRequest::new(&client, ActivePay::INFO, []).map_err(Error::from).map(|_| unreachable!("fields are missing"));
    order.record::<Received>(&any);
    assert!(order.to_json().contains(r#""attempts":["never","never"]"#), "{}", order.to_json());
}
