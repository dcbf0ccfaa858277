//! A shop with a ledger, which may end and begin again on the same database.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ottpay_ledger::store::{Dialect, Row, Store, Value};
use ottpay_ledger::{Event, Fail, Kind, Ledger, OpenError, State, Tx};
use tokio::task::JoinHandle;

use super::fault::Step;
use super::life::{Life, Mortal};
use super::taker::Taker;
use super::world::World;
use crate::due::count_due;

/// A database, and how to make it unreachable and reachable again.
pub(crate) struct Database {
    pub(crate) store: Arc<dyn Store>,
    /// The address, on PostgreSQL, where it really becomes unreachable.
    pub(crate) address: Option<String>,
}

pub(crate) struct Shop {
    database: Database,
    pub(crate) life: Life,
    pub(crate) ledger: Ledger,
    worker: Option<JoinHandle<()>>,
    /// How far its clock is ahead.
    ahead: Duration,
}

const TABLE: &str = "CREATE TABLE shop_effects (event_key TEXT, id TEXT, kind TEXT, minor BIGINT)";

impl Shop {
    pub(crate) async fn open(world: &World, life: Life, database: Database) -> Self {
        let ledger = open_ledger(world, &life, &database, Duration::ZERO).await;
        let shop = Self { database, life, ledger, worker: None, ahead: Duration::ZERO };
        shop.run(TABLE).await;
        shop.take_callbacks(world);
        shop
    }

    pub(crate) fn take_callbacks(&self, world: &World) {
        world.set_taker(Taker::Ledger(self.ledger.clone(), self.life.clone()));
    }

    /// Begins again after its end, as another process on the same database. The line belongs to the new one.
    pub(crate) async fn reopen(&mut self, world: &mut World) {
        if let Some(worker) = self.worker.take() {
            worker.abort();
        }
        // What it had claimed stays claimed until the lease ends.
        self.ahead += Duration::from_secs(600);
        self.life = Life::default();
        world.line = super::life::Line::new(self.life.clone());
        self.ledger = open_ledger(world, &self.life, &self.database, self.ahead).await;
        self.take_callbacks(world);
    }

    /// Starts following its orders, unless it already does.
    pub(crate) fn work(&mut self) {
        let (ledger, life) = (&self.ledger, &self.life);
        let work = || {
            let life = life.clone();
            let running = ledger.run(move |event, tx| act(life.clone(), event, tx));
            tokio::spawn(async move { running.await.unwrap() })
        };
        self.worker.get_or_insert_with(work);
    }

    /// Stops following the orders until it restarts.
    pub(crate) async fn rest(&mut self, world: &World) {
        self.stop().await;
        self.ledger = open_ledger(world, &self.life, &self.database, self.ahead).await;
        self.take_callbacks(world);
    }

    /// Ends properly.
    pub(crate) async fn close(mut self) {
        self.stop().await;
    }

    async fn stop(&mut self) {
        self.ledger.stop();
        if let Some(worker) = self.worker.take() {
            worker.await.unwrap();
        }
    }

    /// Moves the clock of its database.
    pub(crate) fn advance(&mut self, by: Duration) {
        self.ahead += by;
        self.ledger.advance(by);
    }

    /// Waits until no work is due; without a worker, none is ever done.
    pub(crate) async fn idle(&self) -> Result<(), String> {
        let due = count_due(self.database.store.dialect(), self.ahead, true);
        let begun = Instant::now();
        loop {
            if self.number(&due).await == 0 {
                return Ok(());
            }
            if begun.elapsed() > Duration::from_secs(60) {
                let rows =
                    self.text("SELECT state || ' ' || COALESCE(failure, '') || ' ' || tries FROM ottpay_orders").await;
                return Err(format!("the worker does not come to an end: {rows}"));
            }
            // Wakes the worker.
            self.ledger.advance(Duration::ZERO);
            tokio::time::sleep(Duration::from_millis(12)).await;
        }
    }

    /// The state of an order; `None` if it is not noted.
    pub(crate) async fn state(&self, id: &str) -> Option<State> {
        let rows = self.rows(&format!("SELECT state FROM ottpay_orders WHERE id = '{id}'")).await;
        rows.first().map(|row| row.get::<String>(0).unwrap().parse().unwrap())
    }

    /// Kinds and amounts of what the shop has recorded about an order, or about its refund.
    pub(crate) async fn effects(&self, id: &str) -> Vec<(String, u64)> {
        let rows = self.rows(&format!("SELECT kind, minor FROM shop_effects WHERE id = '{id}'")).await;
        rows.iter().map(|row| (row.get(0).unwrap(), row.get::<i64>(1).unwrap().try_into().unwrap())).collect()
    }

    /// Makes its database unreachable, or reachable again.
    pub(crate) fn away(&self) -> Away {
        Away { life: self.life.clone(), address: self.database.address.clone() }
    }

    async fn number(&self, sql: &str) -> i64 {
        self.rows(sql).await[0].get(0).unwrap()
    }

    async fn text(&self, sql: &str) -> String {
        let rows = self.rows(sql).await;
        rows.iter().map(|row| row.get::<String>(0).unwrap()).collect::<Vec<_>>().join("; ")
    }

    /// Past its life and its faults.
    async fn rows(&self, sql: &str) -> Vec<Row> {
        let mut tx = self.database.store.begin(Duration::from_secs(20)).await.unwrap();
        let sql = match self.database.store.dialect() {
            Dialect::Postgres => sql.replace("ottpay_", "ottpay."),
            _ => sql.to_owned(),
        };
        tx.query(&sql, &[]).await.unwrap()
    }

    async fn run(&self, sql: &str) {
        let mut tx = self.database.store.begin(Duration::from_secs(20)).await.unwrap();
        tx.execute(sql, &[]).await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// Makes a database unreachable.
pub(crate) struct Away {
    life: Life,
    address: Option<String>,
}

impl Away {
    /// On PostgreSQL the connections break and no new one is accepted; on SQLite, which is in this process, every call fails.
    pub(crate) async fn set(self, is_away: bool) {
        let Some(address) = self.address else { return self.life.set_away(is_away) };
        let set = move || {
            let server = crate::postgres_server::shared().expect("the database is there");
            let name = address.rsplit('/').next().unwrap_or_default();
            server.administer(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {}", !is_away));
            if is_away {
                server.administer(&format!(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
                ));
            }
        };
        tokio::task::spawn_blocking(set).await.unwrap();
    }
}

async fn open_ledger(world: &World, life: &Life, database: &Database, ahead: Duration) -> Ledger {
    let store = Mortal { store: Arc::clone(&database.store), life: life.clone() };
    let open = async || {
        let builder = Ledger::builder(store.clone()).client(world.client()).queries_per_second(10_000);
        builder.handler_limit(Duration::from_secs(60)).open().await
    };
    let mut opened = open().await;
    // On a busy machine, creating the tables may take longer than a transaction may.
    for _ in 0..3 {
        match &opened {
            Err(OpenError::Store(error)) if error.is_transient() => opened = open().await,
            _ => break,
        }
    }
    let ledger = opened.unwrap();
    ledger.advance(ahead);
    ledger
}

/// What the shop does once for each event: it records it.
async fn act(life: Life, event: Event, mut tx: Tx) -> Result<Tx, Fail> {
    let (id, minor) = match &event.kind {
        Kind::Paid(payment) | Kind::PaidAgain(payment) => {
            (event.order_id.clone(), payment.requested().amount().minor())
        }
        Kind::Refunded(refunded) => {
            (refunded.refund().unwrap_or(&event.order_id).to_owned(), refunded.amount().amount().minor())
        }
        _ => (event.order_id.clone(), 0),
    };
    let values: [Value; 4] =
        [event.key.to_string().into(), id.into(), event.kind.as_str().into(), i64::try_from(minor)?.into()];
    let sql = "INSERT INTO shop_effects (event_key, id, kind, minor) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, &values).await?;
    tokio::select! {
        () = life.reach(Step::Handling) => Ok(tx),
        // The process is gone, and with it the transaction.
        () = life.ended() => {
            drop(tx);
            std::future::pending().await
        }
    }
}
