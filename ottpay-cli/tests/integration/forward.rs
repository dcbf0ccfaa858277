//! `ottpay listen --ledger --forward-to`: what a shop in another language learns, and when.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use ottpay::{Amount, BizType, OrderId, SignKey};
use ottpay_ledger::Sqlite;
use ottpay_ledger::store::Store as _;
use ottpay_sandbox::Sandbox;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::common::{self, KEY, MERCHANT, Running, folder, run};
use crate::ledger::{as_merchant, client};

/// Two secrets, as during a change of the secret.
const SECRETS: [&str; 2] =
    ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="];

const PATIENCE: Duration = Duration::from_secs(30);

/// The requests that the shop received.
struct Webhook {
    headers: HeaderMap,
    body: String,
}

impl Webhook {
    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// What a library of Standard Webhooks checks.
    fn is_signed_by(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
        mac.update(
            format!("{}.{}.{}", self.header("webhook-id"), self.header("webhook-timestamp"), self.body).as_bytes(),
        );
        let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        self.header("webhook-signature").split(' ').any(|signature| signature == expected)
    }
}

/// The shop's own endpoint.
struct Shop {
    url: String,
    came: mpsc::UnboundedReceiver<Webhook>,
    /// Its next answers; 200 if there are none.
    answers: Arc<Mutex<VecDeque<u16>>>,
}

impl Shop {
    async fn start(answers: impl IntoIterator<Item = u16>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/ottpay?token=s3cret", listener.local_addr().unwrap());
        let (sender, came) = mpsc::unbounded_channel();
        let answers = Arc::new(Mutex::new(answers.into_iter().collect::<VecDeque<_>>()));
        let next = Arc::clone(&answers);
        let handler = async move |headers: HeaderMap, body: String| {
            let status = next.lock().unwrap().pop_front().unwrap_or(200);
            let _ = sender.send(Webhook { headers, body });
            (StatusCode::from_u16(status).unwrap(), [("location", "http://127.0.0.1:9/")])
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handler)).await });
        Self { url, came, answers }
    }

    async fn next(&mut self) -> Webhook {
        timeout(PATIENCE, self.came.recv()).await.expect("no webhook has come").unwrap()
    }

    /// Nothing arrives for a while.
    async fn hears_nothing(&mut self) {
        let more = timeout(Duration::from_secs(2), self.came.recv()).await;
        assert!(more.is_err(), "{}", more.unwrap().unwrap().body);
    }
}

async fn sandbox() -> Sandbox {
    Sandbox::builder().merchant_id(MERCHANT).sign_key(SignKey::new(KEY).unwrap()).start().await.unwrap()
}

/// `ottpay listen --ledger …`, and where it listens.
fn listen(file: &Path, sandbox: &Sandbox, forward_to: Option<&str>) -> (Running, String) {
    let mut arguments = vec!["listen", "--listen", "127.0.0.1:0"];
    arguments.extend(forward_to.map(|url| ["--forward-to", url]).into_iter().flatten());
    let mut command = as_merchant(file, sandbox.url(), &arguments);
    command.env("OTTPAY_WEBHOOK_SECRET", SECRETS.join(" "));
    let running = Running::start(command);
    let url = running.err().strip_prefix("listening on ").unwrap().to_owned();
    assert!(running.err().starts_with("ledger "), "what it does is said");
    (running, url)
}

/// Creates an order as a program in another language would: with a client of its own.
async fn create(sandbox: &Sandbox, id: &str, callback: &str) {
    let client = client(sandbox.url());
    let payment = client.active_pay().order_id(OrderId::new(id).unwrap()).amount(Amount::from_minor(1999));
    let payment = payment.biz_type(BizType::Alipay).operator_id("0000020156").call_back_url(callback);
    payment.send().await.unwrap();
}

fn note(file: &Path, sandbox: &Sandbox, id: &str, callback: &str) {
    let [id, callback] = [format!("order_id={id}"), format!("call_back_url={callback}")];
    let arguments =
        ["ledger", "note", "active_pay", "--reference", "1042", "--set", &id, "--set", "amount=1999", "--set"];
    let more = ["biz_type=ALIPAY", "--set", "operator_id=0000020156", "--set", &callback];
    let done = run(as_merchant(file, sandbox.url(), &[&arguments[..], &more].concat()), "");
    assert_eq!((done.code, done.out.as_str(), done.err.as_str()), (0, "", ""));
}

async fn write(file: &Path, sql: &str) {
    let mut txn = Sqlite::file(file).begin(Duration::from_secs(5)).await.unwrap();
    txn.execute(sql, &[]).await.unwrap();
    txn.commit().await.unwrap();
}

/// Nothing that is printed and no file contains a secret.
fn keeps_secrets(file: &Path, running: Running) {
    let printed: Vec<String> = running.out.try_iter().chain(running.err.try_iter()).collect();
    drop(running);
    let mut stored = Vec::new();
    for entry in std::fs::read_dir(file.parent().unwrap()).unwrap() {
        stored.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    let all = [printed.join("\n").into_bytes(), stored].concat();
    for secret in [KEY, "s3cret", SECRETS[0], SECRETS[1], &SECRETS[0][6..], &SECRETS[1][6..]] {
        assert!(!all.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret} in {printed:?} or a file");
    }
}

fn new_file() -> PathBuf {
    folder().join("shop.db")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_in_any_language_gets_one_signed_event_for_a_payment() {
    let (sandbox, mut shop, file) = (sandbox().await, Shop::start([500, 302]).await, new_file());
    let (running, callback) = listen(&file, &sandbox, Some(&shop.url));
    note(&file, &sandbox, "T1", &callback);
    create(&sandbox, "T1", &callback).await;
    sandbox.pay("T1").await.unwrap();
    // Rejected twice, and posted again.
    let webhooks = [shop.next().await, shop.next().await, shop.next().await];
    for (webhook, attempt) in webhooks.iter().zip(1..) {
        let event = webhook.json();
        assert_eq!(
            (&event["type"], &event["order_id"], &event["reference"]),
            (&"paid".into(), &"T1".into(), &"1042".into())
        );
        assert_eq!((&event["attempt"], &event["data"]["paid"]["amount"]), (&attempt.into(), &1999.into()));
        assert_eq!(webhook.header("webhook-id"), event["key"].as_str().unwrap());
        assert_eq!(webhook.header("webhook-id"), webhooks[0].header("webhook-id"));
        assert!(SECRETS.into_iter().all(|secret| webhook.is_signed_by(secret)), "{:?}", webhook.headers);
        assert!(!webhook.is_signed_by("whsec_QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI="));
        assert_eq!(webhook.header("content-type"), "application/json");
    }
    shop.hears_nothing().await;
    let said: Vec<String> = (0..3).map(|_| running.err()).collect();
    assert_eq!(
        said,
        [
            "paid T1 (1042): the shop answered 500; will retry later",
            "paid T1 (1042), attempt 2: the shop answered 302; redirects are not followed; will retry later",
            "paid T1 (1042), attempt 3: delivered, 200",
        ]
    );
    keeps_secrets(&file, running);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_noted_after_its_callback_is_reported_and_one_that_is_not_is_not() {
    let (sandbox, mut shop, file) = (sandbox().await, Shop::start([]).await, new_file());
    let (running, callback) = listen(&file, &sandbox, Some(&shop.url));
    create(&sandbox, "T1", &callback).await;
    sandbox.pay("T1").await.unwrap();
    let said = running.err();
    assert!(
        said.contains("the order `T1` of a callback is not noted") && said.contains("ottpay ledger note"),
        "{said}"
    );
    shop.hears_nothing().await;
    note(&file, &sandbox, "T1", &callback);
    assert_eq!(shop.next().await.json()["type"], "paid");
    assert_eq!(running.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_between_callback_and_shop_loses_nothing() {
    let (sandbox, mut shop, file) = (sandbox().await, Shop::start([]).await, new_file());
    let (running, callback) = listen(&file, &sandbox, None);
    note(&file, &sandbox, "T1", &callback);
    create(&sandbox, "T1", &callback).await;
    // The callback is acknowledged.
    sandbox.pay("T1").await.unwrap();
    // This kills it without a clean shutdown.
    drop(running);
    shop.answers.lock().unwrap().push_back(500);
    let (running, _) = listen(&file, &sandbox, Some(&shop.url));
    let first = shop.next().await;
    drop(running);
    // The lease of one minute that the killed process held ends.
    write(&file, "UPDATE ottpay_orders SET turn_until = NULL, next_at = 0").await;
    write(&file, "UPDATE ottpay_events SET offered_until = 0 WHERE done_at IS NULL").await;
    let (running, _) = listen(&file, &sandbox, Some(&shop.url));
    let second = shop.next().await;
    assert_eq!(first.header("webhook-id"), second.header("webhook-id"));
    shop.hears_nothing().await;
    keeps_secrets(&file, running);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_fails_for_too_long_is_parked_and_replayed() {
    let (sandbox, mut shop, file) = (sandbox().await, Shop::start([500, 500]).await, new_file());
    let (running, callback) = listen(&file, &sandbox, Some(&shop.url));
    note(&file, &sandbox, "T1", &callback);
    create(&sandbox, "T1", &callback).await;
    sandbox.pay("T1").await.unwrap();
    shop.next().await;
    running.err();
    // As if it had failed for days.
    write(&file, "UPDATE ottpay_orders SET tries = 10, failing_since = 1, next_at = 0").await;
    let parked = shop.next().await;
    running.err();
    shop.hears_nothing().await;
    let mut list = common::ottpay(&["ledger", "parked"]);
    list.env("OTTPAY_LEDGER", &file);
    let listed = run(list, "").out;
    assert!(listed.contains("T1     1042") && listed.contains("the shop answered 500"), "{listed}");
    let replay =
        |arguments: &[&str]| run(as_merchant(&file, sandbox.url(), &[&["ledger", "replay"], arguments].concat()), "");
    assert_eq!(replay(&["--all", "--since", "1h"]).err, "1 to be delivered again\n");
    let replayed = shop.next().await;
    assert_eq!(replayed.header("webhook-id"), parked.header("webhook-id"));
    assert_eq!(replay(&["--all"]).err, "0 to be delivered again\n");
    replay(&["T9"]).fails(1, &["nothing is parked under this id"]);
    replay(&[]).fails(2, &["--all"]);
    drop(running);
}

#[tokio::test]
async fn an_order_that_only_a_person_can_settle_is_settled_and_kept() {
    let file = crate::ledger::new_ledger("http://127.0.0.1:9").await;
    let sql = format!(
        "INSERT INTO ottpay_orders (merchant, id, role, action, reference, amount, currency, tracked, noted_at, sends, state,
             alive_at)
         VALUES ('{MERCHANT}', 'T1', 'order', 'active_pay', '1042', 1999, 'CAD', '{{}}', 1, 1, 'unconfirmed', 1)"
    );
    write(&file, &sql).await;
    let settle = |id: &str, verdict: &str, why: &str| {
        let arguments = ["ledger", "settle", id, "--verdict", verdict, "--by", "Ann", "--why", why];
        run(as_merchant(&file, "http://127.0.0.1:9", &arguments), "")
    };
    settle("T9", "paid", "seen").fails(1, &["not settled", "`T9`", "ledger list"]);
    settle("T1", "payed", "seen").fails(2, &["not_refunded"]);
    settle("T1", "refunded", "seen").fails(1, &["verdict `refunded` does not apply to a payment"]);
    settle("T1", "paid", " ").fails(1, &["expected a name and a reason"]);
    assert_eq!(settle("T1", "paid", "seen in the portal").code, 0);
    let mut show = common::ottpay(&["ledger", "show", "T1"]);
    show.env("OTTPAY_LEDGER", &file);
    let shown = run(show, "").out;
    assert!(
        shown.contains("settled: ") && shown.contains("paid     Ann") && shown.contains("seen in the portal"),
        "{shown}"
    );
}

#[test]
fn an_address_without_a_ledger_or_a_secret_is_rejected_with_help() {
    let file = new_file();
    let file = file.to_str().unwrap();
    let listen = |arguments: &[&str], secret: Option<&str>| {
        let mut command = common::sample(&[&["listen", "--listen", "127.0.0.1:0"], arguments].concat());
        command.env("OTTPAY_CURRENCY", "CAD");
        if let Some(secret) = secret {
            command.env("OTTPAY_WEBHOOK_SECRET", secret);
        }
        run(command, "")
    };
    let to = |url| ["--ledger", file, "--forward-to", url];
    listen(&["--forward-to", "localhost:3000"], None).fails(2, &["needs a ledger", "--ledger shop.db", "ledger note"]);
    listen(&to("localhost:3000"), None)
        .fails(2, &["webhook secret is not set", "OTTPAY_WEBHOOK_SECRET", "openssl rand"]);
    let bad = listen(&to("localhost:3000"), Some("whsec_s3cret"));
    bad.fails(2, &["invalid webhook secret", "the variable OTTPAY_WEBHOOK_SECRET sets it"]);
    assert!(!bad.err.contains("s3cret"), "{bad:?}");
    let far = listen(&to("http://shop.example/ottpay"), Some(SECRETS[0]));
    far.fails(2, &["plain HTTP to another machine", "https://", "--plain-http"]);
    listen(&to("ftp://shop.example"), Some(SECRETS[0])).fails(2, &["expected a URL such as"]);
    assert!(!Path::new(file).exists());
}
