//! The settings of a client, checked before the first request.

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

/// The settings of a client. Merchant id and sign key are required; everything else has a safe default.
///
/// `C` is the client that [`build`](Self::build) returns.
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
    /// The body and the content type.
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
    /// Returns the settings of a client for a different gateway than the one in the generated code; generated clients
    /// have their own `builder`.
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

    /// Sets the merchant id that OTT Pay has assigned.
    pub fn merchant_id(mut self, merchant_id: impl Into<String>) -> Self {
        self.merchant_id = Some(merchant_id.into());
        self
    }

    /// Sets the currency of the merchant's account at OTT Pay.
    ///
    /// It is the currency of each amount for which a request does not name one, and the currency that `confirm`,
    /// `resolve` and `wait` expect.
    pub fn currency(mut self, currency: Currency) -> Self {
        self.currency = Some(currency);
        self
    }

    /// Sets the highest fee that OTT Pay may add to an amount without announcing it in the reply to the request; the
    /// default is zero. `confirm` reports a payment with a higher fee as a mismatch.
    pub fn fee_limit(mut self, limit: Amount) -> Self {
        self.fee_limit = limit;
        self
    }

    /// Adds the specification of private actions whose stored orders this client follows: `.follow(&private::GATEWAY)`.
    /// Orders that have not been stored do not need it.
    pub fn follow(mut self, gateway: &'static Gateway) -> Self {
        self.followed.push(gateway);
        self
    }

    /// Sets the sign key that OTT Pay has issued with the merchant id.
    pub fn sign_key(mut self, sign_key: SignKey) -> Self {
        self.sign_key = Some(sign_key);
        self
    }

    /// Also accepts replies and callbacks sealed with the former sign key, while the key is being changed. Requests are
    /// sealed only with [`sign_key`](Self::sign_key).
    ///
    /// The client's method `opened_by_former_key` counts how often the former key was needed. Remove this setting when
    /// the count no longer grows: until then, anyone who knows the former key can forge callbacks.
    pub fn also_open_with(mut self, former_key: SignKey) -> Self {
        self.former_key = Some(former_key);
        self
    }

    /// Overrides the base URLs of the specification, for example with the URL of a sandbox. The path of each action,
    /// link and plain call is appended. The URL must be `https`; plain HTTP is accepted only for loopback hosts.
    pub fn endpoint(mut self, base_url: impl Into<String>) -> Self {
        self.endpoint = Some(base_url.into());
        self
    }

    /// Overrides the version of an action: `.version(ActivePay::INFO, "1.1")`.
    /// [`Sending::version`](super::Sending::version) overrides it for one call.
    pub fn version(mut self, action: &'static ActionInfo, version: impl Into<String>) -> Self {
        self.override_for(action).version = Some(version.into());
        self
    }

    /// Overrides the constant of an action, where the vendor's pages disagree about it:
    /// `.action(UnionPayQuery::INFO, "STATUS_QUERY")`. [`Sending::action`](super::Sending::action) overrides it for one
    /// call.
    pub fn action(mut self, action: &'static ActionInfo, constant: impl Into<String>) -> Self {
        self.override_for(action).action = Some(constant.into());
        self
    }

    /// Overrides the path of an action: `.path(StatusQuery::INFO, "/processV3")`.
    /// [`Sending::path`](super::Sending::path) overrides it for one call.
    pub fn path(mut self, action: &'static ActionInfo, path: impl Into<String>) -> Self {
        self.override_for(action).path = Some(path.into());
        self
    }

    fn override_for(&mut self, info: &'static ActionInfo) -> &mut Override {
        let (_, own) = self.overrides.entry(info.name).or_insert_with(|| (info, Override::default()));
        own
    }

    /// Sets whether requests must keep to limits that are uncertain; by default they need not.
    ///
    /// These are at most 20 letters and digits in the order id of a card payment, which the vendor's own samples
    /// exceed, and 10 digits in an operator id, which most pages do not mention. They are checked when a request is
    /// built, not when it is sent.
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Sets whether to reject callbacks with signs of having been put together from the blocks of another one, without
    /// the sign key: [`CallbackError::PossiblyAltered`]. The default is `true`.
    ///
    /// Set `false` only for a gateway whose genuine callbacks show such a sign, for example fields that are not in the
    /// specification. A callback then proves even less, so query each order.
    ///
    /// [`CallbackError::PossiblyAltered`]: crate::callback::CallbackError::PossiblyAltered
    pub fn strict_callbacks(mut self, strict: bool) -> Self {
        self.checks_callbacks = strict;
        self
    }

    /// Sets how requests are framed; by default as in the specification. Both framings of a reply are always accepted.
    pub fn framing(mut self, framing: Framing) -> Self {
        self.framing = framing;
        self
    }

    /// Sets how `data` is encrypted; by default as in the specification.
    pub fn cipher(mut self, cipher: Cipher) -> Self {
        self.cipher = cipher;
        self
    }

    /// Makes a client for a blocking program, which calls `.wait()` instead of `.await`. Its default transport is
    /// [`BlockingTransport`](crate::transport::BlockingTransport), which does everything on the calling thread. Without
    /// this setting `.wait()` works as well, but a Tokio runtime on a separate thread does the network's work.
    #[cfg(feature = "blocking")]
    pub fn blocking(mut self) -> Self {
        self.blocks = true;
        self
    }

    /// Sets a transport to use instead of [`HttpTransport`].
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Trusts a certificate authority in addition to those of the platform: that of a sandbox with TLS, or of a
    /// company's proxy.
    ///
    /// `pem` contains one or more certificates in PEM. Certificates are always checked. Repeated calls add
    /// certificates.
    ///
    /// The owner of that authority's key can impersonate the gateway, so never trust a sandbox's authority in
    /// production. This setting has no effect on a custom transport, nor on Android.
    pub fn trust_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.trusted.push(pem.into());
        self
    }

    /// Sets what precedes `ottpay/VERSION` in the header `User-Agent`, for example `shop/2.1`.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Overrides the specification's answer to callbacks, as body and content type:
    /// `.acknowledgement("OK", "text/plain")`. The client's method `acknowledgement` returns it for the shop's handler.
    ///
    /// The vendor does not document the answer. Nine public handlers send seven different ones: the text `success`,
    /// `SUCCESS` or `OK`, an empty body, a boolean, JSON with `rsp_code` and `rsp_msg`, and XML as WeChat expects it.
    /// None of these projects mentions repeated callbacks. So change it only if the gateway repeats callbacks that you
    /// have answered, or if OTT Pay asks for another answer. The status remains that of the specification: only an
    /// answer other than 2xx rejects a callback.
    ///
    /// The body is a single line of at most 1,024 bytes, and may be empty.
    pub fn acknowledgement(mut self, body: impl Into<String>, content_type: impl Into<String>) -> Self {
        self.acknowledgement = Some((body.into(), content_type.into()));
        self
    }

    /// Sets how long making a connection may take; by default 10 seconds. It has no effect on a custom transport.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Lets a write use a connection that has been idle for at most this long. By default each write opens its own
    /// connection. It has no effect on a custom transport.
    ///
    /// The gateway may close an idle connection just as it is reused, and then it is unknown whether the payment was
    /// carried out. No limit rules that out; a short one only makes it rare. Reads always share connections. For the
    /// cost of a connection, see `docs/measurements.md` in the repository.
    pub fn reuse_for_writes(mut self, idle: Duration) -> Self {
        self.reuse_for_writes = Some(idle);
        self
    }

    /// Sets how long a whole exchange may take; by default 60 seconds. [`Sending::timeout`](super::Sending::timeout)
    /// overrides it for one call.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the maximum size of a reply or callback in bytes; by default one MiB.
    pub fn max_reply(mut self, bytes: usize) -> Self {
        self.max_reply = bytes;
        self
    }

    /// Sets the observer of this client and its clones, for metrics and alerts: it receives completed calls, received
    /// callbacks, and uses of the former key. A second observer replaces the first.
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Sets whether the spans and events of `tracing` contain order ids, in the field `ottpay.order_id`. By default
    /// they do not, because more people read logs than may see a shop's orders.
    pub fn trace_order_ids(mut self, shown: bool) -> Self {
        self.trace_order_ids = shown;
        self
    }

    /// Checks the settings and returns the client.
    ///
    /// # Errors
    /// [`ConfigError`] names the setting.
    pub fn build(self) -> Result<C, ConfigError> {
        let merchant_id = self.merchant_id.map(|id| id.trim().to_owned()).filter(|id| !id.is_empty());
        let merchant_id = merchant_id.ok_or(ConfigError::NoMerchantId)?;
        let sign_key = self.sign_key.ok_or(ConfigError::NoSignKey)?;
        let endpoint = self.endpoint.as_deref().map(str::trim);
        let parts = endpoint.map(|text| check_endpoint(text, self.gateway)).transpose()?;
        // Without an endpoint, requests go to the specification's addresses, which have to be `https`.
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
        // Formatted once per client instead of once per call.
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
    // The HTTP library parses the URL as well, and may reject what our own parser accepts.
    if ::url::Url::parse(endpoint).is_err() {
        return Err(ConfigError::Endpoint);
    }
    if parts.is_private() { Ok(parts) } else { Err(ConfigError::PlainHttp) }
}

/// Shows whether the required settings are present.
impl<C> std::fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("merchant_id", &self.merchant_id)
            .field("sign_key", &self.sign_key)
            .finish_non_exhaustive()
    }
}
