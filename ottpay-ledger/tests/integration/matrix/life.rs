//! A shop that can die at any step: after that nothing it does has any effect, and its database may be unreachable.

use std::future::pending;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ottpay::spec::Effect;
use ottpay::transport::{BoxFuture as Posted, HttpRequest, HttpResponse, HttpTransport, Transport, TransportError};
use ottpay_ledger::store::{BoxFuture, CommitError, Dialect, RawTx, Row, Store, StoreError, StoreErrorKind, Value};
use tokio::sync::Notify;

use super::fault::Step;

type Hook = Box<dyn FnOnce() -> BoxFuture<'static, ()> + Send>;

/// The life of a shop's process.
#[derive(Clone, Default)]
pub(crate) struct Life(Arc<Inner>);

#[derive(Default)]
struct Inner {
    is_dead: AtomicBool,
    died: Notify,
    is_away: AtomicBool,
    /// What happens to the next commit.
    commit: AtomicU8,
    hook: Mutex<Option<(Step, Hook)>>,
}

const IS_MADE: u8 = 0;
const IS_UNANSWERED: u8 = 1;
const IS_LOST: u8 = 2;

impl Life {
    /// Ends the shop when it reaches this step.
    pub(crate) fn end_at(&self, step: Step) {
        let life = self.clone();
        self.at(step, move || {
            life.end();
            Box::pin(async {})
        });
    }

    /// Does this once, when the shop reaches this step.
    pub(crate) fn at(&self, step: Step, hook: impl FnOnce() -> BoxFuture<'static, ()> + Send + 'static) {
        *self.0.hook.lock().unwrap() = Some((step, Box::new(hook)));
    }

    pub(crate) fn end(&self) {
        self.0.is_dead.store(true, Ordering::SeqCst);
        self.0.died.notify_waiters();
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.0.is_dead.load(Ordering::SeqCst)
    }

    /// Waits for the end.
    pub(crate) async fn ended(&self) {
        while !self.is_dead() {
            let _ = tokio::time::timeout(Duration::from_millis(20), self.0.died.notified()).await;
        }
    }

    /// A step of the shop. If the shop has ended, it does not continue.
    pub(crate) async fn reach(&self, step: Step) {
        let hook = self.0.hook.lock().unwrap().take_if(|(at, _)| *at == step);
        if let Some((_, hook)) = hook {
            hook().await;
        }
        self.go_on().await;
    }

    async fn go_on(&self) {
        if self.is_dead() {
            pending().await
        }
    }

    pub(crate) fn set_away(&self, is_away: bool) {
        self.0.is_away.store(is_away, Ordering::SeqCst);
    }

    pub(crate) fn leave_commit_unanswered(&self) {
        self.0.commit.store(IS_UNANSWERED, Ordering::SeqCst);
    }

    pub(crate) fn lose_commit(&self) {
        self.0.commit.store(IS_LOST, Ordering::SeqCst);
    }
}

/// The database of a shop that may end.
#[derive(Clone)]
pub(crate) struct Mortal {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) life: Life,
}

impl std::fmt::Debug for Mortal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.store.fmt(f)
    }
}

impl Store for Mortal {
    fn dialect(&self) -> Dialect {
        self.store.dialect()
    }

    fn begin(&self, limit: Duration) -> BoxFuture<'_, Result<Box<dyn RawTx>, StoreError>> {
        Box::pin(async move {
            self.life.go_on().await;
            if self.life.0.is_away.load(Ordering::SeqCst) {
                return Err(away());
            }
            let begun = self.store.begin(limit).await.map(Some)?;
            let mut tx = MortalTx { tx: begun, life: self.life.clone() };
            tx.go_on().await;
            Ok(Box::new(tx) as Box<dyn RawTx>)
        })
    }
}

fn away() -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable, "the test has taken the database away")
}

/// A transaction that is rolled back when its shop ends.
struct MortalTx {
    tx: Option<Box<dyn RawTx>>,
    life: Life,
}

impl MortalTx {
    async fn go_on(&mut self) {
        if self.life.is_dead() {
            self.tx = None;
            pending().await
        }
    }

    fn open(&mut self) -> &mut Box<dyn RawTx> {
        self.tx.as_mut().expect("the shop lives")
    }
}

impl RawTx for MortalTx {
    fn execute<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> BoxFuture<'a, Result<u64, StoreError>> {
        Box::pin(async move {
            self.go_on().await;
            let done = self.open().execute(sql, values).await;
            self.go_on().await;
            done
        })
    }

    fn query<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> BoxFuture<'a, Result<Vec<Row>, StoreError>> {
        Box::pin(async move {
            self.go_on().await;
            let found = self.open().query(sql, values).await;
            self.go_on().await;
            found
        })
    }

    fn commit(mut self: Box<Self>) -> BoxFuture<'static, Result<(), CommitError>> {
        Box::pin(async move {
            self.go_on().await;
            let Some(tx) = self.tx.take() else { return Err(CommitError::NotCommitted(away())) };
            match self.life.0.commit.swap(IS_MADE, Ordering::SeqCst) {
                IS_MADE if self.life.0.is_away.load(Ordering::SeqCst) => Err(CommitError::NotCommitted(away())),
                IS_MADE => {
                    let committed = tx.commit().await;
                    self.life.go_on().await;
                    committed
                }
                fate => {
                    if fate == IS_UNANSWERED {
                        tx.commit().await?;
                    }
                    Err(CommitError::Unknown(away()))
                }
            }
        })
    }
}

/// The wire of a shop that may end, with a limit that can be made short.
#[derive(Clone)]
pub(crate) struct Line {
    http: HttpTransport,
    life: Life,
    /// The limit of writes and that of reads, in milliseconds.
    limits: [Arc<AtomicU64>; 2],
}

impl Line {
    pub(crate) fn new(life: Life) -> Self {
        // Setting up TLS, which none of them uses, takes longer than a case.
        static HTTP: std::sync::OnceLock<HttpTransport> = std::sync::OnceLock::new();
        let http = HTTP.get_or_init(|| HttpTransport::new(Duration::from_secs(20), true, None).unwrap()).clone();
        Self { http, life, limits: [0; 2].map(|_| Arc::new(AtomicU64::new(u64::MAX))) }
    }

    /// The time limit of requests with this effect.
    pub(crate) fn limit(&self, effect: Effect, limit: Duration) {
        self.limit_of(effect).store(limit.as_millis() as u64, Ordering::SeqCst);
    }

    pub(crate) fn unlimited(&self) {
        self.limits.iter().for_each(|limit| limit.store(u64::MAX, Ordering::SeqCst));
    }

    fn limit_of(&self, effect: Effect) -> &AtomicU64 {
        &self.limits[usize::from(effect == Effect::Read)]
    }
}

impl Transport for Line {
    fn post(&self, mut request: HttpRequest) -> Posted<'_, Result<HttpResponse, TransportError>> {
        request.timeout =
            request.timeout.min(Duration::from_millis(self.limit_of(request.effect).load(Ordering::SeqCst)));
        Box::pin(async move {
            self.life.go_on().await;
            let is_write = request.effect == Effect::Write;
            if is_write {
                self.life.reach(Step::Unsent).await;
            }
            let reply = self.http.post(request).await;
            self.life.reach(if is_write { Step::Unanswered } else { Step::Asking }).await;
            reply
        })
    }
}
