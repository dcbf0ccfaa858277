//! How many short transactions a second each store runs, and how long one waits while another is open. `cargo bench -p
//! ottpay-ledger --features sqlite,postgres --bench stores`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::indexing_slicing)]
#![allow(clippy::float_arithmetic, dead_code, missing_docs)]

#[path = "../tests/integration"]
mod integration {
    pub(crate) mod postgres_server;
}

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use integration::postgres_server;
use ottpay_ledger::store::{Store, StoreError};
use ottpay_ledger::{Postgres, Sqlite};
use tokio::task::JoinSet;

/// About as long as what is stored of a callback.
const SIZE: usize = 400;
const LIMIT: Duration = Duration::from_secs(10);

/// How long each rate is measured.
const MEASURED: Duration = Duration::from_secs(3);

/// Beside a transaction that is held, a short one begins this often.
const EVERY: Duration = Duration::from_millis(50);

type Shared = Arc<dyn Store>;

#[tokio::main]
async fn main() {
    let folder = std::env::temp_dir().join(format!("ottpay-stores-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let server = postgres_server::Server::start_durable();
    let stores = stores(&folder, server.as_ref()).await;

    println!("\nINSERT of {SIZE} bytes and COMMIT, per second");
    println!("{:<28} {:>9} {:>9} {:>9}", "callers", 1, 4, 32);
    for (name, store) in &stores {
        prepare(store).await;
        let mut line = format!("{name:<28}");
        for callers in [1, 4, 32] {
            line.push_str(&format!(" {:>9.0}", rate(store, callers).await));
        }
        println!("{line}");
    }

    println!("\nthe same, every {EVERY:?}, while another transaction is open: milliseconds until it is committed");
    println!("{:<28} {:>9} {:>9} {:>9} {:>9} {:>9}", "", "held for", "median", "99 %", "longest", "failed");
    for (name, store) in &stores {
        for held in [0, 20, 200, 1000, 5000] {
            let (mut times, failed) = wait_beside(store, Duration::from_millis(held)).await;
            times.sort();
            let at = |part: usize| times[(times.len() * part / 100).min(times.len() - 1)].as_secs_f64() * 1e3;
            let held = format!("{held} ms");
            println!("{name:<28} {held:>9} {:>9.1} {:>9.1} {:>9.1} {failed:>9}", at(50), at(99), at(100));
        }
    }
    let _ = std::fs::remove_dir_all(folder);
}

async fn stores(folder: &std::path::Path, server: Option<&postgres_server::Server>) -> Vec<(&'static str, Shared)> {
    let file = |name: &str| -> PathBuf { folder.join(name) };
    let mut stores: Vec<(&'static str, Shared)> = vec![
        ("SQLite, journal as it is", Arc::new(Sqlite::file(file("journal.db")))),
        ("SQLite, write-ahead log", Arc::new(Sqlite::file(file("wal.db")).wal(true))),
    ];
    if let Some(server) = server {
        let address = server.fresh_database();
        let connect = async |address: &str| Arc::new(Postgres::connect(address).await.unwrap());
        stores.push(("PostgreSQL", connect(&address).await));
        if let Some(address) = server.through_pgbouncer(&address) {
            stores.push(("PostgreSQL through PgBouncer", connect(&address).await));
        }
    }
    stores
}

async fn prepare(store: &Shared) {
    let mut tx = store.begin(LIMIT).await.unwrap();
    tx.execute("CREATE TABLE IF NOT EXISTS t (a TEXT)", &[]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn insert(store: &Shared, text: &str) -> Result<(), StoreError> {
    let mut tx = store.begin(LIMIT).await?;
    tx.execute("INSERT INTO t VALUES ($1)", &[text.into()]).await?;
    tx.commit().await.unwrap();
    Ok(())
}

/// Transactions per second.
async fn rate(store: &Shared, callers: u32) -> f64 {
    let text: Arc<str> = "a".repeat(SIZE).into();
    let start = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..callers {
        let (store, text) = (Arc::clone(store), Arc::clone(&text));
        tasks.spawn(async move {
            let mut count = 0_u32;
            while start.elapsed() < MEASURED {
                insert(&store, &text).await.unwrap();
                count += 1;
            }
            count
        });
    }
    let counts = tasks.join_all().await;
    f64::from(counts.iter().sum::<u32>()) / start.elapsed().as_secs_f64()
}

/// Measures short transactions while another one is repeatedly held open, and counts the failures.
async fn wait_beside(store: &Shared, held: Duration) -> (Vec<Duration>, usize) {
    let until = Instant::now() + (held * 3).max(MEASURED);
    let holder = {
        let store = Arc::clone(store);
        tokio::spawn(async move {
            while !held.is_zero() && Instant::now() < until {
                let mut tx = store.begin(LIMIT).await.unwrap();
                tx.execute("INSERT INTO t VALUES ('held')", &[]).await.unwrap();
                tokio::time::sleep(held).await;
                tx.commit().await.unwrap();
            }
        })
    };
    let text: Arc<str> = "a".repeat(SIZE).into();
    let mut tasks = JoinSet::new();
    while Instant::now() < until {
        let (store, text) = (Arc::clone(store), Arc::clone(&text));
        tasks.spawn(async move {
            let start = Instant::now();
            insert(&store, &text).await.map(|()| start.elapsed())
        });
        tokio::time::sleep(EVERY).await;
    }
    holder.await.unwrap();
    let results = tasks.join_all().await;
    let failed = results.iter().filter(|result| result.is_err()).count();
    (results.into_iter().flatten().collect(), failed)
}
