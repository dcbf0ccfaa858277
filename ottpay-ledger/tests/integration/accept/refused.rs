//! Rejected callbacks: the response has the status, but not the reason.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use super::shop::*;
use axum::routing::any;
use bytes::Bytes;
use http::{Method, Request};
use ottpay_ledger::axum::Accepted;
use ottpay_ledger::store::{BoxFuture, CommitError, Dialect, RawTx, Row, Store, StoreError, StoreErrorKind, Value};
use ottpay_ledger::{Answer, Sqlite};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// What an answer other than an acknowledgement may contain.
fn is_plain(answer: &Answer) -> bool {
    let texts = ["not accepted", "too large", "try again later", "expected a POST"];
    !answer.is_stored() && answer.content_type() == "text/plain" && texts.contains(&answer.body())
}

#[tokio::test]
async fn a_message_that_is_not_from_the_gateway_is_rejected_without_the_reason() {
    let shop = shop_in_memory().await;
    shop.note(MERCHANT, "T1", "open").await;
    let long = vec![b'x'; 1024 * 1024 + 1];
    let bodies: [(&[u8], u16); 8] = [
        (b"", 400),
        (b"{}", 400),
        (b"<html>", 400),
        (br#"{"merchant_id":"ON00004652","order_id":"T1","amount":"1999"}"#, 400),
        (&paid("T1").seal_corrupted(&key(KEY), MERCHANT), 400),
        (&paid("T1").seal(&key(OTHER_KEY), MERCHANT), 400),
        (&paid("T1").seal(&key(KEY), OTHER_MERCHANT), 400),
        (&long, 413),
    ];
    for (body, status) in bodies {
        let answer = shop.ledger.accept(body).await;
        assert_eq!(answer.status(), status);
        assert!(is_plain(&answer), "{answer:?}");
    }
    assert_eq!((shop.hints().await.len(), shop.count_strays().await), (0, 0));
}

#[tokio::test]
async fn only_a_post_is_handled() {
    let shop = shop_in_memory().await;
    let request = |method: Method, body: Vec<u8>| {
        Request::builder().method(method).uri("/ottpay").body(Bytes::from(body)).unwrap()
    };
    for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE, Method::OPTIONS] {
        let response = shop.ledger.handle(request(method, body(&paid("T1")))).await;
        assert_eq!((response.status().as_u16(), &response.headers()["allow"]), (405, &"POST".parse().unwrap()));
    }
    assert_eq!(shop.count_strays().await, 0);
    let response = shop.ledger.handle(request(Method::POST, body(&paid("T1")))).await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["content-type"]),
        (200, &"text/plain".parse().unwrap())
    );
    assert_eq!((&response.body()[..], response.headers().get("allow")), (&b"SUCCESS"[..], None));
    let response = shop.ledger.handle(request(Method::POST, b"{}".to_vec())).await;
    assert_eq!((response.status().as_u16(), &response.body()[..]), (400, &b"not accepted"[..]));
}

async fn hook(answer: Accepted) -> Accepted {
    answer
}

#[tokio::test]
async fn the_extractor_answers_as_the_ledger_does() {
    let shop = shop_in_memory().await;
    shop.note(MERCHANT, "T1", "open").await;
    let routes = axum::Router::new().route("/ottpay", any(hook)).with_state(shop.ledger.clone());
    let address = serve(routes).await;
    let callback = body(&paid("T1"));
    let (status, head, text) = exchange(&address, "POST", &callback).await;
    assert_eq!((status, text.as_str()), (200, "SUCCESS"));
    assert!(head.contains("content-type: text/plain"), "{head}");
    let (status, _, text) = exchange(&address, "POST", b"{}").await;
    assert_eq!((status, text.as_str()), (400, "not accepted"));
    let (status, head, text) = exchange(&address, "GET", &callback).await;
    assert_eq!((status, text.as_str()), (405, "expected a POST"));
    assert!(head.contains("allow: post"), "{head}");
    assert_eq!(shop.hints().await, [hint(MERCHANT, "T1", 1)]);
}

/// The length is not stated in advance, and the body never ends.
#[tokio::test]
async fn an_endless_body_is_given_up_at_the_limit() {
    let shop = shop_of(Sqlite::memory(), [client_of(MERCHANT, KEY).max_reply(4096).build().unwrap()]).await;
    let routes = axum::Router::new().route("/ottpay", any(hook)).with_state(shop.ledger.clone());
    let mut stream = tokio::net::TcpStream::connect(serve(routes).await).await.unwrap();
    let head = "POST /ottpay HTTP/1.1\r\nhost: shop.example\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let writing = tokio::spawn(async move {
        let mut written = 0;
        while writer.write_all(&[&b"400\r\n"[..], &[b'x'; 1024], b"\r\n"].concat()).await.is_ok() {
            written += 1024;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        written
    });
    let mut reply = [0; 12];
    reader.read_exact(&mut reply).await.unwrap();
    assert_eq!(&reply, b"HTTP/1.1 413");
    drop(reader);
    writing.abort();
}

/// A store that fails at one of its calls.
#[derive(Debug, Clone)]
struct Failing {
    store: Sqlite,
    /// 0: not at all; 1: begin, 2: the statement, 3: the commit, 4: the answer of the commit; 5: the first statement only.
    at: Arc<AtomicU8>,
}

struct FailingTx {
    tx: Box<dyn RawTx>,
    at: Arc<AtomicU8>,
}

fn error(kind: StoreErrorKind) -> StoreError {
    StoreError::new(kind, "the disk of host db-17 is full")
}

impl Store for Failing {
    fn dialect(&self) -> Dialect {
        self.store.dialect()
    }

    fn begin(&self, limit: Duration) -> BoxFuture<'_, Result<Box<dyn RawTx>, StoreError>> {
        Box::pin(async move {
            if self.at.load(Ordering::Relaxed) == 1 {
                return Err(error(StoreErrorKind::Unavailable));
            }
            let tx = self.store.begin(limit).await?;
            Ok(Box::new(FailingTx { tx, at: Arc::clone(&self.at) }) as Box<dyn RawTx>)
        })
    }
}

impl RawTx for FailingTx {
    fn execute<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> BoxFuture<'a, Result<u64, StoreError>> {
        self.tx.execute(sql, values)
    }

    fn query<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> BoxFuture<'a, Result<Vec<Row>, StoreError>> {
        match self.at.load(Ordering::Relaxed) {
            2 => Box::pin(async { Err(error(StoreErrorKind::Unavailable)) }),
            5 => {
                self.at.store(0, Ordering::Relaxed);
                Box::pin(async { Err(error(StoreErrorKind::Serialization)) })
            }
            _ => self.tx.query(sql, values),
        }
    }

    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<(), CommitError>> {
        let at = self.at.load(Ordering::Relaxed);
        Box::pin(async move {
            match at {
                3 => Err(CommitError::NotCommitted(error(StoreErrorKind::Unavailable))),
                4 => {
                    self.tx.commit().await?;
                    Err(CommitError::Unknown(error(StoreErrorKind::Unavailable)))
                }
                _ => self.tx.commit().await,
            }
        })
    }
}

#[tokio::test]
async fn rule_1_a_callback_that_is_not_stored_is_not_acknowledged() {
    let at = Arc::new(AtomicU8::new(0));
    let shop = shop_in(Failing { store: Sqlite::memory(), at: Arc::clone(&at) }).await;
    shop.note(MERCHANT, "T1", "open").await;
    for step in 1..=3 {
        at.store(step, Ordering::Relaxed);
        let answer = shop.accept(&paid("T1")).await;
        at.store(0, Ordering::Relaxed);
        assert_eq!((answer.status(), is_plain(&answer)), (503, true), "step {step}: {answer:?}");
        assert_eq!(shop.hints().await, [], "step {step}");
    }
    // The answer to the commit is lost: the callback is stored, and arrives again.
    at.store(4, Ordering::Relaxed);
    let answer = shop.accept(&paid("T1")).await;
    at.store(0, Ordering::Relaxed);
    assert_eq!((answer.status(), is_plain(&answer)), (503, true));
    assert!(shop.accept(&paid("T1")).await.is_stored());
    assert_eq!(shop.hints().await, [hint(MERCHANT, "T1", 2)]);
}

#[tokio::test]
async fn a_transaction_that_was_in_anothers_way_is_repeated() {
    let at = Arc::new(AtomicU8::new(0));
    let shop = shop_in(Failing { store: Sqlite::memory(), at: Arc::clone(&at) }).await;
    shop.note(MERCHANT, "T1", "open").await;
    at.store(5, Ordering::Relaxed);
    assert!(shop.accept(&paid("T1")).await.is_stored());
    assert_eq!(at.load(Ordering::Relaxed), 0, "it did fail once");
    assert_eq!(shop.hints().await, [hint(MERCHANT, "T1", 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_another_program_has_locked_is_answered_503() {
    let folder = Folder::new();
    let shop = shop_in(Sqlite::file(folder.file())).await;
    shop.note(MERCHANT, "T1", "open").await;
    let other = rusqlite::Connection::open(folder.file()).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let began = std::time::Instant::now();
    let callback = paid("T1");
    let answers = tokio::join!(shop.accept(&callback), shop.accept(&callback), shop.accept(&callback));
    for answer in [answers.0, answers.1, answers.2] {
        assert_eq!((answer.status(), is_plain(&answer)), (503, true));
    }
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    other.execute_batch("ROLLBACK").unwrap();
    drop(other);
    assert!(shop.accept(&paid("T1")).await.is_stored());
}

#[tokio::test]
async fn a_database_that_is_read_only_is_answered_503() {
    let folder = Folder::new();
    let shop = shop_in(Sqlite::file(folder.file())).await;
    assert!(shop.accept(&paid("S1")).await.is_stored());
    shop.query("PRAGMA query_only = 1", &[]).await;
    let answer = shop.accept(&paid("S2")).await;
    assert_eq!((answer.status(), is_plain(&answer)), (503, true));
    let other = rusqlite::Connection::open(folder.file()).unwrap();
    let stored = other.query_row("SELECT id FROM ottpay_strays", [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(stored, "S1");
}

#[tokio::test]
async fn a_full_database_is_answered_503_and_acknowledged_callbacks_are_kept() {
    let shop = shop_in_memory().await;
    let pages: i64 = shop.query("PRAGMA page_count", &[]).await[0].get(0).unwrap();
    shop.query(&format!("PRAGMA max_page_count = {}", pages + 4), &[]).await;
    let mut acknowledged = 0;
    let answer = loop {
        let remarks: String = (0..150).map(|n| format!("{acknowledged} and {n} ")).collect();
        let answer = shop.accept(&paid(&format!("T{acknowledged}")).field("remarks", &remarks)).await;
        if answer.status() != 200 {
            break answer;
        }
        acknowledged += 1;
        assert!(acknowledged < 1000);
    };
    assert_eq!((answer.status(), is_plain(&answer)), (503, true));
    assert!(acknowledged > 0);
    assert_eq!(shop.count_strays().await, acknowledged);
}
