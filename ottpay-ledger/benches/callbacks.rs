//! How many callbacks a second are stored, compared with bare `INSERT`s of equal size, and how long one waits
//! meanwhile. `cargo bench -p ottpay-ledger --all-features --bench callbacks`; with
//! `OTTPAY_BENCH_POSTGRES=postgres://…` there, too.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::float_arithmetic, missing_docs)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use ottpay::{Amount, Client, Currency, SignKey};
use ottpay_ledger::store::{Dialect, Store};
use ottpay_ledger::testing::Callback;
use ottpay_ledger::{Ledger, Postgres, Sqlite};
use tokio::task::JoinSet;

const MERCHANT: &str = "ON00004652";
const LIMIT: Duration = Duration::from_secs(5);
const FOR: Duration = Duration::from_secs(3);
const ORDERS: usize = 2000;

/// Repeats an operation on this many connections; returns how often it ran per second, and the times.
async fn measure<F: Future<Output = ()> + Send + 'static>(
    connections: usize,
    act: impl Fn(usize) -> F + Send + Sync + 'static,
) -> (f64, Vec<Duration>) {
    let (act, began) = (Arc::new(act), Instant::now());
    let mut tasks = JoinSet::new();
    for connection in 0..connections {
        let act = Arc::clone(&act);
        tasks.spawn(async move {
            let (mut times, mut turn) = (Vec::new(), connection);
            while began.elapsed() < FOR {
                let at = Instant::now();
                act(turn).await;
                times.push(at.elapsed());
                turn += connections;
            }
            times
        });
    }
    let mut times = tasks.join_all().await.concat();
    times.sort();
    (times.len() as f64 / began.elapsed().as_secs_f64(), times)
}

fn milliseconds(times: &[Duration], percent: usize) -> f64 {
    times.get(times.len() * percent / 100).map_or(0.0, |time| time.as_secs_f64() * 1e3)
}

async fn run(store: &dyn Store, sql: &str) {
    let mut tx = store.begin(LIMIT).await.unwrap();
    tx.execute(sql, &[]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn compare<S: Store + Clone>(name: &str, store: S) {
    let sign_key = SignKey::new("A8B5FE540E38A5A9").unwrap();
    let client = Client::builder().endpoint("http://127.0.0.1:9").merchant_id(MERCHANT).currency(Currency::CAD);
    let client = client.sign_key(sign_key.clone()).build().unwrap();
    let ledger = Ledger::open(store.clone(), [client]).await.unwrap();
    let orders = if store.dialect() == Dialect::Postgres { "ottpay.orders" } else { "ottpay_orders" };
    run(
        &store,
        &format!(
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {ORDERS})
             INSERT INTO {orders} (merchant, id, role, action, reference, amount, tracked, noted_at, state, alive_at)
             SELECT '{MERCHANT}', 'T' || i, 'order', 'active_pay', 'tea', 1999, '{{}}', 0, 'open', 0 FROM n"
        ),
    )
    .await;
    let serial = if store.dialect() == Dialect::Postgres { "BIGSERIAL" } else { "INTEGER" };
    run(&store, &format!("CREATE TABLE bare (serial {serial} PRIMARY KEY, merchant TEXT, id TEXT, fields TEXT)")).await;
    let callback =
        |order: usize| Callback::new(&format!("T{order}"), Amount::from_minor(1999)).seal(&sign_key, MERCHANT);
    let bodies: Arc<Vec<_>> = Arc::new((0..ORDERS).map(callback).collect());
    for connections in [1, 32] {
        let bare = {
            let store = store.clone();
            let insert = move |turn: usize| {
                let store = store.clone();
                async move {
                    let mut tx = store.begin(LIMIT).await.unwrap();
                    let values = [MERCHANT.into(), format!("T{turn}").into(), "x".repeat(250).into()];
                    let sql = "INSERT INTO bare (merchant, id, fields) VALUES ($1, $2, $3)";
                    tx.execute(sql, &values).await.unwrap();
                    tx.commit().await.unwrap();
                }
            };
            measure(connections, insert).await.0
        };
        for (what, orders) in [("of different orders", ORDERS), ("of one order", 1)] {
            let (ledger, bodies) = (ledger.clone(), Arc::clone(&bodies));
            let accept = move |turn: usize| {
                let (ledger, bodies) = (ledger.clone(), Arc::clone(&bodies));
                async move { assert!(ledger.accept(bodies.get(turn % orders).unwrap()).await.is_stored()) }
            };
            let (rate, times) = measure(connections, accept).await;
            println!(
                "{name}, {connections:2} at once: {rate:6.0} callbacks {what} a second, {:.2} of {bare:.0} bare INSERTs; \
                 median {:.1} ms, 99 % within {:.1} ms",
                rate / bare,
                milliseconds(&times, 50),
                milliseconds(&times, 99)
            );
        }
    }
    // As a handler does it: one open transaction after the other.
    for open in [10, 100, 1000].map(Duration::from_millis) {
        let busy = store.clone();
        let handler = tokio::spawn(async move {
            loop {
                let mut tx = busy.begin(LIMIT).await.unwrap();
                tx.execute("UPDATE bare SET fields = '' WHERE serial = 1", &[]).await.unwrap();
                tokio::time::sleep(open).await;
                tx.commit().await.unwrap();
            }
        });
        let (ledger, bodies) = (ledger.clone(), Arc::clone(&bodies));
        let accept = move |turn: usize| {
            let (ledger, bodies) = (ledger.clone(), Arc::clone(&bodies));
            async move { assert!(ledger.accept(bodies.get(turn % ORDERS).unwrap()).await.is_stored()) }
        };
        let (rate, times) = measure(32, accept).await;
        handler.abort();
        println!(
            "{name}, while a handler has its transaction open for {open:?} again and again: {rate:.0} a second, \
             median {:.1} ms, 99 % within {:.1} ms",
            milliseconds(&times, 50),
            milliseconds(&times, 99)
        );
    }
}

#[tokio::main]
async fn main() {
    let folder = std::env::temp_dir().join(format!("ottpay-callbacks-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    compare("SQLite", Sqlite::file(folder.join("shop.db"))).await;
    std::fs::remove_dir_all(&folder).unwrap();
    if let Ok(address) = std::env::var("OTTPAY_BENCH_POSTGRES") {
        compare("PostgreSQL", Postgres::connect(&address).await.unwrap()).await;
    }
}
