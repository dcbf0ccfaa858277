//! Connections: each write has its own, reads share them, and one client serves any number of event loops.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use crate::common::over::Over;
use crate::common::{accepted, order, payment, sample};
use ottpay::transport::TransportErrorKind;
use ottpay::{AskError, Client, ClientBuilder, Error, Framing, Outcome};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A gateway that closes a connection if no further request arrives for this long after an answer, as Node's own server
/// does after five seconds.
struct Gateway {
    url: String,
    connections: Arc<AtomicUsize>,
    /// Connections that have ended.
    ended: Arc<AtomicUsize>,
}

impl Gateway {
    /// On a thread of its own, because some of the tests stop the clock of theirs. It takes a while to answer.
    fn start(idle: Duration, takes: Duration) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let gateway = Self { url, connections: Arc::default(), ended: Arc::default() };
        let (connections, ended) = (Arc::clone(&gateway.connections), Arc::clone(&gateway.ended));
        let serve = async move {
            let listener = TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let ended = Arc::clone(&ended);
                tokio::spawn(async move {
                    serve(stream, idle, takes).await;
                    ended.fetch_add(1, Ordering::SeqCst);
                });
            }
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        thread::spawn(move || runtime.block_on(serve));
        gateway
    }

    fn settings(&self, over: Over) -> ClientBuilder<Client> {
        over.choose(sample()).endpoint(&self.url)
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Answers every request on a connection with what is right for the payment T1 and its query.
async fn serve(mut stream: TcpStream, idle: Duration, takes: Duration) {
    let fields = r#"{"code_url":"weixin://x","order_id":"T1","order_status":"init"}"#;
    let body = accepted(fields).to_body(Framing::Json);
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
    let answer = [head.as_bytes(), &body].concat();
    let (mut request, mut limit) = (Vec::new(), LONG);
    loop {
        match tokio::time::timeout(limit, stream.read_buf(&mut request)).await {
            Ok(Ok(1..)) => {}
            _ => return,
        }
        // The request is whole: its body is an object.
        if request.ends_with(b"}") {
            request.clear();
            limit = idle;
            tokio::time::sleep(takes).await;
            if stream.write_all(&answer).await.is_err() {
                return;
            }
        }
    }
}

async fn pay(over: Over, client: &Client) -> Result<(), Error> {
    over.write(client.send(&payment(client, &order("T1")))).await.map(drop)
}

async fn query(over: Over, client: &Client) -> Result<(), AskError> {
    over.ask(client.status_query().order_id(order("T1")).send()).await.map(drop)
}

const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn each_write_has_a_connection_of_its_own_and_reads_share_one() {
    for over in Over::ALL {
        count_connections(*over).await;
    }
}

async fn count_connections(over: Over) {
    let gateway = Gateway::start(LONG, Duration::ZERO);
    let client = gateway.settings(over).build().unwrap();
    for _ in 0..5 {
        pay(over, &client).await.unwrap();
        query(over, &client).await.unwrap();
    }
    assert_eq!(gateway.connections(), 5 + 1);
    // No connection of a write is kept.
    let start = Instant::now();
    while gateway.ended.load(Ordering::SeqCst) < 5 {
        assert!(start.elapsed() < Duration::from_secs(5), "a connection is kept");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(gateway.ended.load(Ordering::SeqCst), 5);
}

#[tokio::test]
async fn a_write_reuses_a_connection_only_on_request_and_only_a_recent_one() {
    for over in Over::ALL {
        reuse_connections(*over).await;
    }
}

async fn reuse_connections(over: Over) {
    for (reuse, wait, expected) in [
        (LONG, Duration::ZERO, 1),
        (LONG, Duration::from_millis(200), 1),
        (Duration::from_millis(100), Duration::from_millis(200), 3),
    ] {
        let gateway = Gateway::start(LONG, Duration::ZERO);
        let client = gateway.settings(over).reuse_for_writes(reuse).build().unwrap();
        for _ in 0..3 {
            pay(over, &client).await.unwrap();
            tokio::time::sleep(wait).await;
        }
        assert_eq!(gateway.connections(), expected, "{reuse:?} {wait:?}");
    }
}

/// How many of 480 payments have an unknown outcome if each begins just as the gateway closes idle connections.
async fn lost_at_the_drop(over: Over, settings: ClientBuilder<Client>, idle: Duration) -> usize {
    let client = settings.build().unwrap();
    let shops = (0..16_u32).map(|shop| {
        let client = client.clone();
        tokio::spawn(async move {
            let mut lost = 0;
            for round in 0..30_u32 {
                lost += usize::from(pay(over, &client).await.is_err());
                // Around the moment, a tenth of a millisecond apart.
                let shift = Duration::from_micros(u64::from((shop * 7 + round * 3) % 20) * 100);
                tokio::time::sleep(idle + shift - Duration::from_millis(1)).await;
            }
            lost
        })
    });
    let mut lost = 0;
    for shop in shops.collect::<Vec<_>>() {
        lost += shop.await.unwrap();
    }
    lost
}

#[tokio::test(flavor = "multi_thread")]
async fn no_payment_is_lost_because_the_gateway_closes_an_idle_connection() {
    for over in Over::ALL {
        pay_at_the_drop(*over).await;
    }
}

async fn pay_at_the_drop(over: Over) {
    let idle = Duration::from_millis(40);
    let gateway = Gateway::start(idle, Duration::ZERO);
    assert_eq!(lost_at_the_drop(over, gateway.settings(over), idle).await, 0);
    let lost = lost_at_the_drop(over, gateway.settings(over).reuse_for_writes(LONG), idle).await;
    println!("{over:?}: lost if writes reuse connections: {lost} of 480");
}

/// One for the whole process, as tests often share it.
static SHARED: LazyLock<(Gateway, Client)> = LazyLock::new(|| {
    let gateway = Gateway::start(LONG, Duration::from_millis(5));
    let client = gateway.settings(Over::Http).build().unwrap();
    (gateway, client)
});

#[test]
fn one_client_serves_a_hundred_concurrent_event_loops() {
    let tests: Vec<_> = (0..100_u64)
        .map(|number| {
            thread::spawn(move || {
                // As `#[tokio::test]` makes them; every other one with its clock stopped.
                let mut runtime = tokio::runtime::Builder::new_current_thread();
                let runtime = runtime.enable_all().start_paused(number % 2 == 0).build().unwrap();
                thread::sleep(Duration::from_millis(number % 10 * 10));
                runtime.block_on(async {
                    let client = &SHARED.1;
                    for _ in 0..4 {
                        query(Over::Http, client).await.unwrap();
                        pay(Over::Http, client).await.unwrap();
                    }
                });
            })
        })
        .collect();
    for test in tests {
        test.join().unwrap();
    }
    // 400 payments, and reads for which connections were kept.
    let connections = SHARED.0.connections();
    assert!((400..600).contains(&connections), "{connections}");
}

#[tokio::test(start_paused = true)]
async fn limits_are_real_time_also_where_the_clock_is_stopped() {
    for over in Over::ALL {
        reach_a_limit(*over).await;
    }
}

async fn reach_a_limit(over: Over) {
    let gateway = Gateway::start(LONG, Duration::from_millis(300));
    let client = gateway.settings(over).build().unwrap();
    pay(over, &client).await.unwrap();
    let start = Instant::now();
    let error =
        over.write(client.send(&payment(&client, &order("T1"))).timeout(Duration::from_millis(100))).await.unwrap_err();
    assert!(matches!(&error, Error::Lost { reason, .. } if reason.kind() == TransportErrorKind::TimedOut), "{error:?}");
    assert!(start.elapsed() >= Duration::from_millis(100));
}

/// Wakes the thread that waits.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[test]
fn no_runtime_is_needed_at_all() {
    let client = &SHARED.1;
    let mut paid = pin!(pay(Over::Http, client));
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        match paid.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(paid) => break paid.unwrap(),
            Poll::Pending => thread::park_timeout(LONG),
        }
    }
}

#[tokio::test]
async fn an_exchange_that_is_no_longer_awaited_is_ended() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = sample().endpoint(format!("http://{}", silent.local_addr().unwrap())).build().unwrap();
    let mut sent = Box::pin(pay(Over::Http, &client));
    let mut stream = tokio::select! {
        accepted = silent.accept() => accepted.unwrap().0,
        answered = &mut sent => panic!("{answered:?}"),
    };
    let mut request = Vec::new();
    while !request.ends_with(b"}") {
        tokio::select! {
            read = stream.read_buf(&mut request) => assert_ne!(read.unwrap(), 0, "it is still waited for"),
            answered = &mut sent => panic!("{answered:?}"),
        }
    }
    drop(sent);
    // Long before the limit of the exchange, which is a minute.
    let ended = tokio::time::timeout(Duration::from_secs(10), stream.read_buf(&mut request)).await;
    assert!(matches!(ended, Ok(Ok(0) | Err(_))), "{ended:?}");
}

#[tokio::test]
async fn a_limit_that_ends_before_there_is_a_connection_means_not_sent() {
    for over in Over::ALL {
        fill_a_queue(*over).await;
    }
}

async fn fill_a_queue(over: Over) {
    // A socket whose queue is full: the kernel answers no further connection.
    let full = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = full.local_addr().unwrap();
    let mut queued = Vec::new();
    while let Ok(stream) = std::net::TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
        queued.push(stream);
        assert!(queued.len() < 10_000, "the queue never fills");
    }
    let settings = || over.choose(sample()).endpoint(format!("http://{address}")).timeout(Duration::from_millis(300));
    let error = pay(over, &settings().build().unwrap()).await.unwrap_err();
    assert!(matches!(&error, Error::NotSent { .. }), "{error:?}");
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert!(error.to_string().contains("the timeout expired before a connection was made"), "{error}");
    // On a connection that may have been reused, this cannot be known.
    let error = pay(over, &settings().reuse_for_writes(LONG).build().unwrap()).await.unwrap_err();
    // Unless the connections are seen.
    let outcome = if over == Over::Http { Outcome::Unknown } else { Outcome::NotSent };
    assert_eq!(error.outcome(), outcome, "{error}");
}
