//! Reads: errors do not describe the state of the money, and attempts are repeated within limits.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::common::{Script, accepted, order, sample};
use ottpay::request::AnyQuery;
use ottpay::transport::{BoxFuture, HttpRequest, HttpResponse, Transport, TransportError};
use ottpay::{AskError, Client, Framing, GATEWAY, Retry, StatusQueryReply};
use tokio::time::Instant;

fn answered(body: impl Into<Vec<u8>>) -> Result<HttpResponse, TransportError> {
    Ok(HttpResponse { status: 200, body: body.into() })
}

fn status(status: u16) -> Result<HttpResponse, TransportError> {
    Ok(HttpResponse { status, body: Vec::new() })
}

fn paid() -> Result<HttpResponse, TransportError> {
    answered(accepted(r#"{"order_id":"T1","order_status":"success"}"#).to_body(Framing::Json))
}

fn lost() -> Result<HttpResponse, TransportError> {
    Err(TransportError::lost("connection reset"))
}

async fn ask(client: &Client, retry: Retry) -> Result<StatusQueryReply, AskError> {
    client.status_query().order_id(order("T1")).send().retry(retry).await
}

#[tokio::test]
async fn a_reply_may_be_exactly_as_long_as_the_limit() {
    let body = accepted(r#"{"order_id":"T1","order_status":"success"}"#).to_body(Framing::Json);
    for (limit, is_read) in [(body.len(), true), (body.len() - 1, false)] {
        let client = sample().max_reply(limit).transport(Script::body(body.clone())).build().unwrap();
        assert_eq!(client.status_query().order_id(order("T1")).send().await.is_ok(), is_read, "{limit}");
    }
}

#[tokio::test]
async fn an_error_of_a_query_tells_whether_to_ask_again() {
    let script = Script::default();
    let invalid = script.client().status_query().order_id(order("T1")).send().path("no path").await.unwrap_err();
    assert!(matches!(invalid, AskError::Invalid(_)) && !invalid.is_transient(), "{invalid}");
    let refused = |code: &str| answered(format!(r#"{{"rsp_code":"{code}","rsp_msg":"so"}}"#));
    for (answer, is_transient) in [
        (Err(TransportError::never("no TLS")), false),
        (Err(TransportError::not_sent("no route")), true),
        (Err(TransportError::timed_out("too late")), true),
        (lost(), true),
        (Err(TransportError::too_large(5)), false),
        (status(500), true),
        (status(503), true),
        (status(429), true),
        (status(404), false),
        (status(302), false),
        // Something between client and gateway, or a reply that was truncated.
        (answered("<html>down for maintenance</html>"), true),
        (answered(r#"{"rsp_code":"SUCC"#), true),
        // Not from the gateway, or a wrong key.
        (answered(r#"{"rsp_code":"SUCCESS","data":"AAAA","md5":"00000000000000000000000000000000"}"#), false),
        (answered("{}"), false),
        (answered(r#"{"rsp_code":"SUCCESS"}"#), false),
        (answered(accepted(r#"{"order_id":"T2","order_status":"success"}"#).to_body(Framing::Json)), false),
        (refused("PARAM_ERROR"), false),
        (refused("PWD_INCORRECT"), false),
        (refused("ORDER_USED"), false),
        (refused("SYSTEM_ERROR"), true),
        (refused("TIMEOUT"), true),
        // It may be temporary: no page documents the cause.
        (refused("FAIL"), true),
        (refused("SOMETHING_NEW"), true),
    ] {
        let shown = format!("{answer:?}");
        let client = Script::new([answer]).client();
        let error = client.status_query().order_id(order("T1")).send().await.unwrap_err();
        assert_eq!(error.is_transient(), is_transient, "{shown}: {error}");
        assert_eq!((error.action(), error.order_id()), ("STATUS_QUERY", Some("T1")));
        // No advice about money.
        let text = error.to_string();
        for word in ["outcome", "do not", "another id"] {
            assert!(!text.contains(word), "{text}");
        }
    }
    let client = Script::new([Err(TransportError::not_sent("no route"))]).client();
    let error = client.status_query().order_id(order("T1")).send().await.unwrap_err();
    assert!(matches!(error, AskError::NotSent { .. }), "{error:?}");
    let client = Script::new([refused("FAIL")]).client();
    let error = client.status_query().order_id(order("T1")).send().await.unwrap_err();
    let refusal = error.refusal().unwrap();
    assert_eq!((refusal.code(), refusal.message()), ("FAIL", "so"));
    assert_eq!(error.to_string(), "STATUS_QUERY (order T1): FAIL: so");
}

#[tokio::test(start_paused = true)]
async fn a_read_is_asked_again_until_there_is_an_answer() {
    let script = Script::new([lost(), status(503), answered("<html>"), paid()]);
    let start = Instant::now();
    let reply = ask(&script.client(), Retry::default()).await.unwrap();
    assert_eq!((reply.order_id().map(|id| id.as_str()), script.requests().len()), (Some("T1"), 4));
    // 0.5, 1 and 2 seconds, each lengthened by less than as much again.
    let took = start.elapsed();
    assert!((Duration::from_millis(3500)..Duration::from_millis(7100)).contains(&took), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_query_with_a_permanent_error_is_sent_once() {
    for answer in [status(404), answered(r#"{"rsp_code":"PARAM_ERROR"}"#), Err(TransportError::never("no TLS"))] {
        let script = Script::new([answer]);
        let start = Instant::now();
        assert!(ask(&script.client(), Retry::default().attempts(9)).await.is_err());
        assert_eq!((script.requests().len(), start.elapsed()), (1, Duration::ZERO));
    }
}

#[tokio::test(start_paused = true)]
async fn attempts_are_counted_and_there_is_always_one() {
    for (attempts, expected) in [(0, 1), (1, 1), (2, 2), (7, 7)] {
        let script = Script::new((0..9).map(|_| lost()));
        let retry = Retry::default().attempts(attempts).up_to(Duration::from_secs(100_000));
        assert!(ask(&script.client(), retry).await.is_err());
        assert_eq!(script.requests().len(), expected);
    }
    // No setting panics, however great.
    for delay in [Duration::ZERO, Duration::MAX] {
        let script = Script::new((0..9).map(|_| lost()));
        let retry = Retry::default().first_delay(delay).longest_delay(Duration::MAX).up_to(Duration::MAX).attempts(9);
        assert!(ask(&script.client(), retry).await.is_err());
        assert_eq!(script.requests().len(), 9);
    }
    let script = Script::new([paid()]);
    assert!(ask(&script.client(), Retry::default().attempts(u32::MAX).up_to(Duration::ZERO)).await.is_ok());
}

/// A gateway that never answers, and ends each exchange at the given limit.
#[derive(Clone, Default)]
struct Silent(Arc<Mutex<Vec<Duration>>>);

impl Transport for Silent {
    fn post(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        self.0.lock().unwrap().push(request.timeout);
        Box::pin(async move {
            tokio::time::sleep(request.timeout).await;
            Err(TransportError::timed_out("too late"))
        })
    }
}

#[tokio::test(start_paused = true)]
async fn the_limit_for_all_is_never_passed() {
    for limit in [0, 1, 300, 999, 5_000, 61_234, 3_600_000] {
        let limit = Duration::from_millis(limit);
        let gateway = Silent::default();
        let client = sample().transport(gateway.clone()).timeout(Duration::from_secs(20)).build().unwrap();
        let retry = Retry::default().attempts(u32::MAX).first_delay(Duration::from_millis(7)).up_to(limit);
        let start = Instant::now();
        assert!(matches!(ask(&client, retry).await.unwrap_err(), AskError::Lost { .. }));
        // Tokio's clock has whole milliseconds.
        assert!(start.elapsed() <= limit + Duration::from_millis(1), "{:?} of {limit:?}", start.elapsed());
        let told = gateway.0.lock().unwrap();
        assert!(told.iter().all(|told| *told <= limit.min(Duration::from_secs(20))), "{told:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_delay_that_would_pass_the_limit_is_not_waited_for() {
    let script = Script::new([lost()]);
    let start = Instant::now();
    let retry = Retry::default().first_delay(Duration::from_secs(5)).up_to(Duration::from_secs(4));
    assert!(ask(&script.client(), retry).await.is_err());
    assert_eq!((script.requests().len(), start.elapsed()), (1, Duration::ZERO));
}

#[tokio::test]
async fn a_query_named_at_run_time_is_asked_again_too() {
    let script = Script::new([lost(), paid()]);
    let client = script.client();
    let query = AnyQuery::new(&client, GATEWAY.find_method("status_query").unwrap(), [("order_id", "T1")]).unwrap();
    let reply = client.send(&query).retry(Retry::default().first_delay(Duration::from_millis(1))).await.unwrap();
    assert_eq!((reply.text("order_status"), script.requests().len()), (Some("success"), 2));
}

/// Runs a future without a runtime, until a second has passed.
fn run_alone<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    for _ in 0..1000 {
        if let Poll::Ready(done) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return done;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("it takes more than a second");
}

#[test]
fn no_runtime_is_needed_to_ask_again() {
    let script = Script::new([lost(), lost(), paid()]);
    let client = script.client();
    let retry = Retry::default().first_delay(Duration::from_millis(5));
    assert!(run_alone(ask(&client, retry)).is_ok());
    assert_eq!(script.requests().len(), 3);
}

#[test]
fn a_runtime_without_a_clock_is_enough_to_ask_again() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let script = Script::new([lost(), paid()]);
    let client = script.client();
    let retry = Retry::default().first_delay(Duration::from_millis(5));
    assert!(runtime.block_on(ask(&client, retry)).is_ok());
    assert_eq!(script.requests().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_query_dropped_between_two_attempts_is_not_repeated() {
    let script = Script::new([lost()]);
    let client = script.client();
    let mut asking = Box::pin(ask(&client, Retry::default()));
    poll_fn(|context| {
        assert!(asking.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
    drop(asking);
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(script.requests().len(), 1);
}
