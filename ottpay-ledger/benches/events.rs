//! Events handled per second, by 1 and 4 workers: of orders that are paid and have a callback each, asked about at a sandbox.
//!
//! `cargo bench -p ottpay-ledger --features sqlite,postgres --bench events`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::indexing_slicing)]
#![allow(dead_code, missing_docs)]

#[path = "../tests/integration"]
mod integration {
    pub(crate) mod postgres_server;
}

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use integration::postgres_server;
use ottpay::{Amount, BizType, Client, Currency, OrderId};
use ottpay_ledger::store::{BoxFuture, Dialect, RawTx, Store, StoreError};
use ottpay_ledger::{Ledger, Postgres, Reference, Sqlite};
use ottpay_sandbox::Sandbox;

const ORDERS: u32 = 400;

/// A store that the bench writes hints into as well.
#[derive(Debug, Clone)]
struct Shared(Arc<dyn Store>);

impl Store for Shared {
    fn dialect(&self) -> Dialect {
        self.0.dialect()
    }

    fn begin(&self, limit: Duration) -> BoxFuture<'_, Result<Box<dyn RawTx>, StoreError>> {
        self.0.begin(limit)
    }
}

#[tokio::main]
async fn main() {
    for workers in [1, 4] {
        let file = std::env::temp_dir().join(format!("ottpay-events-{}-{workers}.db", std::process::id()));
        measure("SQLite, WAL", Shared(Arc::new(Sqlite::file(&file).wal(true))), workers).await;
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
        }
    }
    let Some(server) = postgres_server::Server::start_durable() else { return };
    for workers in [1, 4] {
        let store = Shared(Arc::new(Postgres::connect(&server.fresh_database()).await.unwrap()));
        measure("PostgreSQL", store, workers).await;
    }
}

async fn measure(name: &str, store: Shared, workers: u32) {
    let sandbox = Sandbox::start().await.unwrap();
    let builder = Client::builder().endpoint(sandbox.url()).merchant_id(sandbox.merchant_id());
    let client = builder.sign_key(sandbox.sign_key()).currency(Currency::CAD).build().unwrap();
    let ledger = Ledger::builder(store.clone()).client(client.clone()).queries_per_second(100_000);
    let ledger = ledger.open().await.unwrap();
    for number in 0..ORDERS {
        let id = OrderId::new(format!("T{number}")).unwrap();
        let request = client.active_pay().order_id(&id).amount(Amount::from_minor(1999)).without_operator_id();
        let request = request.biz_type(BizType::WechatPay).call_back_url("http://127.0.0.1:9/").build().unwrap();
        ledger.send(&request, &Reference::from(&id)).await.unwrap();
        sandbox.pay(id.as_str()).await.unwrap();
    }
    let (hints, orders) = match store.dialect() {
        Dialect::Postgres => ("ottpay.hints", "ottpay.orders"),
        _ => ("ottpay_hints", "ottpay_orders"),
    };
    // No order is due by its schedule: each has one turn, because of its hint.
    run(&store, &format!("UPDATE {orders} SET next_at = NULL")).await;
    run(
        &store,
        &format!(
            "INSERT INTO {hints} (merchant, id, seen, first_at, last_at, digest) SELECT merchant, id, 1, 1, 1, '' FROM {orders}"
        ),
    )
    .await;
    let handled = Arc::new(AtomicU32::new(0));
    let began = Instant::now();
    let running: Vec<_> = (0..workers)
        .map(|_| {
            let handled = Arc::clone(&handled);
            tokio::spawn(ledger.run(move |_, tx| {
                let handled = Arc::clone(&handled);
                async move {
                    handled.fetch_add(1, Ordering::Relaxed);
                    Ok(tx)
                }
            }))
        })
        .collect();
    while handled.load(Ordering::Relaxed) < ORDERS {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let millis = began.elapsed().as_millis();
    ledger.stop();
    for worker in running {
        worker.await.unwrap().unwrap();
    }
    println!("{name}, {workers} workers: {} events a second", u128::from(ORDERS) * 1000 / millis.max(1));
}

async fn run(store: &Shared, sql: &str) {
    let mut tx = store.begin(Duration::from_secs(60)).await.unwrap();
    tx.execute(sql, &[]).await.unwrap();
    tx.commit().await.unwrap();
}
