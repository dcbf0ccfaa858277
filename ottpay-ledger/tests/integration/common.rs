//! What several tests share: a sandbox, a ledger whose tables can be inspected, and a wire that can be watched.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ottpay::transport::{
    BoxFuture as Posted, HttpRequest, HttpResponse, HttpTransport, Transport, TransportError, TransportErrorKind,
};
use ottpay::{ActivePay, Amount, BizType, Client, Currency, OrderId, PassivePay, Refund, RefundId};
use ottpay_ledger::store::{BoxFuture, CommitError, Dialect, RawTx, Row, Store, StoreError, StoreErrorKind, Value};
use ottpay_ledger::{Ledger, Reference, Sqlite, State};
use ottpay_sandbox::Sandbox;

/// A store that several ledgers share, whose tables a test can read, and that can become unreachable.
#[derive(Debug, Clone)]
pub(crate) struct Shared {
    store: Arc<dyn Store>,
    is_away: Arc<AtomicBool>,
    /// The delay of a commit in milliseconds.
    commit_takes: Arc<AtomicU32>,
    /// Whether the next commit is rolled back, and its answer lost.
    loses_commit: Arc<AtomicBool>,
    /// Whether only the answer of the next commit is lost.
    loses_answer: Arc<AtomicBool>,
    /// The text in the statement that fails next, and how it fails.
    fails_at: Arc<Mutex<Option<(&'static str, StoreErrorKind)>>>,
    /// How many transactions were begun.
    begins: Arc<AtomicU32>,
}

impl Shared {
    pub(crate) fn new(store: impl Store) -> Self {
        let (is_away, commit_takes, loses_commit, loses_answer) = Default::default();
        let (fails_at, begins) = Default::default();
        Self { store: Arc::new(store), is_away, commit_takes, loses_commit, loses_answer, fails_at, begins }
    }

    /// Makes every commit slow.
    pub(crate) fn slow_commits(&self, milliseconds: u32) {
        self.commit_takes.store(milliseconds, Ordering::SeqCst);
    }

    /// Rolls the next transaction back at its commit, as if its answer were lost.
    pub(crate) fn lose_commit(&self) {
        self.loses_commit.store(true, Ordering::SeqCst);
    }

    /// Commits the next transaction, but loses the answer.
    pub(crate) fn lose_answer(&self) {
        self.loses_answer.store(true, Ordering::SeqCst);
    }

    /// Lets the next statement that contains this text fail.
    pub(crate) fn fail_at(&self, text: &'static str, kind: StoreErrorKind) {
        *self.fails_at.lock().unwrap() = Some((text, kind));
    }

    fn check_statement(&self, sql: &str) -> Result<(), StoreError> {
        match self.fails_at.lock().unwrap().take_if(|(text, _)| sql.contains(*text)) {
            Some((_, kind)) => Err(StoreError::new(kind, "the test lets the statement fail")),
            None => Ok(()),
        }
    }

    /// How many transactions were begun.
    pub(crate) fn begins(&self) -> u32 {
        self.begins.load(Ordering::SeqCst)
    }

    /// In memory.
    pub(crate) fn memory() -> Self {
        Self::new(Sqlite::memory())
    }

    /// Whether every transaction fails from now on.
    pub(crate) fn set_away(&self, is_away: bool) {
        self.is_away.store(is_away, Ordering::SeqCst);
    }

    /// The rows of a `SELECT`, with the tables under the names that SQLite has them by.
    pub(crate) async fn rows(&self, sql: &str) -> Vec<Row> {
        let mut tx = self.store.begin(Duration::from_secs(5)).await.unwrap();
        let sql = match self.store.dialect() {
            Dialect::Postgres => sql.replace("ottpay_", "ottpay."),
            _ => sql.to_owned(),
        };
        tx.query(&sql, &[]).await.unwrap()
    }

    /// The first column of the only row, as a string.
    pub(crate) async fn text(&self, sql: &str) -> String {
        let rows = self.rows(sql).await;
        assert_eq!(rows.len(), 1, "{sql}");
        match &rows[0].columns()[0] {
            Value::Text(text) => text.clone(),
            Value::Int(number) => number.to_string(),
            Value::Null => "NULL".to_owned(),
            other => panic!("{other:?}"),
        }
    }

    /// Runs a statement.
    pub(crate) async fn run(&self, sql: &str) {
        let mut tx = self.store.begin(Duration::from_secs(5)).await.unwrap();
        tx.execute(sql, &[]).await.unwrap();
        tx.commit().await.unwrap();
    }
}

impl Store for Shared {
    fn dialect(&self) -> Dialect {
        self.store.dialect()
    }

    fn begin(&self, limit: Duration) -> BoxFuture<'_, Result<Box<dyn RawTx>, StoreError>> {
        Box::pin(async move {
            if self.is_away.load(Ordering::SeqCst) {
                return Err(StoreError::new(StoreErrorKind::Unavailable, "the test has taken the store away"));
            }
            self.begins.fetch_add(1, Ordering::SeqCst);
            let tx = self.store.begin(limit).await?;
            Ok(Box::new(SharedTx { tx, store: self.clone() }) as Box<dyn RawTx>)
        })
    }
}

/// A transaction that is not committed once the store is away.
struct SharedTx {
    tx: Box<dyn RawTx>,
    store: Shared,
}

impl RawTx for SharedTx {
    fn execute<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> BoxFuture<'a, Result<u64, StoreError>> {
        match self.store.check_statement(sql) {
            Ok(()) => self.tx.execute(sql, values),
            Err(error) => Box::pin(async { Err(error) }),
        }
    }

    fn query<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> BoxFuture<'a, Result<Vec<Row>, StoreError>> {
        match self.store.check_statement(sql) {
            Ok(()) => self.tx.query(sql, values),
            Err(error) => Box::pin(async { Err(error) }),
        }
    }

    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<(), CommitError>> {
        Box::pin(async move {
            let Shared { is_away, commit_takes, loses_commit, loses_answer, .. } = &self.store;
            tokio::time::sleep(Duration::from_millis(commit_takes.load(Ordering::SeqCst).into())).await;
            if loses_commit.swap(false, Ordering::SeqCst) {
                let error = StoreError::new(StoreErrorKind::Unavailable, "the test has lost the answer");
                return Err(CommitError::Unknown(error));
            }
            if is_away.load(Ordering::SeqCst) {
                let error = StoreError::new(StoreErrorKind::Unavailable, "the test has taken the store away");
                return Err(CommitError::NotCommitted(error));
            }
            self.tx.commit().await?;
            match loses_answer.swap(false, Ordering::SeqCst) {
                true => Err(CommitError::Unknown(StoreError::new(StoreErrorKind::Unavailable, "the answer is lost"))),
                false => Ok(()),
            }
        })
    }
}

type Hook = Box<dyn Fn(&str) -> Posted<'static, ()> + Send + Sync>;

/// The connection to a sandbox. A test may act just before a request is sent, and after its reply has arrived.
#[derive(Clone)]
pub(crate) struct Wire {
    http: HttpTransport,
    before: Arc<Mutex<Option<Arc<Hook>>>>,
    after: Arc<Mutex<Option<Arc<Hook>>>>,
    posts: Arc<AtomicU32>,
    /// Whether no request is sent, and whether one ever can be.
    cut: Arc<Mutex<Option<TransportErrorKind>>>,
}

impl Wire {
    pub(crate) fn new() -> Self {
        let http = HttpTransport::new(Duration::from_secs(2), true, None).unwrap();
        Self { http, before: Arc::default(), after: Arc::default(), posts: Arc::default(), cut: Arc::default() }
    }

    /// From now on no request is sent, for this reason.
    pub(crate) fn cut(&self, why: Option<TransportErrorKind>) {
        *self.cut.lock().unwrap() = why;
    }

    pub(crate) fn before(&self, hook: impl Fn(&str) -> Posted<'static, ()> + Send + Sync + 'static) {
        *self.before.lock().unwrap() = Some(Arc::new(Box::new(hook)));
    }

    pub(crate) fn after(&self, hook: impl Fn(&str) -> Posted<'static, ()> + Send + Sync + 'static) {
        *self.after.lock().unwrap() = Some(Arc::new(Box::new(hook)));
    }

    /// How many requests were sent.
    pub(crate) fn posts(&self) -> u32 {
        self.posts.load(Ordering::SeqCst)
    }
}

impl Transport for Wire {
    fn post(&self, request: HttpRequest) -> Posted<'_, Result<HttpResponse, TransportError>> {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let (before, after) = (self.before.lock().unwrap().clone(), self.after.lock().unwrap().clone());
        let cut = *self.cut.lock().unwrap();
        Box::pin(async move {
            match cut {
                Some(TransportErrorKind::Never) => return Err(TransportError::never("the test says never")),
                Some(_) => return Err(TransportError::not_sent("the test has cut the wire")),
                None => {}
            }
            if let Some(before) = before {
                before(&body).await;
            }
            self.posts.fetch_add(1, Ordering::SeqCst);
            let reply = self.http.post(request).await;
            if let Some(after) = after {
                after(&body).await;
            }
            reply
        })
    }
}

/// A shop: its ledger, and the gateway.
pub(crate) struct Shop {
    pub(crate) sandbox: Sandbox,
    pub(crate) wire: Wire,
    pub(crate) client: Client,
    pub(crate) store: Shared,
    pub(crate) ledger: Ledger,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::on(Shared::memory()).await
    }

    pub(crate) async fn on(store: Shared) -> Self {
        Self::with(store, Sandbox::start().await.unwrap()).await
    }

    pub(crate) async fn with(store: Shared, sandbox: Sandbox) -> Self {
        let wire = Wire::new();
        let client = client_of(&sandbox, &wire);
        let ledger = Ledger::open(store.clone(), [client.clone()]).await.unwrap();
        Self { sandbox, wire, client, store, ledger }
    }

    /// A shop with the payment `T1`, which was reported as paid.
    pub(crate) async fn paid() -> Self {
        let shop = Self::open().await;
        shop.ledger.send(&shop.qr_code("T1"), &reference("cart 1")).await.unwrap();
        shop.sandbox.pay("T1").await.unwrap();
        let paid = "UPDATE ottpay_orders SET state = 'paid', paid = 1999, paid_currency = 'CAD' WHERE id = 'T1'";
        shop.store.run(paid).await;
        shop
    }

    /// An order of 19.99 CAD for a QR code.
    pub(crate) fn qr_code(&self, id: &str) -> ActivePay {
        self.qr_code_of(id, 1999)
    }

    pub(crate) fn qr_code_of(&self, id: &str, minor: u64) -> ActivePay {
        let builder = self.client.active_pay().order_id(OrderId::new(id).unwrap()).without_operator_id();
        let builder = builder.amount(Amount::from_minor(minor)).biz_type(BizType::WechatPay);
        builder.call_back_url("http://127.0.0.1:9/").build().unwrap()
    }

    /// 19.99 CAD with the code on the buyer's phone.
    pub(crate) fn scanned(&self, id: &str) -> PassivePay {
        let builder = self.client.passive_pay().order_id(OrderId::new(id).unwrap()).without_operator_id();
        let builder = builder.amount(Amount::from_minor(1999)).auth_code("134567890123456789");
        builder.biz_type(BizType::WechatPay).build().unwrap()
    }

    pub(crate) fn refund(&self, id: &str, of: &str, minor: u64) -> Refund {
        let builder = self.client.refund().order_id(RefundId::new(id).unwrap()).ori_order_id(OrderId::new(of).unwrap());
        builder.refund_amt(Amount::from_minor(minor)).build().unwrap()
    }

    /// The state of an order in the table.
    pub(crate) async fn state(&self, id: &str) -> String {
        self.store.text(&format!("SELECT state FROM ottpay_orders WHERE id = '{id}'")).await
    }
}

pub(crate) fn client_of(sandbox: &Sandbox, wire: &Wire) -> Client {
    let builder = Client::builder().endpoint(sandbox.url()).merchant_id(sandbox.merchant_id());
    let builder = builder.sign_key(sandbox.sign_key()).currency(Currency::CAD).timeout(Duration::from_secs(5));
    builder.transport(wire.clone()).build().unwrap()
}

pub(crate) fn reference(text: &str) -> Reference {
    Reference::new(text).unwrap()
}

/// The clock of a database in milliseconds, as SQL.
pub(crate) fn clock(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)",
        _ => "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
    }
}

/// Whether an order waits for a person, and nothing about it was reported on which a shop acts.
pub(crate) fn is_left_to_a_person(state: State) -> bool {
    state.needs_person() && !state.is_over()
}
