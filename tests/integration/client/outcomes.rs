//! What an error reports about the money, for every way in which a write can end.

use std::error::Error as _;
use std::time::{Duration, Instant};

use crate::common::over::Over;
use crate::common::{Script, order, payment, refund_id, sample};
use ottpay::transport::{HttpResponse, TransportError};
use ottpay::{Amount, BizType, Client, Currency, Error, Outcome, Timestamp};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

fn answer(code: &str, message: &str) -> Script {
    Script::body(serde_json::json!({ "rsp_code": code, "rsp_msg": message }).to_string())
}

/// A payment by the buyer, who needs the link.
async fn pay(script: &Script) -> Error {
    let client = script.client();
    client.send(&payment(&client, &order("T1"))).await.unwrap_err()
}

/// A payment that moves at once: the shop has the buyer's code.
async fn charge(script: &Script) -> Error {
    let request = script.client().passive_pay().order_id(order("T1")).operator_id("0000020156");
    let request = request.amount(Amount::from_minor(1999)).auth_code("134567890123456789").biz_type(BizType::Alipay);
    request.send().await.unwrap_err()
}

/// A refund, which moves at once, too.
async fn refund(script: &Script) -> Error {
    let request = script.client().refund().order_id(refund_id("R1")).ori_order_id(order("T1"));
    request.refund_amt(Amount::from_minor(400)).send().await.unwrap_err()
}

/// A card payment, by a card that the shop has read.
async fn charge_card(script: &Script) -> Error {
    charge_card_by(&script.client(), "4111111111111111").await
}

async fn charge_card_by(client: &Client, card: &str) -> Error {
    charge_card_over(Over::Http, client, card).await
}

async fn charge_card_over(over: Over, client: &Client, card: &str) -> Error {
    let request = client.portico_purchase().shop_id("S").operator_id("O").txn_time(Timestamp::now_utc());
    let request = request.txn_amt(Amount::from_minor(1)).cc_number(card).cc_sha("a").cc_maskednum("1111");
    over.write(request.currency(Currency::CAD).order_id(order("T1")).send()).await.unwrap_err()
}

#[tokio::test]
async fn the_meaning_of_a_code_depends_on_whether_the_write_moves_money_immediately() {
    use Outcome::{DuplicateId, Refused, Unknown};
    for (code, message, by_buyer, at_once, back) in [
        ("PARAM_ERROR", "", Refused, Refused, Refused),
        ("PWD_INCORRECT", "", Refused, Refused, Refused),
        ("ORDER_TYPE_ERROR", "", Refused, Refused, Refused),
        // A failure without a reason.
        ("FAIL", "", Refused, Unknown, Unknown),
        ("fail", "insufficient funds", Refused, Unknown, Unknown),
        ("TIMEOUT", "", Unknown, Unknown, Unknown),
        ("SYSTEM_ERROR", "", Unknown, Unknown, Unknown),
        ("DB_ERROR", "", Unknown, Unknown, Unknown),
        // Not documented.
        ("AUTH_CODE_INVALID", "", Unknown, Unknown, Unknown),
        ("SOMETHING_NEW", "", Unknown, Unknown, Unknown),
        // The id has been seen: as the code, or as the first word of the text. For a refund, the paid order may be the
        // one that is being refunded.
        ("ORDER_USED", "", DuplicateId, DuplicateId, DuplicateId),
        ("ORDER_PAID", "", DuplicateId, DuplicateId, Unknown),
        ("FAIL", "ORDER_USED", DuplicateId, DuplicateId, DuplicateId),
        ("PARAM_ERROR", " order_used: T1", DuplicateId, DuplicateId, DuplicateId),
        ("SOMETHING_NEW", "ORDER_USED", DuplicateId, DuplicateId, DuplicateId),
        ("FAIL", "ORDER_PAID", DuplicateId, DuplicateId, Unknown),
        ("PARAM_ERROR", "ORDER_PAID, sorry", DuplicateId, DuplicateId, Unknown),
        // Anywhere else in the text it may be about another order.
        ("FAIL", "original ORDER_PAID partially", Refused, Unknown, Unknown),
        ("PARAM_ERROR", "FAIL: ORDER_USED", Refused, Refused, Refused),
        ("FAIL", "ORDER_USED_UP", Refused, Unknown, Unknown),
        // No other code is looked for in the text.
        ("SYSTEM_ERROR", "PARAM_ERROR", Unknown, Unknown, Unknown),
    ] {
        let context = format!("{code}: {message}");
        assert_eq!(pay(&answer(code, message)).await.outcome(), by_buyer, "{context}");
        assert_eq!(charge(&answer(code, message)).await.outcome(), at_once, "{context}");
        assert_eq!(charge_card(&answer(code, message)).await.outcome(), at_once, "{context}");
        assert_eq!(refund(&answer(code, message)).await.outcome(), back, "{context}");
    }
}

#[tokio::test]
async fn a_refund_whose_id_the_gateway_has_seen_is_not_refused() {
    // The reply of the first attempt is lost, and the stored request is sent again.
    let lost = refund(&Script::new([Err(TransportError::lost("connection reset"))])).await;
    assert_eq!(lost.outcome(), Outcome::Unknown);
    let again = refund(&answer("ORDER_USED", "order number duplicated")).await;
    assert_eq!((again.outcome(), again.order_id()), (Outcome::DuplicateId, Some("R1")));
    assert!(again.to_string().ends_with("; the order id has been used before: query it, do not pay under another id"));
}

#[tokio::test]
async fn a_permanent_error_is_not_merely_unsent() {
    let script = Script::default();
    let invalid = script.client().refund().order_id(refund_id("R1")).ori_order_id(order("T1"));
    let no_address = script.client().active_pay().order_id(order("T1")).amount(Amount::from_minor(1));
    let no_address = no_address.biz_type(BizType::Alipay).operator_id("1").call_back_url("not an address");
    assert_eq!(no_address.send().await.unwrap_err().outcome(), Outcome::Never);
    let sending = invalid.refund_amt(Amount::from_minor(1)).send();
    assert_eq!(sending.path("no path").await.unwrap_err().outcome(), Outcome::Never);
    assert!(script.requests().is_empty());
    let error = pay(&Script::new([Err(TransportError::never("no TLS"))])).await;
    assert_eq!(
        (error.outcome(), error.to_string().as_str()),
        (Outcome::Never, "ACTIVEPAY (order T1): nothing was sent: no TLS")
    );
    let error = pay(&Script::new([Err(TransportError::not_sent("no route"))])).await;
    assert_eq!(error.outcome(), Outcome::NotSent);
}

#[tokio::test]
async fn an_http_error_is_unknown_with_any_body() {
    for (status, body, text) in [
        (400, r#"{"rsp_code":"PARAM_ERROR","rsp_msg":"wrong"}"#, "PARAM_ERROR: wrong"),
        (500, r#"{"rsp_code":"ORDER_USED"}"#, "ORDER_USED"),
        (
            404,
            r#"{"rsp_code":"FAIL","rsp_msg":"code 134567890123456789\nis no code"}"#,
            "FAIL: code (hidden)is no code",
        ),
        (502, "upstream connect error", "upstream connect error"),
        (502, "code 1345678\n90123456789 seen", "code (hidden) seen"),
        (502, "134567890123456789:", "(hidden)"),
        (502, "<html>weixin://SECRET</html>", ""),
        (302, r#"{"code_url":"weixin://SECRET"}"#, ""),
        (500, r#"{"rsp_code":"FAIL","code_url":"weixin://SECRET"#, ""),
        (199, "", ""),
    ] {
        let answer = HttpResponse { status, body: body.as_bytes().to_vec() };
        let error = charge(&Script::new([Ok(answer)])).await;
        assert_eq!(error.outcome(), Outcome::Unknown, "{status} {body}");
        assert!(matches!(&error, Error::HttpStatus { text: shown, .. } if shown == text), "{error:?}");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("SECRET") && !shown.contains("1345"), "{shown}");
        let said = if text.is_empty() { format!("got {status}") } else { format!("got {status}: {text}") };
        assert!(shown.contains(&said), "{shown}");
    }
}

#[tokio::test]
async fn a_sensitive_value_is_hidden_however_controls_are_spread_in_it_and_in_the_text() {
    let card = "4111\n11111111\u{85}1111 ";
    let echoes = ["4111111111111111 ", card, "\u{7}4111\t111111111111 "];
    for echo in echoes {
        let refused = answer("FAIL", &format!("card {echo}is unknown"));
        let plain = HttpResponse { status: 502, body: format!("card {echo}").into_bytes() };
        for script in [refused, Script::new([Ok(plain)])] {
            let error = charge_card_by(&script.client(), card).await;
            let shown = format!("{error} {error:?}");
            assert!(shown.contains("card (hidden)") && !shown.contains("1111"), "{echo:?}: {shown}");
        }
    }
}

#[tokio::test]
async fn a_value_of_three_characters_is_not_searched_in_the_text() {
    for (card, text) in [("411", "line 411 failed"), ("4111", "line (hidden) failed")] {
        let plain = HttpResponse { status: 502, body: format!("line {card} failed").into_bytes() };
        let error = charge_card_by(&Script::new([Ok(plain)]).client(), card).await;
        assert!(matches!(&error, Error::HttpStatus { text: shown, .. } if shown == text), "{error:?}");
    }
}

#[tokio::test]
async fn no_text_is_shown_of_an_error_whose_body_is_not_read_to_its_end() {
    for over in Over::ALL {
        break_off_in_an_error(*over).await;
    }
}

async fn break_off_in_an_error(over: Over) {
    let half = "upstream error: card 41111111";
    let long = format!("{}{half}", "\n".repeat(16 * 1024 - half.len()));
    for (body, length, stalls, shown) in [
        ("upstream error: card 4111111111111111", 37, false, "upstream error: card (hidden)"),
        (half, 1000, false, ""),
        (half, 1000, true, ""),
        (&*long, long.len() + 8, true, ""),
        (&*format!("{long}11111111"), long.len() + 8, false, ""),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let head = format!("HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n");
        let bytes = [head, body.to_owned()].concat();
        let gateway = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.read_exact(&mut [0]).await.unwrap();
            stream.write_all(bytes.as_bytes()).await.unwrap();
            if !stalls {
                stream.shutdown().await.unwrap();
            }
            // Until the client is done: a connection that is closed with something unread is reset.
            _ = stream.read_to_end(&mut Vec::new()).await;
        });
        let client = over.choose(sample()).endpoint(format!("http://{address}")).build().unwrap();
        let start = Instant::now();
        let error = charge_card_over(over, &client, "4111111111111111").await;
        assert!(start.elapsed() < Duration::from_secs(5), "{over:?}: {:?}", start.elapsed());
        assert!(matches!(&error, Error::HttpStatus { status: 502, text, .. } if text == shown), "{error:?}");
        drop(client);
        gateway.await.unwrap();
    }
}

#[tokio::test]
async fn the_source_of_an_error_leads_to_its_cause() {
    let no_route = || std::io::Error::from(std::io::ErrorKind::HostUnreachable);
    for failure in [TransportError::not_sent("no connection"), TransportError::lost("no connection")] {
        let error = pay(&Script::new([Err(failure.caused_by(no_route()))])).await;
        assert!(error.to_string().contains(": no connection: host unreachable"), "{error}");
        let transport = error.source().unwrap();
        assert!(transport.is::<TransportError>() && transport.to_string() == "no connection", "{transport}");
        assert_eq!(transport.source().unwrap().downcast_ref::<std::io::Error>().unwrap().kind(), no_route().kind());
    }
    for over in Over::ALL {
        meet_a_closed_port(*over).await;
    }
    let unbelievable = pay(&Script::body("<html>")).await;
    assert!(unbelievable.source().unwrap().to_string().contains("HTML"), "{unbelievable}");
}

async fn meet_a_closed_port(over: Over) {
    let client = over.choose(sample()).endpoint("http://127.0.0.1:9").build().unwrap();
    let error = over.write(client.send(&payment(&client, &order("T1")))).await.unwrap_err();
    let mut cause = error.source();
    while let Some(next) = cause.filter(|cause| !cause.is::<std::io::Error>()) {
        cause = next.source();
    }
    let refused = cause.and_then(|cause| cause.downcast_ref::<std::io::Error>()).unwrap();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    let text = error.to_string();
    assert_eq!(text.matches("Connection refused").count(), 1, "{text}");
    assert!(!text.contains("127.0.0.1"), "{text}");
}

/// The shop's reaction to each outcome: the compiler requires every arm.
fn may_go_again(outcome: Outcome) -> bool {
    match outcome {
        Outcome::NotSent => true,
        Outcome::Never | Outcome::Refused | Outcome::DuplicateId | Outcome::Unknown => false,
    }
}

#[tokio::test]
async fn an_outcome_is_stored_as_a_word_and_read_again() {
    let error = pay(&Script::new([Err(TransportError::not_sent("no route"))])).await;
    let stored = error.outcome().as_str();
    assert_eq!(stored, "not_sent");
    assert!(may_go_again(stored.parse().unwrap()));
}

fn requires_threads<T: Send + Sync + 'static>() {}

#[test]
fn errors_go_between_threads() {
    requires_threads::<Error>();
    requires_threads::<ottpay::AskError>();
}
