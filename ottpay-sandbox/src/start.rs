//! Starts a sandbox: checks its settings, and spawns the server and the delivery worker on their own thread.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Uri;
use ottpay::spec::{Gateway, JoinError};
use ottpay::{Currency, SignKey};
use ottpay_vocabulary::acknowledgement::check_body;

use crate::builder::SandboxBuilder;
use crate::control_access::ControlAccess;
use crate::engine::{Engine, Settings, build_http_client, queue_jobs, run_deliveries, run_jobs};
use crate::error::SandboxError;
use crate::listen::Listening;
use crate::sandbox::Sandbox;
use crate::security::{Authority, Security};
use crate::server;
use crate::store::{OpenError, Store};
use crate::synchronous::Synchronous;
use crate::thread::Thread;

/// The default merchant id.
const DEFAULT_MERCHANT: &str = "SB00000001";

/// How long an unpaid order stays open by default.
const DEFAULT_PAY_WITHIN: Duration = Duration::from_secs(30 * 60);

/// The default number of attempts to deliver a callback, and the time between the first and the second.
const DEFAULT_ATTEMPTS: (u32, Duration) = (8, Duration::from_secs(1));

impl Sandbox {
    /// Starts a gateway on a free loopback port, with a database in memory, a default merchant and a random sign key.
    ///
    /// # Errors
    /// [`SandboxError::Listen`] if no port is free, [`SandboxError::Start`] if the machine cannot start a thread.
    pub async fn start() -> Result<Self, SandboxError> {
        Self::builder().start().await
    }

    /// Returns the default settings of a sandbox.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }
}

impl SandboxBuilder {
    /// Starts the gateway.
    ///
    /// # Errors
    /// [`SandboxError::Listen`], [`SandboxError::Database`], [`SandboxError::ControlToken`],
    /// [`SandboxError::PublicUrl`], [`SandboxError::Certificate`], and [`SandboxError::Start`] if another setting is
    /// invalid.
    pub async fn start(self) -> Result<Sandbox, SandboxError> {
        let (thread, started) = Thread::start(async move || self.start_here().await).await?;
        let Started { engine, url, made_key, authority } = started;
        Ok(Sandbox::new(engine, url, made_key, authority, thread))
    }

    /// Prepares the certificate of a sandbox that listens on this address, if TLS is configured.
    #[cfg(feature = "tls")]
    fn secure(&self, address: SocketAddr) -> Result<(Security, Option<Authority>), String> {
        let Some(tls) = &self.tls else { return Ok((Security::Plain, None)) };
        let public: Option<Uri> = self.public_url.as_deref().and_then(|url| url.parse().ok());
        let public_host = public.as_ref().and_then(Uri::host).map(|host| host.trim_matches(['[', ']']).to_owned());
        let (tls, authority) = tls.prepare(address.ip(), public_host)?;
        Ok((Security::Tls(tls), Some(authority)))
    }

    /// Returns plain TCP: this build does not include TLS.
    #[cfg(not(feature = "tls"))]
    fn secure(&self, _: SocketAddr) -> Result<(Security, Option<Authority>), String> {
        Ok((Security::Plain, None))
    }

    /// Opens the port and the database, and spawns the server and the delivery worker.
    async fn start_here(self) -> Result<Started, SandboxError> {
        let gateway = join(&self.gateways).map_err(cannot_start)?;
        if let Some(url) = &self.public_url {
            validate_public_url(url).map_err(|reason| SandboxError::PublicUrl { reason: reason.to_string() })?;
        }
        let acknowledgement = self.acknowledgement.clone().unwrap_or_else(|| gateway.acknowledgement.body().to_owned());
        check_body(&acknowledgement).map_err(|error| cannot_start(format!("invalid acknowledgement: {error}")))?;
        let control_access = self.control_token.clone().map(|token| ControlAccess::new(token.0)).transpose();
        let control_access = control_access.map_err(|reason| SandboxError::ControlToken { reason })?;
        if self.merchant_id.as_deref() == Some("") {
            return Err(cannot_start("the merchant id is empty; set one, or omit it"));
        }
        // The port comes first, because the certificate and all URLs contain its address.
        let Listening { listeners, address } = self.listen.unwrap_or_default().open().await?;
        let (security, authority) = self.secure(address).map_err(|reason| SandboxError::Certificate { reason })?;
        let url = format!("{}://{}", security.scheme(), find_reachable(address));
        let file = self.database.as_deref();
        let sqlite = |error: rusqlite::Error| cannot_use(file, error.into());
        let store = open_store(file, self.synchronous, gateway).map_err(|error| cannot_use(file, error))?;
        let merchant_id = choose_merchant(self.merchant_id, &store).map_err(sqlite)?;
        // Kept for a later start that does not name a merchant.
        store.set("merchant_id", &merchant_id).map_err(sqlite)?;
        let (sign_key, made_key) = match self.sign_key {
            Some(key) => (key, None),
            None => {
                let made = match store.setting("sign_key").map_err(sqlite)? {
                    Some(made) => made,
                    None => make_random_key().map_err(cannot_start)?,
                };
                store.set("sign_key", &made).map_err(sqlite)?;
                (SignKey::new(made.clone()).map_err(cannot_start)?, Some(made))
            }
        };
        let (attempts, back_off) = self.callbacks.unwrap_or(DEFAULT_ATTEMPTS);
        let settings = Settings {
            gateway,
            merchant_id,
            sign_key,
            cipher: self.cipher.unwrap_or(gateway.cipher),
            endpoint: url.clone(),
            names: authority.as_ref().map(|authority| authority.names.clone()).unwrap_or_default(),
            public_url: self.public_url.unwrap_or_else(|| url.clone()),
            pay_within: self.pay_within.unwrap_or(DEFAULT_PAY_WITHIN),
            attempts,
            back_off,
            callbacks_anywhere: self.callbacks_anywhere,
            acknowledgement,
            strict_acknowledgement: self.strict_acknowledgement,
            currency: self.currency.unwrap_or(Currency::CAD),
            is_tame: self.is_tame,
            is_strict: self.is_strict,
            control_access,
        };
        let http = build_http_client().map_err(cannot_start)?;
        let (jobs, waiting) = queue_jobs();
        let engine = Arc::new(Engine::new(settings, self.assumptions, store, http, jobs).map_err(sqlite)?);
        tokio::spawn(run_jobs(Arc::clone(&engine), waiting));
        tokio::spawn(server::serve(listeners, security, Arc::clone(&engine)));
        tokio::spawn(run_deliveries(Arc::clone(&engine)));
        Ok(Started { engine, url, made_key, authority })
    }
}

/// The parts that the thread of a sandbox has started.
struct Started {
    engine: Arc<Engine>,
    url: String,
    made_key: Option<String>,
    authority: Option<Authority>,
}

/// Joins the configured specifications.
fn join(gateways: &[&'static Gateway]) -> Result<&'static Gateway, JoinError> {
    match gateways {
        [] => Ok(&ottpay::GATEWAY),
        [first, others @ ..] => others.iter().copied().try_fold(*first, Gateway::join),
    }
}

fn cannot_start(reason: impl ToString) -> SandboxError {
    SandboxError::Start { reason: reason.to_string() }
}

fn cannot_use(file: Option<&Path>, error: OpenError) -> SandboxError {
    let source = match error {
        OpenError::Sqlite(error) => error.into(),
        OpenError::Io(error) => error.into(),
        error => error.into(),
    };
    SandboxError::Database { file: file.map(Path::to_owned), source }
}

/// Opens the store, and rejects one with orders of actions that the specification does not contain.
fn open_store(file: Option<&Path>, synchronous: Synchronous, gateway: &Gateway) -> Result<Store, OpenError> {
    let store = Store::open(file, synchronous)?;
    for action in store.actions()? {
        if gateway.find_method(&action).is_none() {
            return Err(OpenError::Action(action));
        }
    }
    Ok(store)
}

/// Chooses the configured merchant, or else the one in the store, or else the default.
fn choose_merchant(given: Option<String>, store: &Store) -> rusqlite::Result<String> {
    match given {
        Some(merchant_id) => Ok(merchant_id),
        None => Ok(store.setting("merchant_id")?.unwrap_or_else(|| DEFAULT_MERCHANT.to_owned())),
    }
}

/// Returns an address to which a program on this machine can connect: loopback, if the server listens on all
/// interfaces.
fn find_reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    address
}

/// Rejects a public URL to which no path can be appended, or that does not have a host.
fn validate_public_url(url: &str) -> Result<(), &'static str> {
    let parsed: Option<Uri> = url.parse().ok();
    let is_web = |url: &&Uri| matches!(url.scheme_str(), Some("http" | "https")) && url.host() != Some("");
    let Some(parsed) = parsed.as_ref().filter(is_web) else {
        return Err("must begin with http:// or https:// and a host, as in http://192.168.1.20:8081");
    };
    if parsed.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err("contains a user name; remove it");
    }
    if parsed.path_and_query().is_some_and(|path| path != "/") || url.contains('#') {
        return Err("has a path, but the sandbox is at the root of its URL; give scheme, host and port only");
    }
    Ok(())
}

/// Generates a key of 16 upper-case hex digits, the format of the vendor's samples.
fn make_random_key() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes)?;
    Ok(format!("{:016X}", u64::from_be_bytes(bytes)))
}
