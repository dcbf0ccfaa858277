//! Settings of a client, checked before the first request.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use ottpay_vocabulary::url::{Parts, parse_base};

use super::config_error::ConfigError;
use super::connection::Client;
use super::keys::Keys;
use super::settings::{Override, Settings};
use crate::envelope::{Cipher, Framing};
use crate::field::{Amount, Currency};
use crate::key::SignKey;
use crate::observation::{Observer, Report};
use crate::redaction::excerpt;
use crate::sender::Sender;
use crate::spec::{ActionInfo, Gateway};
#[cfg(feature = "blocking")]
use crate::transport::BlockingTransport;
use crate::transport::{HttpTransport, NotPem, Transport, Trust};

/// Settings of a client. Merchant id and sign key are required; everything else has a safe default.
///
/// `C` is the client that comes out.
#[must_use = "settings do nothing until `build` is called"]
pub struct ClientBuilder<C> {
    gateway: &'static Gateway,
    followed: Vec<&'static Gateway>,
    merchant_id: Option<String>,
    currency: Option<Currency>,
    fee_limit: Amount,
    sign_key: Option<SignKey>,
    former_key: Option<SignKey>,
    endpoint: Option<String>,
    overrides: BTreeMap<&'static str, (&'static ActionInfo, Override)>,
    strict: bool,
    checks_callbacks: bool,
    framing: Framing,
    cipher: Cipher,
    transport: Option<Arc<dyn Transport>>,
    #[cfg(feature = "blocking")]
    blocks: bool,
    trusted: Vec<Vec<u8>>,
    user_agent: Option<String>,
    /// Body and content type.
    acknowledgement: Option<(String, String)>,
    connect_timeout: Duration,
    reuse_for_writes: Option<Duration>,
    timeout: Duration,
    max_reply: usize,
    observer: Option<Arc<dyn Observer>>,
    trace_order_ids: bool,
    client: PhantomData<fn() -> C>,
}

impl Client {
    /// A client for another gateway than the one it was generated with; generated clients have a `builder` of their
    /// own.
    pub fn builder(gateway: &'static Gateway) -> ClientBuilder<Self> {
        ClientBuilder::new(gateway)
    }
}

impl<C: From<Client>> ClientBuilder<C> {
    #[doc(hidden)]
    pub fn new(gateway: &'static Gateway) -> Self {
        Self {
            gateway,
            followed: Vec::new(),
            merchant_id: None,
            currency: None,
            fee_limit: Amount::ZERO,
            sign_key: None,
            former_key: None,
            endpoint: None,
            overrides: BTreeMap::new(),
            strict: false,
            checks_callbacks: true,
            framing: gateway.framing,
            cipher: gateway.cipher,
            transport: None,
            #[cfg(feature = "blocking")]
            blocks: false,
            trusted: Vec::new(),
            user_agent: None,
            acknowledgement: None,
            connect_timeout: Duration::from_secs(10),
            reuse_for_writes: None,
            timeout: Duration::from_secs(60),
            max_reply: 1024 * 1024,
            observer: None,
            trace_order_ids: false,
            client: PhantomData,
        }
    }

    /// The merchant id, given by OTT Pay.
    pub fn merchant_id(mut self, merchant_id: impl Into<String>) -> Self {
        self.merchant_id = Some(merchant_id.into());
        self
    }

    /// The merchant's currency, as OTT Pay has set it up: that of every amount for which a request states none, and what
    /// `confirm`, `resolve` and `wait` compare with.
    pub fn currency(mut self, currency: Currency) -> Self {
        self.currency = Some(currency);
        self
    }

    /// The highest fee that OTT Pay may add to an amount without having announced it in the reply to the request; by default
    /// none. `confirm` takes a payment with a higher fee for a mismatch.
    pub fn fee_limit(mut self, limit: Amount) -> Self {
        self.fee_limit = limit;
        self
    }

    /// The specification of private actions whose stored orders this client is to follow: `.follow(&private::GATEWAY)`.
    /// Orders that have not been stored need no such setting.
    pub fn follow(mut self, gateway: &'static Gateway) -> Self {
        self.followed.push(gateway);
        self
    }

    /// The sign key, given by OTT Pay with the merchant id.
    pub fn sign_key(mut self, sign_key: SignKey) -> Self {
        self.sign_key = Some(sign_key);
        self
    }

    /// The former sign key, while the key is being changed: replies and callbacks that were sealed with it are opened as
    /// well. Requests are sealed with [`sign_key`](Self::sign_key) alone.
    ///
    /// The method `opened_by_former_key` of the client counts how often that was needed. Leave this out again when the number no longer
    /// grows: until then whoever knows the former key can make callbacks.
    pub fn also_open_with(mut self, former_key: SignKey) -> Self {
        self.former_key = Some(former_key);
        self
    }

    /// Another base address than those of the specification, such as that of a sandbox. The path of each action is
    /// appended, those of links and plain calls too. It must be `https`; plain HTTP is taken for loopback hosts only.
    pub fn endpoint(mut self, base_url: impl Into<String>) -> Self {
        self.endpoint = Some(base_url.into());
        self
    }

    /// Another version than the specification gives an action: `.version(ActivePay::INFO, "1.1")`.
    /// [`Sending::version`](super::Sending::version) changes it for one call.
    pub fn version(mut self, action: &'static ActionInfo, version: impl Into<String>) -> Self {
        self.override_for(action).version = Some(version.into());
        self
    }

    /// Another constant than the specification gives an action: `.action(UnionPayQuery::INFO, "STATUS_QUERY")`, where
    /// the vendor's pages disagree about it. [`Sending::action`](super::Sending::action) changes it for one call.
    pub fn action(mut self, action: &'static ActionInfo, constant: impl Into<String>) -> Self {
        self.override_for(action).action = Some(constant.into());
        self
    }

    /// Another path than the specification gives an action: `.path(StatusQuery::INFO, "/processV3")`.
    /// [`Sending::path`](super::Sending::path) changes it for one call.
    pub fn path(mut self, action: &'static ActionInfo, path: impl Into<String>) -> Self {
        self.override_for(action).path = Some(path.into());
        self
    }

    fn override_for(&mut self, info: &'static ActionInfo) -> &mut Override {
        let (_, own) = self.overrides.entry(info.name).or_insert_with(|| (info, Override::default()));
        own
    }

    /// Whether requests are held to limits that are not certain: at most 20 letters and digits in the order id of a card
    /// payment, which the vendor's own samples break, and 10 digits in an operator id, which most pages do not state. By
    /// default they are not. A request is held to them when it is built, not when it is sent.
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Whether a callback is refused that decrypts and has the right digest, but bears signs that somebody without the
    /// sign key put it together from the blocks of another: [`CallbackError::PossiblyAltered`]. By default it is.
    ///
    /// Turn it off only for a gateway whose genuine callbacks have such a sign, for example fields that the
    /// specification does not have. Then a callback proves less still: query each order.
    ///
    /// [`CallbackError::PossiblyAltered`]: crate::callback::CallbackError::PossiblyAltered
    pub fn strict_callbacks(mut self, strict: bool) -> Self {
        self.checks_callbacks = strict;
        self
    }

    /// How requests are framed; by default as the specification says. Both framings are always read.
    pub fn framing(mut self, framing: Framing) -> Self {
        self.framing = framing;
        self
    }

    /// How `data` is encrypted; by default as the specification says.
    pub fn cipher(mut self, cipher: Cipher) -> Self {
        self.cipher = cipher;
        self
    }

    /// Makes a client for a program that blocks, and calls `.wait()` where another awaits: its transport is
    /// [`BlockingTransport`](crate::transport::BlockingTransport), which does everything on the calling thread. A transport
    /// of your own is used all the same.
    ///
    /// Without this, `.wait()` is as good, but the network's work is done on a thread of its own, by a Tokio runtime.
    #[cfg(feature = "blocking")]
    pub fn blocking(mut self) -> Self {
        self.blocks = true;
        self
    }

    /// Another transport than [`HttpTransport`].
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Trusts a certificate authority beside those that the platform trusts: that of a sandbox with TLS, or of a company's
    /// proxy. `pem` is its certificate in PEM, or several. Certificates are checked as always. Called several times, all of
    /// them are trusted.
    ///
    /// Whoever has the key of that authority can pose as the gateway, so never trust that of a sandbox in production. Does
    /// not touch a transport of your own, and on Android it has no effect.
    pub fn trust_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.trusted.push(pem.into());
        self
    }

    /// What comes before `ottpay/VERSION` in the header `User-Agent`, for example `shop/2.1`.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Another answer to callbacks than that of the specification, as body and content type:
    /// `.acknowledgement("OK", "text/plain")`. The method `acknowledgement` of the client has it for the handler of a shop.
    ///
    /// The vendor documents no answer. Nine public handlers give seven: the text `success`, `SUCCESS` or `OK`, an empty
    /// body, a boolean, JSON with `rsp_code` and `rsp_msg`, and XML as WeChat expects it. None of them reports that
    /// callbacks were repeated. So change it only if the gateway repeats callbacks that you have answered, or if OTT Pay
    /// tells you another answer. The status is that of the specification: callbacks are only rejected by an answer other
    /// than 2xx.
    ///
    /// The body has one line of at most 1,024 bytes, and may be empty.
    pub fn acknowledgement(mut self, body: impl Into<String>, content_type: impl Into<String>) -> Self {
        self.acknowledgement = Some((body.into(), content_type.into()));
        self
    }

    /// How long a connection may take to come about; by default 10 seconds. Does not touch a transport of your own.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Lets a write use a connection that has been idle for at most this long. By default each write opens a connection of
    /// its own: the gateway may close one that is kept at the very moment at which it is used again, and then nobody knows
    /// whether the payment was carried out. No limit excludes that, a short one only makes it rare. Reads always share
    /// connections. `docs/measurements.md` of the repository has what a connection costs.
    ///
    /// Does not touch a transport of your own.
    pub fn reuse_for_writes(mut self, idle: Duration) -> Self {
        self.reuse_for_writes = Some(idle);
        self
    }

    /// How long a whole exchange may take; by default 60 seconds. [`Sending::timeout`](super::Sending::timeout)
    /// changes it for one call.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How many bytes a reply or callback may have; by default one MiB.
    pub fn max_reply(mut self, bytes: usize) -> Self {
        self.max_reply = bytes;
        self
    }

    /// Gets the events of this client and its clones, for metrics and alerts: calls that ended, callbacks that arrived, uses
    /// of the former key. Of two observers only the later one is kept.
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Whether the spans and events of `tracing` have order ids, in the field `ottpay.order_id`. By default they do not:
    /// logs are read by more people than a shop's orders.
    pub fn trace_order_ids(mut self, shown: bool) -> Self {
        self.trace_order_ids = shown;
        self
    }

    /// Checks the settings and makes the client.
    ///
    /// # Errors
    /// [`ConfigError`] names the setting.
    pub fn build(self) -> Result<C, ConfigError> {
        let merchant_id = self.merchant_id.map(|id| id.trim().to_owned()).filter(|id| !id.is_empty());
        let merchant_id = merchant_id.ok_or(ConfigError::NoMerchantId)?;
        let sign_key = self.sign_key.ok_or(ConfigError::NoSignKey)?;
        let endpoint = self.endpoint.as_deref().map(str::trim);
        let parts = endpoint.map(|text| check_endpoint(text, self.gateway)).transpose()?;
        let https = parts.is_none_or(|parts| parts.is_https);
        let loopback = parts.is_some_and(|parts| parts.is_loopback);
        for (info, own) in self.overrides.values() {
            own.check(info).map_err(|(setting, value, problem)| {
                let (action, value) = (info.name, excerpt(value));
                ConfigError::Override { action, setting, value, problem }
            })?;
        }
        let acknowledgement = self.acknowledgement.map(|(body, content_type)| {
            self.gateway.acknowledgement.clone().with_body(body)?.with_content_type(content_type)
        });
        let acknowledgement = acknowledgement.transpose().map_err(ConfigError::Acknowledgement)?;
        let mut trust = Trust::default();
        for pem in &self.trusted {
            trust.add(pem).map_err(|NotPem| ConfigError::Certificate)?;
        }
        let transport = match self.transport {
            Some(transport) => transport,
            None if https && !HttpTransport::TLS => return Err(ConfigError::NoTls),
            #[cfg(feature = "blocking")]
            None if self.blocks => {
                let transport =
                    BlockingTransport::with_trust(self.connect_timeout, loopback, self.reuse_for_writes, &trust);
                Arc::new(transport.map_err(ConfigError::Transport)?)
            }
            None => {
                let transport =
                    HttpTransport::with_trust(self.connect_timeout, loopback, self.reuse_for_writes, &trust);
                Arc::new(transport.map_err(ConfigError::Transport)?)
            }
        };
        const OURS: &str = concat!("ottpay/", env!("CARGO_PKG_VERSION"));
        let user_agent = self.user_agent.map_or_else(|| OURS.to_owned(), |shop| format!("{shop} {OURS}"));
        if user_agent.contains(|character: char| !(' '..='~').contains(&character)) {
            return Err(ConfigError::UserAgent);
        }
        let endpoint = endpoint.map(|text| text.trim_end_matches('/').to_owned());
        let environment = endpoint.clone().unwrap_or_else(|| self.gateway.base_url.to_owned());
        let address = |path: &&'static str| (*path, Arc::from(format!("{environment}{path}")));
        Ok(C::from(Client(Arc::new(Settings {
            addresses: self.gateway.paths.iter().map(address).collect(),
            gateway: self.gateway,
            followed: self.followed,
            sender: Arc::new(Sender { merchant_id, environment, currency: self.currency }),
            fee_limit: self.fee_limit,
            keys: Keys::new(sign_key, self.former_key),
            endpoint,
            overrides: self.overrides.into_iter().map(|(name, (_, own))| (name, own)).collect(),
            strict: self.strict,
            checks_callbacks: self.checks_callbacks,
            framing: self.framing,
            cipher: self.cipher,
            transport,
            user_agent: user_agent.into(),
            acknowledgement,
            timeout: self.timeout,
            max_reply: self.max_reply,
            report: Report::new(self.observer, self.trace_order_ids, self.gateway),
        }))))
    }
}

fn check_endpoint<'a>(endpoint: &'a str, gateway: &Gateway) -> Result<Parts<'a>, ConfigError> {
    let parts = parse_base(endpoint).map_err(|_| ConfigError::Endpoint)?;
    if gateway.paths.iter().any(|path| parts.path.trim_end_matches('/').ends_with(path)) {
        return Err(ConfigError::EndpointWithPath);
    }
    // The HTTP library reads it, too.
    if ::url::Url::parse(endpoint).is_err() {
        return Err(ConfigError::Endpoint);
    }
    if parts.is_private() { Ok(parts) } else { Err(ConfigError::PlainHttp) }
}

/// Shows whether the required settings are there.
impl<C> std::fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("merchant_id", &self.merchant_id)
            .field("sign_key", &self.sign_key)
            .finish_non_exhaustive()
    }
}
