//! A shop that follows its orders: a table of its own in the ledger's database, with a row for each event that was handled.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ottpay_ledger::store::{Dialect, Row, Store as _, Value};
use ottpay_ledger::{Alert, Claim, Event, Fail, Ledger, RunError, Tx};
use ottpay_sandbox::Sandbox;
use tokio::task::JoinHandle;

use crate::common::{Shared, Shop, Wire, client_of, clock, reference};

/// Runs each of these tests on every database.
macro_rules! on_each_database {
    ($($(#[$attribute:meta])* $name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test] $(#[$attribute])* async fn $name() {
                super::$name(crate::common::Shared::memory()).await;
            })*
        }
        #[cfg(feature = "postgres")]
        mod postgres {
            $(#[tokio::test] $(#[$attribute])* async fn $name() {
                if let Some(store) = crate::handled::postgres().await {
                    super::$name(store).await;
                }
            })*
        }
    };
}
pub(crate) use on_each_database;

const TABLE: &str = "CREATE TABLE shop_events (order_id TEXT, reference TEXT, kind TEXT, key TEXT, attempt BIGINT)";
const INSERT: &str = "INSERT INTO shop_events (order_id, reference, kind, key, attempt) VALUES ($1, $2, $3, $4, $5)";

/// What a handler does with an event and its number among all calls, before the event is recorded.
pub(crate) type Script = Box<dyn Fn(&Event, usize) -> Deed + Send + Sync>;

/// What a handler does.
pub(crate) enum Deed {
    /// Writes the event into the shop's table.
    Write,
    /// Writes it, and then fails.
    Fail(Fail),
    Panic,
    Hang,
    /// Ends the transaction itself after it has written.
    Run(&'static str),
}

/// A shop with a ledger whose settings the test has chosen, and the events it received.
pub(crate) struct Following {
    pub(crate) shop: Shop,
    pub(crate) alerts: Arc<Mutex<Vec<Alert>>>,
    pub(crate) calls: Arc<Mutex<Vec<Event>>>,
}

impl Following {
    pub(crate) async fn open(store: Shared) -> Self {
        Self::with(store, Duration::from_secs(5)).await
    }

    pub(crate) async fn with(store: Shared, handler_limit: Duration) -> Self {
        let (sandbox, wire) = (Sandbox::start().await.unwrap(), Wire::new());
        let client = client_of(&sandbox, &wire);
        let alerts = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&alerts);
        let builder = Ledger::builder(store.clone()).client(client.clone()).handler_limit(handler_limit);
        let builder = builder.queries_per_second(1000).on_alert(move |alert| told.lock().unwrap().push(alert.clone()));
        let ledger = builder.open().await.unwrap();
        store.run(TABLE).await;
        let shop = Shop { sandbox, wire, client, store, ledger };
        Self { shop, alerts, calls: Arc::default() }
    }

    /// An order whose link was given out.
    pub(crate) async fn order(&self, id: &str, of: &str) {
        self.shop.ledger.send(&self.shop.qr_code(id), &reference(of)).await.unwrap();
    }

    /// One that the buyer has paid.
    pub(crate) async fn paid(&self, id: &str, of: &str) {
        self.order(id, of).await;
        self.shop.sandbox.pay(id).await.unwrap();
    }

    /// Stores a callback for the order.
    pub(crate) async fn hint(&self, id: &str) {
        let now = clock(self.shop.store.dialect());
        let merchant = self.shop.sandbox.merchant_id();
        self.run(&format!(
            "INSERT INTO ottpay_hints AS h (merchant, id, seen, first_at, last_at, digest)
             VALUES ('{merchant}', '{id}', 1, {now}, {now}, '') ON CONFLICT (merchant, id) DO UPDATE SET seen = h.seen + 1"
        ))
        .await;
    }

    pub(crate) async fn claim(&self) -> Option<Claim> {
        self.shop.ledger.claim().await.unwrap()
    }

    /// Runs a statement, with the tables under the names that SQLite has them by.
    pub(crate) async fn run(&self, sql: &str) {
        let sql = match self.shop.store.dialect() {
            Dialect::Postgres => sql.replace("ottpay_", "ottpay."),
            _ => sql.to_owned(),
        };
        self.shop.store.run(&sql).await;
    }

    /// Starts a worker that records every event.
    pub(crate) fn work(&self) -> JoinHandle<Result<(), RunError>> {
        self.work_with(Box::new(|_, _| Deed::Write))
    }

    pub(crate) fn work_with(&self, script: Script) -> JoinHandle<Result<(), RunError>> {
        self.work_on(&self.shop.ledger, script)
    }

    pub(crate) fn work_on(&self, ledger: &Ledger, script: Script) -> JoinHandle<Result<(), RunError>> {
        let (calls, script) = (Arc::clone(&self.calls), Arc::new(script));
        tokio::spawn(ledger.run(move |event, tx| {
            let deed = {
                let mut calls = calls.lock().unwrap();
                calls.push(event.clone());
                script(&event, calls.len())
            };
            handle(event, tx, deed)
        }))
    }

    /// What the shop has recorded, in the order of the events.
    pub(crate) async fn written(&self) -> Vec<String> {
        let rows = self.shop.store.rows("SELECT kind, order_id, attempt FROM shop_events").await;
        let text = |row: &Row| {
            let (kind, id, attempt): (String, String, i64) =
                (row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap());
            format!("{kind} {id} {attempt}")
        };
        rows.iter().map(text).collect()
    }

    /// Waits until this many events are recorded, and a moment longer to detect one too many.
    pub(crate) async fn until_written(&self, count: usize) -> Vec<String> {
        eventually("events are written", async || self.written().await.len() >= count).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        self.written().await
    }

    /// The only value of a query.
    pub(crate) async fn text(&self, sql: &str) -> String {
        self.shop.store.text(sql).await
    }

    pub(crate) fn calls(&self) -> usize {
        self.calls.lock().unwrap().len()
    }

    pub(crate) fn alerts(&self) -> Vec<&'static str> {
        self.alerts.lock().unwrap().iter().map(Alert::as_str).collect()
    }
}

async fn handle(event: Event, mut tx: Tx, deed: Deed) -> Result<Tx, Fail> {
    match &deed {
        Deed::Panic => panic!("on purpose"),
        Deed::Hang => std::future::pending().await,
        _ => write(&event, &mut tx).await?,
    }
    match deed {
        Deed::Fail(fail) => Err(fail),
        Deed::Run(sql) => {
            tx.execute(sql, &[]).await?;
            Ok(tx)
        }
        _ => Ok(tx),
    }
}

/// Writes the event into the shop's table.
pub(crate) async fn write(event: &Event, tx: &mut Tx) -> Result<(), Fail> {
    tx.execute(INSERT, &columns(event)).await?;
    Ok(())
}

fn columns(event: &Event) -> [Value; 5] {
    [
        event.order_id.as_str().into(),
        event.reference.as_str().into(),
        event.kind.as_str().into(),
        event.key.to_string().into(),
        event.attempt.into(),
    ]
}

/// Waits until a condition holds, but not forever.
pub(crate) async fn eventually(what: &str, is_so: impl AsyncFn() -> bool) {
    for _ in 0..400 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("in vain: {what}");
}

/// A database of its own on the server that all tests share, if there is one.
#[cfg(feature = "postgres")]
pub(crate) async fn postgres() -> Option<Shared> {
    let url = crate::postgres_server::shared()?.fresh_database();
    Some(Shared::new(ottpay_ledger::Postgres::connect(&url).await.unwrap()))
}
