//! A program without an async runtime: `.wait()` where an async program writes `.await`, with the same errors and
//! outcomes.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
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

/// Answers each request with the next answer, and repeats the last one.
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
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
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
        assert!(took >= limit && took < Duration::from_secs(10), "{words:?}: {took:?}");
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
fn a_limit_beyond_the_range_of_the_clock_is_ignored() {
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

/// A reply with a few random changes.
fn alter(chance: &mut fastrand::Rng, reply: &[u8]) -> Vec<u8> {
    const PIECES: [&[u8]; 8] =
        [b"\r\n", b"\n", b":", b"0", b"ffff", b"transfer-encoding: chunked\r\n", b"content-length: 9\r\n", b"\0"];
    let mut reply = reply.to_vec();
    for _ in 0..chance.usize(1..4) {
        // Mostly in the head and in the sizes of chunks.
        let place = chance.usize(0..reply.len().min(200));
        match chance.u8(0..4) {
            0 => reply[place] = chance.u8(..),
            1 => drop(reply.splice(place..place, PIECES[chance.usize(0..PIECES.len())].iter().copied())),
            2 => drop(reply.drain(place..reply.len().min(place + chance.usize(1..20)))),
            _ => reply.truncate(reply.len() - chance.usize(0..reply.len() / 2)),
        }
    }
    reply
}

#[test]
fn no_altered_reply_causes_a_panic_or_is_reported_as_unsent() {
    const REPLIES: usize = 500;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = sample().endpoint(format!("http://{}", listener.local_addr().unwrap())).blocking().build().unwrap();
    thread::spawn(move || {
        let body = accepted(r#"{"code_url":"weixin://x","order_id":"T1"}"#).to_body(Framing::Json);
        let whole = [format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len()).as_bytes(), &body].concat();
        let size = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n", body.len());
        let chunks = [size.as_bytes(), &body, b"\r\n0\r\nx-sum: 1\r\n\r\n"].concat();
        let mut chance = fastrand::Rng::with_seed(7);
        for number in 0.. {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut part = [0; 4096];
            while !request.ends_with(b"}") {
                let read = stream.read(&mut part).unwrap();
                request.extend_from_slice(&part[..read]);
            }
            let reply = alter(&mut chance, if number % 2 == 0 { &whole } else { &chunks });
            _ = stream.write_all(&reply);
        }
    });
    let mut taken = 0;
    for number in 0..REPLIES {
        match client.send(&payment(&client, &order("T1"))).timeout(Duration::from_secs(5)).wait() {
            Ok(_) => taken += 1,
            Err(error) => {
                assert_eq!(error.outcome(), Outcome::Unknown, "{number}: {error}");
                assert!(!error.to_string().contains("panicked"), "{number}: {error}");
            }
        }
    }
    println!("{taken} of {REPLIES} altered replies were genuine all the same");
    assert!(taken > 0, "{taken}");
}
