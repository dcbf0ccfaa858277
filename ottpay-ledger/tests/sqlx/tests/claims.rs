//! Events are claimed and completed in transactions of sqlx, on both databases.

use std::time::Duration;

use ottpay::{Amount, BizType, Client, Currency, OrderId};
use ottpay_ledger::store::Store;
use ottpay_ledger::{Claim, Kind, Ledger, Postgres, Reference, Sqlite};
use ottpay_sandbox::Sandbox;
use shop_with_sqlx::{Ended, act_on_postgres, act_on_sqlite};
use sqlx::{PgPool, SqlitePool};

#[path = "../../integration"]
mod integration {
    #[allow(dead_code, reason = "the ledger's own tests use all of it")]
    pub(crate) mod postgres_server;
}

use integration::postgres_server;

const TABLE: &str = "CREATE TABLE shop_orders (name TEXT PRIMARY KEY, paid BIGINT NOT NULL DEFAULT 0)";

/// The shop's database, as sqlx has it.
enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Pool {
    async fn run(&self, sql: &'static str) {
        match self {
            Self::Sqlite(pool) => _ = sqlx::query(sql).execute(pool).await.unwrap(),
            Self::Postgres(pool) => _ = sqlx::query(sql).execute(pool).await.unwrap(),
        }
    }

    async fn number(&self, sql: &'static str) -> i64 {
        match self {
            Self::Sqlite(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
            Self::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
        }
    }

    async fn act(&self, claim: &Claim) -> Ended {
        match self {
            Self::Sqlite(pool) => act_on_sqlite(pool, claim).await.unwrap(),
            Self::Postgres(pool) => act_on_postgres(pool, claim).await.unwrap(),
        }
    }

    async fn paid(&self) -> i64 {
        self.number("SELECT paid FROM shop_orders WHERE name = 'cart-1'").await
    }
}

/// A shop with an order that the buyer has paid.
async fn paid_order(store: impl Store, pool: &Pool) -> (Sandbox, Ledger) {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::builder().endpoint(sandbox.url()).merchant_id(sandbox.merchant_id());
    let client = client.sign_key(sandbox.sign_key()).currency(Currency::CAD).build().unwrap();
    let ledger = Ledger::open(store, [client.clone()]).await.unwrap();
    pool.run(TABLE).await;
    pool.run("INSERT INTO shop_orders (name) VALUES ('cart-1')").await;
    let make = |id: OrderId| {
        let builder = client.active_pay().order_id(id).amount(Amount::from_minor(1999)).biz_type(BizType::Alipay);
        builder.without_operator_id().call_back_url("http://127.0.0.1:9/").build()
    };
    let offer = ledger.pay(&Reference::new("cart-1").unwrap(), make).await.unwrap();
    sandbox.pay(offer.order_id()).await.unwrap();
    // The callback did not arrive: the order is queried on schedule.
    ledger.advance(Duration::from_secs(600));
    (sandbox, ledger)
}

async fn claim(ledger: &Ledger) -> Claim {
    ledger.claim().await.unwrap().expect("an event is there")
}

async fn an_event_is_completed_in_the_shops_transaction(store: impl Store, pool: Pool) {
    let (_sandbox, ledger) = paid_order(store, &pool).await;
    let claimed = claim(&ledger).await;
    let Kind::Paid(payment) = &claimed.event().kind else { panic!("{:?}", claimed.event()) };
    assert_eq!(payment.paid().amount(), Amount::from_minor(1999));
    assert!(ledger.claim().await.unwrap().is_none(), "it belongs to the first claimant");
    assert_eq!(pool.act(&claimed).await, Ended::Committed);
    assert_eq!(pool.paid().await, 1999);
    // A program that does not know whether its transaction was committed runs it again.
    assert_eq!(pool.act(&claimed).await, Ended::Late);
    drop(claimed);
    ledger.advance(Duration::from_secs(3600));
    assert!(ledger.claim().await.unwrap().is_none(), "it is done");
    assert_eq!(pool.paid().await, 1999);
}

async fn a_completion_after_the_lease_writes_nothing(store: impl Store, pool: Pool) {
    let (_sandbox, ledger) = paid_order(store, &pool).await;
    let first = claim(&ledger).await;
    ledger.advance(Duration::from_secs(61));
    let second = claim(&ledger).await;
    assert_eq!(second.event().key, first.event().key);
    assert_eq!((first.event().attempt, second.event().attempt), (1, 2));
    assert_eq!(pool.act(&first).await, Ended::Late);
    assert_eq!(pool.paid().await, 0, "the late claimant has rolled back");
    assert_eq!(pool.act(&second).await, Ended::Committed);
    assert_eq!(pool.act(&first).await, Ended::Late);
    assert_eq!(pool.paid().await, 1999);
    drop((first, second));
    ledger.advance(Duration::from_secs(3600));
    assert!(ledger.claim().await.unwrap().is_none(), "it is done");
}

/// Runs a case on a file of SQLite.
async fn on_sqlite<F: Future<Output = ()>>(name: &str, case: impl FnOnce(Sqlite, Pool) -> F) {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("shop.db");
    let store = Sqlite::file(&file);
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    case(store, Pool::Sqlite(pool)).await;
}

/// Runs a case on PostgreSQL, if there is one.
async fn on_postgres<F: Future<Output = ()>>(case: impl FnOnce(Postgres, Pool) -> F) {
    let Some(server) = postgres_server::shared() else { return };
    let url = server.fresh_database();
    let store = Postgres::connect(&url).await.unwrap();
    let pool = PgPool::connect(&url).await.unwrap();
    case(store, Pool::Postgres(pool)).await;
}

#[tokio::test]
async fn sqlx_completes_an_event_in_the_shops_transaction_on_sqlite() {
    on_sqlite("completed", an_event_is_completed_in_the_shops_transaction).await;
}

#[tokio::test]
async fn sqlx_completes_an_event_in_the_shops_transaction_on_postgresql() {
    on_postgres(an_event_is_completed_in_the_shops_transaction).await;
}

#[tokio::test]
async fn sqlx_writes_nothing_after_the_lease_on_sqlite() {
    on_sqlite("late", a_completion_after_the_lease_writes_nothing).await;
}

#[tokio::test]
async fn sqlx_writes_nothing_after_the_lease_on_postgresql() {
    on_postgres(a_completion_after_the_lease_writes_nothing).await;
}
