//! A shop on the ledger that prints everything it receives, on SQLite and on PostgreSQL, and another one, in another
//! language, that uses the command. `silence` runs it in a process of its own, and searches what it printed, stored and
//! started.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::routing::post;
use ottpay::{Amount, BizType, Client, Currency, PassivePay, RefundId, Timestamp};
use ottpay_ledger::store::Store;
use ottpay_ledger::{Event, Fail, Filter, Inspector, Ledger, Postgres, Reference, Schedule, Sqlite, State, Tx};
use ottpay_sandbox::Sandbox;

use super::command;
use super::printing::{Prints, show, show_error, trace_everything};
use super::shop::read_callback;
use super::values::{SIGN_KEY, Scope, VALUES, Values};
use crate::common::postgres_server::Server;
use crate::common::{OPERATOR, accepted_with, client_of, key, order, refund_id, shop_that};

/// Part of the reference of each order. It is stored, printed and passed as an argument, as no secret may be: where it
/// is not found, a secret would not be found, either.
pub(super) const CANARY: &str = "Zq7Canary";

/// The sandbox's faults that affect a reply, by the amount that requests them.
const FAULTS: [u64; 7] = [900_001, 900_003, 900_004, 900_005, 900_006, 900_007, 900_008];

fn reference(number: usize) -> Reference {
    Reference::new(format!("{CANARY} {number}")).unwrap()
}

/// A payment with a code from the buyer's wallet, which is a secret.
fn scanned(client: &Client, id: &str, amount: u64, values: &Values) -> PassivePay {
    let code = format!("Zq7code of the wallet for {id}");
    values.add(Scope::Everywhere, "the code of a wallet", &code);
    let payment = client.passive_pay().order_id(order(id)).amount(Amount::from_minor(amount)).operator_id(OPERATOR);
    payment.auth_code(code).biz_type(BizType::Alipay).build().unwrap()
}

/// What the shop does with an event: it prints the event, fails in each way, and tries to store a request that contains
/// a secret.
async fn handle(client: Client, values: Values, call: usize, event: Event, mut tx: Tx) -> Result<Tx, Fail> {
    show(&event);
    show(&tx);
    eprintln!("{}", event.to_json());
    match call {
        0 => panic!("the handler panics at {event:?}"),
        1 => return Err(std::fmt::Error.into()),
        _ => {}
    }
    let later = scanned(&client, &format!("{}L", event.order_id), 100, &values);
    show_error(&tx.send_later(&later, &event.reference).await.unwrap_err());
    Ok(tx)
}

/// Every payment whose request contains a secret, a refund, a link, and requests that fail.
async fn send_all(ledger: &Ledger, client: &Client, callback: &str, values: &Values) {
    let secret = |what: &str| {
        let value = format!("Zq7{} of the buyer", what.replace(' ', ""));
        values.add(Scope::Everywhere, what, &value);
        value
    };
    let hundred = Amount::from_minor(100);
    let code = client.active_pay().order_id(order("L1")).amount(hundred).biz_type(BizType::WechatPay);
    let code = code.operator_id(OPERATOR).call_back_url(callback).build().unwrap();
    show(&ledger.send(&code, &reference(1)).await.unwrap());
    show_error(&ledger.send(&code, &reference(1)).await.unwrap_err());
    show(&ledger.charge(&scanned(client, "L2", 100, values), &reference(2)).await.unwrap());
    let card = client.portico_purchase().order_id(order("L3")).shop_id("S1").operator_id(OPERATOR);
    let card = card.txn_time(Timestamp::now_utc()).txn_amt(hundred).cc_number(secret("card number"));
    let card = card.cc_sha(secret("digest of a card")).currency(Currency::CAD).cc_maskednum("4242").build().unwrap();
    show(&card);
    show(&ledger.send(&card, &reference(3)).await.unwrap());
    let program = client.mapp_pay().order_id(order("L4")).operator_id(OPERATOR).amount(hundred).app_id("wx");
    let program = program.open_id(secret("open id")).call_back_url(callback).build().unwrap();
    show(&ledger.send(&program, &reference(4)).await.unwrap());
    let app = client.in_app_pay_wechat().user_id("wxcbb0a73d2d5a8888").amount(hundred).operator_id(OPERATOR);
    let app = app.order_id(order("L5")).call_back_url(callback).build().unwrap();
    let reply = ledger.send(&app, &reference(5)).await.unwrap();
    values.add(Scope::Everywhere, "the key of a reply", reply.wxapikey());
    show(&reply);
    let link = client.h5_pay_link().mer_code(secret("merchant code")).order_id(order("L6")).amount(hundred);
    let link = link.new_url("https://shop.example/result").url().unwrap();
    show(&link);
    for (number, amount) in (10..).zip(FAULTS) {
        let failing = scanned(client, &format!("L{number}"), amount, values);
        match ledger.send(&failing, &reference(number)).await {
            Ok(reply) => show(&reply),
            Err(error) => show_error(&error),
        }
    }
}

/// A shop on this store, until all of its payments have ended.
async fn run<S: Store + Clone>(store: S, values: &Values, before_end: impl AsyncFnOnce()) {
    let attempts = Sandbox::builder().callback_attempts(2, Duration::from_millis(20));
    let sandbox = attempts.sign_key(key(SIGN_KEY)).start().await.unwrap();
    let client = client_of(&sandbox).observer(Prints).currency(Currency::CAD).timeout(Duration::from_secs(5));
    let client = client.build().unwrap();
    let ledger = Ledger::builder(store.clone()).client(client.clone()).queries_per_second(1000).on_alert(show);
    let ledger = ledger.schedule(Schedule::every(Duration::from_millis(200)));
    show(&ledger);
    let ledger = ledger.open().await.unwrap();
    show(&ledger);

    let (own, reader, seen) = (ledger.clone(), client.clone(), values.clone());
    let callback = shop_that(post(async move |body: Bytes| {
        read_callback(&reader, &body, &seen);
        let answer = own.accept(&body).await;
        show(&answer);
        answer
    }))
    .await;
    send_all(&ledger, &client, &callback, values).await;

    let (calls, handler, seen) = (Arc::new(AtomicUsize::new(0)), client.clone(), values.clone());
    let worker = tokio::spawn(ledger.run(move |event, tx| {
        let call = calls.fetch_add(1, Ordering::SeqCst);
        handle(handler.clone(), seen.clone(), call, event, tx)
    }));
    for id in ["L1", "L4", "L5"] {
        sandbox.pay(id).await.unwrap();
    }
    until_paid(&ledger, &["L1", "L2", "L3", "L4", "L5"]).await;
    let refund = client.refund().order_id(refund_id("L7")).ori_order_id(order("L1")).refund_amt(Amount::from_minor(40));
    show(&ledger.send(&refund.build().unwrap(), &reference(1)).await.unwrap());
    let unknown = client.refund().order_id(RefundId::random()).ori_order_id(order("L9"));
    let unknown = unknown.refund_amt(Amount::from_minor(1)).build().unwrap();
    show_error(&ledger.send(&unknown, &reference(9)).await.unwrap_err());

    // Callbacks that are kept, and callbacks that are not.
    let buyer = "Zq7buyer at the wallet of the stray";
    values.add(Scope::Everywhere, "the buyer's id in a stray callback", buyer);
    let fields = format!(
        r#"{{"finish_time":"2025-01-01 00:00:00","order_id":"{CANARY}9","amount":"1999","bizpay_order_id":"WX1","merchant_id":"{}","sub_openId":"{buyer}"}}"#,
        sandbox.merchant_id()
    );
    for sign_key in [SIGN_KEY, "another key"] {
        let body = accepted_with(&fields, &key(sign_key)).to_body(ottpay::Framing::Json);
        show(&ledger.accept(&body).await);
    }
    show(&ledger.accept(fields.as_bytes()).await);
    look_at(store, &ledger).await;
    before_end().await;
    ledger.stop();
    worker.await.unwrap().unwrap();
}

async fn until_paid(ledger: &Ledger, ids: &[&str]) {
    let start = Instant::now();
    loop {
        let orders = ledger.orders(&Filter::new()).await.unwrap();
        let is_paid = |id: &&str| orders.iter().any(|view| view.order_id() == *id && view.state() == State::Paid);
        if ids.iter().all(is_paid) {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "{orders:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Everything that people and programs can see of a ledger.
async fn look_at(store: impl Store, ledger: &Ledger) {
    let inspector = Inspector::open(store).await.unwrap();
    show(&inspector);
    let orders = inspector.orders(&Filter::new()).await.unwrap();
    for view in &orders {
        show(view);
        let details = inspector.inspect(view.order_id()).await.unwrap();
        show(&details);
        eprintln!("{}\n{}", serde_json::to_string(view).unwrap(), serde_json::to_string(&details).unwrap());
    }
    let (strays, health) = (inspector.strays(100).await.unwrap(), ledger.health().await.unwrap());
    assert_eq!(strays.len(), 1, "{strays:?}");
    show(&strays);
    show(&health);
    eprintln!("{}\n{}", serde_json::to_string(&strays).unwrap(), serde_json::to_string(&health).unwrap());
}

/// The rows of all of the ledger's tables, as text.
fn read_rows(server: &Server, url: &str) -> String {
    let tables = server.psql(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'ottpay'");
    let rows = |table: &str| server.psql(url, &format!("SELECT row::text FROM ottpay.\"{table}\" AS row"));
    tables.lines().map(|table| format!("{table}\n{}\n", rows(table))).collect()
}

/// Databases that cannot be opened, with a password in the address.
async fn fail_to_open(url: &str, values: &Values) {
    let password = "Zq7PasswordOfTheDatabase";
    values.add(Scope::Everywhere, "a password of a database", password);
    let at = url.rsplit_once('@').map_or("127.0.0.1:9/x", |(_, at)| at);
    for url in [
        format!("postgres://postgres:{password}@{at}"),
        format!("postgres://nobody:{password}@127.0.0.1:9/x"),
        format!("postgres://postgres:{password}#@{at}"),
        format!("postgres://postgres:{password}@{at}?sslmode=require"),
        password.to_owned(),
    ] {
        show_error(&Postgres::connect(&url).await.unwrap_err());
    }
    show(&Sqlite::file("/no such folder/shop.db"));
    let client = Client::builder().merchant_id("ON00004652").sign_key(key(SIGN_KEY)).build().unwrap();
    show_error(&Ledger::open(Sqlite::file("/no such folder/shop.db"), [client]).await.unwrap_err());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "`silence` runs it in a process of its own"]
async fn everything_is_printed_and_stored() {
    let file = std::env::var(VALUES).expect("run by `silence`, which names a file for the values");
    let folder = Path::new(&file).parent().unwrap();
    trace_everything();
    tracing::trace!(CANARY, "what is traced is searched");
    log::trace!("what is logged is searched: {CANARY}");
    let values = Values::default();
    values.add(Scope::Everywhere, "the sign key", SIGN_KEY);

    let sqlite = Sqlite::file(folder.join("shop.db")).wal(true);
    show(&sqlite);
    run(sqlite, &values, async || {
        // It is removed when the last connection is closed.
        std::fs::copy(folder.join("shop.db-wal"), folder.join("shop.wal")).unwrap();
    })
    .await;
    let mut url = String::new();
    if let Some(server) = Server::start() {
        url = server.fresh_database();
        let (password, _) = url.trim_start_matches("postgres://postgres:").split_once('@').unwrap();
        values.add(Scope::Everywhere, "the password of the database", password);
        let postgres = Postgres::connect(&url).await.unwrap();
        show(&postgres);
        run(postgres, &values, async || {}).await;
        std::fs::write(folder.join("rows"), read_rows(&server, &url)).unwrap();
        std::fs::copy(server.folder().join("server.log"), folder.join("server.log")).unwrap();
        fail_to_open(&url, &values).await;
    }
    if url.is_empty() {
        fail_to_open(&url, &values).await;
    }
    command::run(folder, &values).await;
    values.write(&file);
}
