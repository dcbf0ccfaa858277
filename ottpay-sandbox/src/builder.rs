//! Settings of a sandbox, and its start.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::Uri;
use ottpay::info::Gateway;
use ottpay::{Cipher, Currency, SignKey};
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore, broadcast};

use crate::clock::Clock;
use crate::engine::{Engine, MAX_LOOKING, Settings};
use crate::fault::Troubles;
use crate::store::{OpenError, Store};
use crate::thread::Thread;
use crate::{Sandbox, SandboxError, callback, server};

/// Settings for a gateway; each has a default.
#[derive(Debug, Default)]
#[must_use = "settings do nothing until `start` is called"]
pub struct SandboxBuilder {
    gateway: Option<&'static Gateway>,
    merchant_id: Option<String>,
    sign_key: Option<SignKey>,
    cipher: Option<Cipher>,
    listen: Option<SocketAddr>,
    public_url: Option<String>,
    database: Option<PathBuf>,
    pay_within: Option<Duration>,
    callbacks: Option<(u32, Duration)>,
    callbacks_anywhere: bool,
    currency: Option<Currency>,
}

impl SandboxBuilder {
    /// Another compiled specification than [`ottpay::GATEWAY`].
    pub fn gateway(mut self, gateway: &'static Gateway) -> Self {
        self.gateway = Some(gateway);
        self
    }

    /// The merchant id; by default `SB00000001`.
    pub fn merchant_id(mut self, merchant_id: impl Into<String>) -> Self {
        self.merchant_id = Some(merchant_id.into().trim().to_owned());
        self
    }

    /// The sign key; by default a random one, which a database file keeps.
    pub fn sign_key(mut self, sign_key: SignKey) -> Self {
        self.sign_key = Some(sign_key);
        self
    }

    /// How `data` is encrypted; by default as the specification says.
    pub fn cipher(mut self, cipher: Cipher) -> Self {
        self.cipher = Some(cipher);
        self
    }

    /// The port on `127.0.0.1`; by default a free one.
    pub fn port(self, port: u16) -> Self {
        self.listen(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
    }

    /// Where to listen; by default at a free port of `127.0.0.1`. Beyond this machine only the gateway itself and the
    /// buyer's pages are served, never the control interface and the developer's pages.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = Some(address);
        self
    }

    /// Where buyers reach the sandbox, for the payment links that it gives out, as in `http://192.168.1.20:8081` or
    /// `https://pay.example`; by default its own address. The buyer's pages are shown under its host, an IP address and
    /// `localhost` only.
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into().trim_end_matches('/').to_owned());
        self
    }

    /// A file for orders, callbacks and messages, made if it is not there; by default they are in memory.
    pub fn database(mut self, file: impl Into<PathBuf>) -> Self {
        self.database = Some(file.into());
        self
    }

    /// How long an unpaid order stays open; by default 30 minutes. How long it does at the vendor is not documented.
    pub fn pay_within(mut self, time: Duration) -> Self {
        self.pay_within = Some(time);
        self
    }

    /// How often a callback is tried, and how long after the first attempt the second comes; each further one takes
    /// twice as long. By default 8 times, beginning with one second. What the vendor does is not documented.
    pub fn callback_attempts(mut self, attempts: u32, back_off: Duration) -> Self {
        self.callbacks = Some((attempts.max(1), back_off));
        self
    }

    /// Sends callbacks to other machines, too. By default only this one gets any.
    pub fn callbacks_anywhere(mut self, allowed: bool) -> Self {
        self.callbacks_anywhere = allowed;
        self
    }

    /// The merchant's currency, which is that of orders whose request names none; by default CAD.
    pub fn currency(mut self, currency: Currency) -> Self {
        self.currency = Some(currency);
        self
    }

    /// Starts the gateway.
    ///
    /// # Errors
    /// [`SandboxError::Listen`], [`SandboxError::Database`], and [`SandboxError::Start`] if a setting is wrong.
    pub async fn start(self) -> Result<Sandbox, SandboxError> {
        let (thread, Made { engine, url, made_key }) = Thread::start(async move || self.make().await).await?;
        Ok(Sandbox { engine, url, made_key, thread })
    }

    /// Opens everything, and lets the server and the callbacks go.
    async fn make(self) -> Result<Made, SandboxError> {
        let start = |reason: String| SandboxError::Start { reason };
        let gateway = self.gateway.unwrap_or(&ottpay::GATEWAY);
        if let Some(url) = &self.public_url {
            check_public_url(url).map_err(|problem| start(format!("the public url {problem}")))?;
        }
        let address = self.listen.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        let listen = |source| SandboxError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen)?;
        let url = format!("http://{}", reachable(listener.local_addr().map_err(listen)?));
        let file = self.database.as_deref();
        let unusable = |error: OpenError| {
            let source = match error {
                OpenError::Sqlite(error) => error.into(),
                OpenError::Io(error) => error.into(),
                error => error.into(),
            };
            SandboxError::Database { file: file.map(Path::to_owned), source }
        };
        let store = Store::open(file).map_err(unusable)?;
        let sqlite = |error: rusqlite::Error| unusable(error.into());
        for action in store.actions().map_err(sqlite)? {
            if gateway.method(&action).is_none() {
                return Err(unusable(OpenError::Action(action)));
            }
        }
        let merchant_id = match self.merchant_id {
            Some(merchant_id) => merchant_id,
            None => store.setting("merchant_id").map_err(sqlite)?.unwrap_or_else(|| "SB00000001".to_owned()),
        };
        if merchant_id.is_empty() {
            return Err(start("the merchant id is empty; give one, or leave it out".to_owned()));
        }
        store.set("merchant_id", &merchant_id).map_err(sqlite)?;
        let (sign_key, made_key) = match self.sign_key {
            Some(key) => (key, None),
            None => {
                let made = match store.setting("sign_key").map_err(sqlite)? {
                    Some(made) => made,
                    None => random_key()?,
                };
                store.set("sign_key", &made).map_err(sqlite)?;
                (SignKey::new(made.clone()).map_err(|error| start(error.to_string()))?, Some(made))
            }
        };
        let number = |text: Option<String>| text.and_then(|text| text.parse().ok()).unwrap_or(0);
        let clock = Clock::new(number(store.setting("clock_ahead").map_err(sqlite)?));
        let mut rates = BTreeMap::from([("CAD", 505_703_000), ("USD", 650_000_000), ("CNY", 100_000_000)])
            .into_iter()
            .map(|(currency, rate)| (currency.to_owned(), rate))
            .collect::<BTreeMap<String, u64>>();
        if let Some(kept) = store.setting("rates").map_err(sqlite)? {
            rates.extend(serde_json::from_str::<BTreeMap<String, u64>>(&kept).unwrap_or_default());
        }
        let (attempts, back_off) = self.callbacks.unwrap_or((8, Duration::from_secs(1)));
        let engine = Arc::new(Engine {
            gateway,
            merchant_id,
            sign_key,
            cipher: self.cipher.unwrap_or(gateway.cipher),
            http: callback::http().map_err(start)?,
            store,
            clock,
            troubles: Troubles::default(),
            settings: Settings {
                public_url: self.public_url.unwrap_or_else(|| url.clone()),
                pay_within: self.pay_within.unwrap_or(Duration::from_secs(30 * 60)),
                attempts,
                back_off,
                callbacks_anywhere: self.callbacks_anywhere,
                currency: self.currency.unwrap_or(Currency::CAD),
            },
            rates: Mutex::new(rates),
            requests: AtomicU64::new(0),
            stopping: AtomicBool::new(false),
            changing: Mutex::default(),
            wake: Notify::new(),
            changed: broadcast::Sender::new(16),
            looking: Arc::new(Semaphore::new(MAX_LOOKING)),
        });
        tokio::spawn(server::serve(listener, Arc::clone(&engine)));
        tokio::spawn(callback::work(Arc::clone(&engine)));
        Ok(Made { engine, url, made_key })
    }
}

/// What the thread of a sandbox has made.
struct Made {
    engine: Arc<Engine>,
    url: String,
    made_key: Option<String>,
}

/// An address that a program on this machine can connect to: who listens everywhere is reached on loopback.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    address
}

/// Links are made by putting a path behind it, and pages are shown under its host.
fn check_public_url(url: &str) -> Result<(), &'static str> {
    let parsed: Option<Uri> = url.parse().ok();
    let is_web = |url: &&Uri| matches!(url.scheme_str(), Some("http" | "https")) && url.host() != Some("");
    let Some(parsed) = parsed.as_ref().filter(is_web) else {
        return Err("has to begin with http:// or https:// and a host, as in http://192.168.1.20:8081");
    };
    if parsed.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err("has a user name; leave it out");
    }
    if parsed.path_and_query().is_some_and(|path| path != "/") || url.contains('#') {
        return Err("has a path, but the sandbox is at the root of its address; give scheme, host and port only");
    }
    Ok(())
}

/// A key of 16 upper-case hex digits, the shape of the vendor's samples.
fn random_key() -> Result<String, SandboxError> {
    let mut bytes = [0_u8; 8];
    let start = |error: getrandom::Error| SandboxError::Start { reason: error.to_string() };
    getrandom::fill(&mut bytes).map_err(start)?;
    Ok(format!("{:016X}", u64::from_be_bytes(bytes)))
}
