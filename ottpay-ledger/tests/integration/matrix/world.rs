//! Everything around a shop: the sandbox, which can die and restart, the connection to it, the buyer, and the shop's
//! server.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use ottpay::spec::Protocol;
use ottpay::{Amount, Client, Currency, SignKey};
use ottpay_ledger::store::BoxFuture;
use ottpay_ledger::testing::Callback;
use ottpay_sandbox::assume::MinorUnits;
use ottpay_sandbox::{Act, Fault, Order, OrderState, PlannedFault, Sandbox};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::case::Case;
use super::fault::Fault as CaseFault;
use super::life::{Life, Line};
use super::operation::{Operation, Requests};
use super::proxy::Proxy;
use super::taker::{Taker, answer_callback};

/// The merchant and key of every case.
pub(crate) const MERCHANT: &str = "SB00000001";
pub(crate) const KEY: &str = "A8B5FE540E38A5A9";

/// How long a shop waits in cases in which it waits in vain.
const SHORT: Duration = Duration::from_millis(800);

/// The time limit for a request to reach the gateway.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn key() -> SignKey {
    SignKey::new(KEY).unwrap()
}

pub(crate) struct World {
    sandbox: Option<Sandbox>,
    pub(crate) proxy: Arc<Proxy>,
    pub(crate) line: Line,
    pub(crate) currency: Currency,
    callback: String,
    taker: Arc<Mutex<Taker>>,
    /// Whether an unaltered callback was acknowledged.
    has_taken: Arc<AtomicBool>,
    hook: JoinHandle<()>,
    /// Of the sandbox, where it has to survive.
    file: Option<PathBuf>,
    case: Case,
}

impl World {
    pub(crate) async fn start(case: &Case, life: Life, number: usize) -> Self {
        // The vendor's Checkout page does not support currencies without decimals.
        let has_yen = case.assumes(MinorUnits::Times100) && case.operation != Operation::Checkout;
        let currency = if has_yen { Currency::JPY } else { Currency::CAD };
        let file = (case.fault == CaseFault::SandboxKilled).then(|| {
            let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("matrix");
            std::fs::create_dir_all(&folder).unwrap();
            let file = folder.join(format!("{}-{number}.db", std::process::id()));
            let _ = std::fs::remove_file(&file);
            file
        });
        let sandbox = start_sandbox(case, currency, file.as_ref()).await;
        let proxy = Arc::new(Proxy::start(port_of(&sandbox), key()).await);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let callback = format!("http://{}/ottpay", listener.local_addr().unwrap());
        let (taker, has_taken) = (Arc::new(Mutex::new(Taker::Absent)), Arc::new(AtomicBool::new(false)));
        let (taking, noting) = (Arc::clone(&taker), Arc::clone(&has_taken));
        let take = move |body: Bytes| {
            let (taker, noting) = (taking.lock().unwrap().clone(), Arc::clone(&noting));
            async move { answer_callback(taker, &noting, &body).await }
        };
        let app = Router::new().route("/ottpay", post(take));
        let hook = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        let line = Line::new(life);
        Self {
            sandbox: Some(sandbox),
            proxy,
            line,
            currency,
            callback,
            taker,
            has_taken,
            hook,
            file,
            case: case.clone(),
        }
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        self.sandbox.as_ref().expect("the sandbox runs")
    }

    /// A client whose requests go through the proxy.
    pub(crate) fn client(&self) -> Client {
        let builder = Client::builder().endpoint(self.proxy.url()).merchant_id(MERCHANT).sign_key(key());
        let builder = builder.currency(self.currency).timeout(Duration::from_secs(30)).transport(self.line.clone());
        let is_base64 = self.case.operation == Operation::Till;
        builder.framing(if is_base64 { ottpay::Framing::Base64 } else { ottpay::Framing::Json }).build().unwrap()
    }

    pub(crate) fn requests(&self) -> Requests {
        Requests { client: self.client(), callback: self.callback.clone(), currency: self.currency }
    }

    pub(crate) fn set_taker(&self, taker: Taker) {
        *self.taker.lock().unwrap() = taker;
    }

    pub(crate) fn has_taken_callback(&self) -> bool {
        self.has_taken.load(Ordering::SeqCst)
    }

    /// Applies the fault of the case to what follows, if it is a fault of the gateway or the connection.
    pub(crate) async fn arm(&self) {
        self.arm_wire().await;
        self.arm_gateway();
    }

    /// Arms a fault on the wire. The future borrows nothing, so it can run when its request is sent.
    pub(crate) fn arm_wire(&self) -> BoxFuture<'static, ()> {
        let operation = self.case.operation;
        if self.case.fault.is_silence() {
            self.line.limit(operation.info().effect, SHORT);
        }
        let (proxy, on) = (Arc::clone(&self.proxy), self.case.fault.on_wire());
        Box::pin(async move {
            if let Some(on) = on {
                proxy.arm(on, operation.on_wire(), operation.info()).await;
            }
        })
    }

    /// Arms a fault of the sandbox.
    pub(crate) fn arm_gateway(&self) {
        let operation = self.case.operation;
        let planned = match self.case.fault {
            CaseFault::AtGateway(Fault::Processing) => {
                PlannedFault::new(Fault::Processing).delay(Duration::from_secs(60)).action(operation.method())
            }
            CaseFault::AtGateway(fault) => {
                let code = if operation == Operation::Query { "SYSTEM_ERROR" } else { "PARAM_ERROR" };
                PlannedFault::new(fault).action(operation.method()).code(code).times(3)
            }
            CaseFault::OfCallback(fault) => PlannedFault::new(fault).delay(Duration::from_secs(3600)),
            _ => return,
        };
        self.sandbox().add_fault(planned).unwrap();
    }

    /// Ends the fault, except for a callback that has not arrived yet.
    pub(crate) async fn heal(&mut self) {
        self.proxy.heal().await;
        self.line.unlimited();
        if matches!(self.case.fault, CaseFault::AtGateway(_)) {
            self.sandbox().clear_faults();
        }
        if self.case.fault == CaseFault::SandboxKilled {
            drop(self.sandbox.take());
            let sandbox = start_sandbox(&self.case, self.currency, self.file.as_ref()).await;
            self.proxy.set_target(port_of(&sandbox));
            self.sandbox = Some(sandbox);
        }
    }

    /// The buyer's device sends what it was given, and ignores the reply.
    pub(crate) async fn use_device(&self, operation: Operation, given: &str) {
        let request = match operation.info().protocol {
            Protocol::Link => {
                let path = given.strip_prefix(&self.proxy.url()).expect("the link leads to the gateway");
                format!("GET {path} HTTP/1.1\r\nhost: gateway\r\n\r\n")
            }
            _ => {
                let (path, length) = (operation.info().path, given.len());
                format!("POST {path} HTTP/1.1\r\nhost: gateway\r\ncontent-length: {length}\r\n\r\n{given}")
            }
        };
        let exchange = async {
            let mut stream = TcpStream::connect(self.proxy.url().trim_start_matches("http://")).await?;
            stream.write_all(request.as_bytes()).await?;
            stream.read_to_end(&mut Vec::new()).await
        };
        let limit = if self.case.fault.is_silence() { SHORT } else { Duration::from_secs(10) };
        let _ = tokio::time::timeout(limit, exchange).await;
    }

    pub(crate) fn order(&self, id: &str) -> Option<Order> {
        self.sandbox().order(id).unwrap()
    }

    /// Waits until the gateway has the order.
    pub(crate) async fn wait_for_order(&self, id: &str) {
        let begun = Instant::now();
        while self.order(id).is_none() {
            assert!(begun.elapsed() < PATIENCE, "the gateway has no order after {PATIENCE:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The buyer pays if there is an order to pay, even if the shop never gave out the link.
    pub(crate) async fn pay(&self, id: &str) {
        let is_payable = |order: &Order| {
            use OrderState::{Cancelled, Closed, Created, Declined};
            matches!(order.state(), Created | Closed | Cancelled | Declined)
        };
        if self.order(id).as_ref().is_some_and(is_payable) {
            let extra = |minor| self.case.has_extras.then(|| Amount::from_minor(minor));
            // One that is closed can be paid if that is assumed.
            let _ = self.sandbox().act(id, Act::Pay { tip: extra(70), fee: extra(3) }).await;
        }
    }

    /// Posts callbacks, as a buyer who wants the goods for nothing might.
    pub(crate) async fn post_forgeries(&self) {
        let tracked = self.requests().tracked(self.case.operation);
        let callback = Callback::for_order(&tracked);
        let other = SignKey::new("6698851A525C9433").unwrap();
        for body in [
            callback.seal_corrupted(&key(), MERCHANT),
            callback.seal_altered(&key(), MERCHANT),
            callback.seal(&other, MERCHANT),
            // Genuine as far as the shop can tell: with the key any callback can be written.
            callback.seal(&key(), MERCHANT),
        ] {
            let mut stream = TcpStream::connect(self.callback_address()).await.unwrap();
            let length = body.len();
            let head =
                format!("POST /ottpay HTTP/1.1\r\nhost: shop\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
            stream.write_all(&[head.as_bytes(), &body].concat()).await.unwrap();
            stream.read_to_end(&mut Vec::new()).await.unwrap();
        }
        self.has_taken.store(false, Ordering::SeqCst);
    }

    fn callback_address(&self) -> &str {
        self.callback.trim_start_matches("http://").trim_end_matches("/ottpay")
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.hook.abort();
        if let Some(file) = &self.file {
            drop(self.sandbox.take());
            let _ = std::fs::remove_file(file);
        }
    }
}

async fn start_sandbox(case: &Case, currency: Currency, file: Option<&PathBuf>) -> Sandbox {
    let builder = Sandbox::builder().merchant_id(MERCHANT).sign_key(key()).currency(currency);
    // Callbacks are repeated by its clock only.
    let builder = builder.callback_attempts(8, Duration::from_secs(60));
    let builder = case.assumptions.iter().fold(builder, |builder, assumption| builder.assume(*assumption));
    let builder = if let Some(file) = file { builder.database(file) } else { builder };
    builder.start().await.unwrap()
}

fn port_of(sandbox: &Sandbox) -> u16 {
    sandbox.url().rsplit(':').next().unwrap().parse().unwrap()
}
