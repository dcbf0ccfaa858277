//! A program without an async runtime: `.wait()` where another writes `.await`, with the same errors and outcomes.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use ottpay::payment::{Confirmed, Resolved, WaitError};
use ottpay::transport::{BoxFuture, HttpRequest, HttpResponse, Transport, TransportError};
use ottpay::{Amount, AskError, BizType, Client, Currency, Error, Framing, Outcome, Retry, StatusClass};
use ottpay_sandbox::{Fault, Sandbox};

use crate::common::{accepted, client_of, order, payment, sample};

#[test]
fn a_payment_is_made_confirmed_and_waited_for_on_a_thread_without_a_runtime() {
    let sandbox = Sandbox::start_blocking().unwrap();
    for settings in [client_of(&sandbox), client_of(&sandbox).blocking()] {
        let client = settings.currency(Currency::CAD).build().unwrap();
        let id = ottpay::OrderId::random();
        let request = payment(&client, &id);
        let mut tracked = request.tracked();
        let sent = client.send(&request).wait();
        tracked.record(&sent);
        assert!(sent.unwrap().code_url().contains(id.as_str()));
        assert!(matches!(client.confirm(&tracked).wait().unwrap(), Confirmed::Open));
        assert_eq!(client.resolve(&tracked).wait().unwrap(), Resolved::Pending);
        let end = thread::scope(|scope| {
            let waiting = scope.spawn(|| client.wait(&tracked).every(Duration::from_millis(20)).wait());
            sandbox.pay_blocking(id.as_str()).unwrap();
            waiting.join().unwrap()
        });
        assert!(matches!(end.unwrap(), Confirmed::Paid(_)));
        let state = client.status_query().order_id(&id).send().wait().unwrap();
        assert_eq!(state.order_status().class(), StatusClass::Paid);
    }
}

#[test]
fn a_lost_reply_has_an_unknown_outcome_and_a_gateway_that_is_down_none() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let client = client_of(&sandbox).currency(Currency::CAD).blocking().build().unwrap();
    let request = payment(&client, &order("T1"));
    sandbox.add_fault(Fault::DropAfter).unwrap();
    let mut tracked = request.tracked();
    let lost = client.send(&request).wait();
    tracked.record(&lost);
    assert_eq!(lost.unwrap_err().outcome(), Outcome::Unknown);
    assert_eq!(client.resolve(&tracked).wait().unwrap(), Resolved::Unpayable);
    assert_eq!(client.send(&request).wait().unwrap_err().outcome(), Outcome::DuplicateId);
    drop(sandbox);
    let down = client.send(&payment(&client, &order("T2"))).wait().unwrap_err();
    assert!(matches!(&down, Error::NotSent { .. }), "{down:?}");
    assert_eq!(down.outcome(), Outcome::NotSent);
}

/// Answers each request with what comes next, and the last for ever.
struct Answers(Mutex<Vec<&'static str>>, AtomicUsize);

impl Answers {
    fn client(words: &[&'static str]) -> Client {
        let words = words.iter().rev().copied().collect();
        sample().currency(Currency::CAD).transport(Self(Mutex::new(words), AtomicUsize::new(0))).build().unwrap()
    }
}

impl Transport for Answers {
    fn post(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        self.1.fetch_add(1, Ordering::SeqCst);
        let mut words = self.0.lock().unwrap();
        let word = if words.len() > 1 { words.pop() } else { words.last().copied() };
        Box::pin(async move {
            match word.unwrap() {
                "lost" => Err(TransportError::lost("reset")),
                "hangs" => {
                    thread::sleep(request.timeout);
                    Err(TransportError::timed_out("no reply"))
                }
                word => {
                    let fields = format!(r#"{{"order_id":"T1","order_status":"{word}","total_amount":"500"}}"#);
                    Ok(HttpResponse { status: 200, body: accepted(&fields).to_body(Framing::Json) })
                }
            }
        })
    }
}

fn tracked(client: &Client) -> ottpay::payment::Tracked {
    let builder = client.active_pay().order_id(order("T1")).without_operator_id().amount(Amount::from_minor(500));
    builder.biz_type(BizType::WechatPay).call_back_url("https://shop.example/ottpay").build().unwrap().tracked()
}

#[test]
fn a_read_is_retried_after_real_delays_and_within_its_limit() {
    let retry = || Retry::default().first_delay(Duration::from_millis(30));
    let client = Answers::client(&["lost", "lost", "success"]);
    let start = Instant::now();
    client.status_query().order_id(order("T1")).send().retry(retry()).wait().unwrap();
    assert!(start.elapsed() >= Duration::from_millis(90), "{:?}", start.elapsed());
    let client = Answers::client(&["lost"]);
    let limited = retry().attempts(1000).up_to(Duration::from_millis(300));
    let start = Instant::now();
    let error = client.status_query().order_id(order("T1")).send().retry(limited).wait().unwrap_err();
    assert!(matches!(error, AskError::Lost { .. }), "{error:?}");
    assert!(start.elapsed() < Duration::from_millis(600), "{:?}", start.elapsed());
}

#[test]
fn a_wait_ends_at_its_limit_and_keeps_the_last_answer() {
    for (words, answered) in
        [(&["init"][..], true), (&["hangs"], false), (&["init", "hangs"], true), (&["lost"], false)]
    {
        let client = Answers::client(words);
        let (start, limit) = (Instant::now(), Duration::from_millis(200));
        let error = client.wait(&tracked(&client)).every(Duration::from_millis(20)).up_to(limit).wait().unwrap_err();
        let took = start.elapsed();
        assert!(took >= limit && took < limit * 3, "{words:?}: {took:?}");
        let WaitError::TimedOut { last, .. } = error else { panic!("{words:?}: {error:?}") };
        assert_eq!(last.is_some_and(|last| last.is_ok()), answered, "{words:?}");
    }
}

#[test]
fn within_a_runtime_it_blocks_and_neither_panics_nor_hangs() {
    // The only thread of the runtime is the one that is blocked, and its clock is stopped.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let retry = Retry::default().first_delay(Duration::from_millis(10));
        let client = Answers::client(&["lost", "success"]);
        client.status_query().order_id(order("T1")).send().retry(retry).wait().unwrap();
        let client = Answers::client(&["init", "success"]);
        let end = client.wait(&tracked(&client)).every(Duration::from_millis(10)).wait().unwrap();
        assert!(matches!(end, Confirmed::Paid(_)), "{end:?}");
        let client = Answers::client(&["init"]);
        let wait = client.wait(&tracked(&client)).every(Duration::from_millis(10)).up_to(Duration::from_millis(100));
        assert!(matches!(wait.wait(), Err(WaitError::TimedOut { .. })));
    });
    let sandbox = Sandbox::start_blocking().unwrap();
    for settings in [client_of(&sandbox), client_of(&sandbox).blocking()] {
        let client = settings.build().unwrap();
        let id = ottpay::OrderId::random();
        runtime.block_on(async { client.send(&payment(&client, &id)).wait() }).unwrap();
    }
}

#[test]
fn a_limit_beyond_the_range_of_the_clock_is_none() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let settings = client_of(&sandbox).connect_timeout(Duration::MAX).timeout(Duration::MAX);
    let client = settings.blocking().build().unwrap();
    client.send(&payment(&client, &order("T1"))).timeout(Duration::MAX).wait().unwrap();
}

#[test]
fn a_name_that_does_not_exist_means_not_sent() {
    let client = sample().endpoint("https://shop.invalid").blocking().build().unwrap();
    let error = client.send(&payment(&client, &order("T1"))).wait().unwrap_err();
    assert_eq!(error.outcome(), Outcome::NotSent, "{error}");
}
