//! Waiting for the end of a payment, by a clock that the test moves.

use std::collections::BTreeMap;
use std::future::pending;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ottpay::payment::{Confirmed, FollowError, Tracked, WaitError};
use ottpay::transport::{BoxFuture, HttpRequest, HttpResponse, Transport, TransportError};
use ottpay::{Amount, BizType, Client, Currency, Framing};
use serde_json::json;
use tokio::time::{Instant, timeout};

use crate::common::{accepted, order, sample};

/// A gateway that answers each query with the next word, and repeats the last one.
struct Words(&'static [&'static str], Arc<AtomicU32>);

impl Transport for Words {
    fn post(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        let asked = self.1.fetch_add(1, Ordering::SeqCst) as usize;
        let word = self.0.get(asked).or(self.0.last()).copied().unwrap_or("init");
        Box::pin(async move {
            match word {
                "hangs" => pending().await,
                "lost" => Err(TransportError::lost("reset")),
                "rejected" => Ok(HttpResponse { status: 400, body: b"{}".to_vec() }),
                "html" => Ok(HttpResponse { status: 503, body: b"<html>".to_vec() }),
                code if code == code.to_uppercase() => {
                    Ok(HttpResponse { status: 200, body: json!({ "rsp_code": code }).to_string().into_bytes() })
                }
                word => Ok(HttpResponse { status: 200, body: status(word) }),
            }
        })
    }
}

/// A sealed answer; each is sealed once.
fn status(word: &'static str) -> Vec<u8> {
    static SEALED: Mutex<BTreeMap<&str, Vec<u8>>> = Mutex::new(BTreeMap::new());
    let seal = || {
        let fields = json!({ "order_id": "T1", "order_status": word, "total_amount": "500" });
        accepted(&fields.to_string()).to_body(Framing::Json)
    };
    SEALED.lock().unwrap().entry(word).or_insert_with(seal).clone()
}

fn gateway(words: &'static [&'static str]) -> (Client, Tracked, Arc<AtomicU32>) {
    let asked = Arc::new(AtomicU32::new(0));
    let client = sample().currency(Currency::CAD).transport(Words(words, Arc::clone(&asked))).build().unwrap();
    let builder = client.active_pay().order_id(order("T1")).without_operator_id().amount(Amount::from_minor(500));
    let request = builder.biz_type(BizType::WechatPay).call_back_url("https://shop.example/ottpay").build().unwrap();
    let tracked = request.tracked();
    (client, tracked, asked)
}

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(start_paused = true)]
async fn it_asks_until_there_is_an_end() {
    let (client, order, asked) =
        gateway(&["rejected", "init", "FAIL", "lost", "html", "SYSTEM_ERROR", "processing", "success"]);
    let end = client.wait(&order).await.unwrap();
    assert!(matches!(end, Confirmed::Paid(_)), "{end:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 8);
}

#[tokio::test(start_paused = true)]
async fn every_other_answer_is_an_end() {
    for (word, arm) in
        [("authorised", "reserved"), ("orderclosed", "ended"), ("fully_refunded", "given_back"), ("odd", "unclear")]
    {
        let (client, order, _) = gateway(Box::leak(Box::new([word])));
        let started = Instant::now();
        assert_eq!(client.wait(&order).await.unwrap().as_str(), arm);
        assert!(started.elapsed() < SECOND);
    }
}

#[tokio::test(start_paused = true)]
async fn a_permanent_error_ends_it_immediately() {
    let (client, order, asked) = gateway(&["PWD_INCORRECT"]);
    let error = client.wait(&order).await.unwrap_err();
    assert!(matches!(error, WaitError::Follow(FollowError::Ask(_))), "{error:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn the_limit_is_kept_to_the_millisecond_and_keeps_the_last_answer() {
    for (words, limit) in [
        (&["init"][..], Duration::from_millis(299_999)),
        (&["hangs"], 5 * SECOND),
        (&["init", "hangs"], 5 * SECOND),
        (&["FAIL"], Duration::ZERO),
        (&["lost"], 90 * SECOND),
    ] {
        let (client, order, asked) = gateway(words);
        let started = Instant::now();
        let error = client.wait(&order).every(2 * SECOND).up_to(limit).await.unwrap_err();
        let took = started.elapsed();
        assert!(took >= limit && took <= limit + Duration::from_millis(1), "{words:?}: {took:?}");
        match error {
            WaitError::TimedOut { last, elapsed, queries } => {
                assert_eq!((elapsed, queries), (took, asked.load(Ordering::SeqCst)), "{words:?}");
                let answered = last.is_some_and(|last| last.is_ok());
                assert_eq!(answered, words[0] == "init", "{words:?}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_hours_pass_in_a_moment() {
    let (client, order, asked) = gateway(&["init"]);
    let (started, real) = (Instant::now(), std::time::Instant::now());
    let error = client.wait(&order).every(HOUR).up_to(10_000 * HOUR).await.unwrap_err();
    assert!(matches!(error, WaitError::TimedOut { .. }), "{error:?}");
    assert_eq!(started.elapsed().as_secs(), 36_000_000);
    // The delays are lengthened at random, to at most twice their length.
    assert!((5_000..=10_000).contains(&asked.load(Ordering::SeqCst)));
    println!("10,000 virtual hours: {:?}, {} queries", real.elapsed(), asked.load(Ordering::SeqCst));
    // An unbounded one has no end of its own.
    assert!(timeout(100 * HOUR, client.wait(&order).every(HOUR).up_to(Duration::MAX)).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn no_query_takes_longer_than_the_remaining_time() {
    let (client, order, _) = gateway(&["hangs"]);
    let wait = client.wait(&order).up_to(5 * SECOND);
    let mut wait = pin!(wait.into_future());
    assert!(timeout(4 * SECOND, &mut wait).await.is_err(), "it has not been given up");
    assert!(matches!(wait.await, Err(WaitError::TimedOut { queries: 1, .. })));
}

#[tokio::test(start_paused = true)]
async fn its_changes_are_a_stream() {
    let (client, order, _) = gateway(&["init", "init", "lost", "init", "FAIL", "FAIL", "processing", "success"]);
    let mut changes = pin!(client.wait(&order).changes());
    let mut seen = Vec::new();
    while let Some(change) = next(changes.as_mut()).await {
        seen.push(change.unwrap().as_str());
    }
    assert_eq!(seen, ["open", "no_answer", "open", "paid"]);

    let (client, order, _) = gateway(&["init"]);
    let mut changes = pin!(client.wait(&order).up_to(10 * SECOND).changes());
    assert_eq!(next(changes.as_mut()).await.unwrap().unwrap(), Confirmed::Open);
    assert!(matches!(next(changes.as_mut()).await, Some(Err(WaitError::TimedOut { .. }))));
    assert!(next(changes.as_mut()).await.is_none());
}

/// The next item of a stream.
async fn next<S: futures_core::Stream>(mut stream: std::pin::Pin<&mut S>) -> Option<S::Item> {
    std::future::poll_fn(|context| stream.as_mut().poll_next(context)).await
}

#[test]
fn outside_of_a_runtime_it_waits_by_real_time() {
    let (client, order, asked) = gateway(&["init", "success"]);
    let end = block_on(client.wait(&order).every(Duration::from_millis(20)).into_future());
    assert!(matches!(end, Ok(Confirmed::Paid(_))), "{end:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    let error = block_on(gateway(&["hangs"]).0.wait(&order).up_to(Duration::from_millis(50)).into_future());
    assert!(matches!(error, Err(WaitError::TimedOut { .. })), "{error:?}");
}

#[test]
fn in_a_runtime_without_a_clock_it_waits_by_real_time() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (client, order, _) = gateway(&["init", "success"]);
    let end = runtime.block_on(client.wait(&order).every(Duration::from_millis(20)).into_future());
    assert!(matches!(end, Ok(Confirmed::Paid(_))), "{end:?}");
}

/// Drives a future on this thread, without any runtime.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(std::thread::Thread);
    impl std::task::Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(std::thread::current())).into();
    let mut context = std::task::Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            std::task::Poll::Ready(done) => return done,
            std::task::Poll::Pending => std::thread::park(),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_dropped_can_be_begun_again() {
    let (client, order, asked) = gateway(&["init", "init", "success"]);
    assert!(timeout(SECOND, client.wait(&order)).await.is_err());
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert!(matches!(client.wait(&order).await, Ok(Confirmed::Paid(_))));
}
