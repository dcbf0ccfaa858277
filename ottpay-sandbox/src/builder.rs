//! The settings of a sandbox before its start.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ottpay::spec::Gateway;
use ottpay::{Cipher, Currency, SignKey};

use crate::assume::{Assumption, Assumptions};
use crate::control_access::ControlToken;
use crate::listen::Listen;
use crate::synchronous::Synchronous;

/// Settings for a gateway; each has a default.
#[derive(Debug, Default)]
#[must_use = "settings do nothing until `start` is called"]
pub struct SandboxBuilder {
    pub(crate) gateways: Vec<&'static Gateway>,
    pub(crate) merchant_id: Option<String>,
    pub(crate) sign_key: Option<SignKey>,
    pub(crate) cipher: Option<Cipher>,
    pub(crate) listen: Option<Listen>,
    pub(crate) public_url: Option<String>,
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<crate::tls::Tls>,
    pub(crate) database: Option<PathBuf>,
    pub(crate) synchronous: Synchronous,
    pub(crate) pay_within: Option<Duration>,
    pub(crate) callbacks: Option<(u32, Duration)>,
    pub(crate) callbacks_anywhere: bool,
    pub(crate) currency: Option<Currency>,
    pub(crate) acknowledgement: Option<String>,
    pub(crate) strict_acknowledgement: bool,
    pub(crate) is_tame: bool,
    pub(crate) is_strict: bool,
    pub(crate) control_token: Option<ControlToken>,
    pub(crate) assumptions: Assumptions,
}

impl SandboxBuilder {
    /// A compiled specification; by default [`ottpay::GATEWAY`]. Called several times, the sandbox serves the actions of
    /// all: those of several folders of private actions. It does not start if two of them describe an action differently,
    /// see [`Gateway::join`].
    pub fn gateway(mut self, gateway: &'static Gateway) -> Self {
        self.gateways.push(gateway);
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

    /// How `data` is encrypted; by default as in the specification.
    pub fn cipher(mut self, cipher: Cipher) -> Self {
        self.cipher = Some(cipher);
        self
    }

    /// The port on `127.0.0.1` and, if this machine has IPv6, on `[::1]`, which clients mean by `localhost`; by default one
    /// that is free on both.
    pub fn port(mut self, port: u16) -> Self {
        self.listen = Some(Listen::Loopback { port });
        self
    }

    /// Where to listen, on this address only; by default as with [`port`](Self::port). Other machines can reach the gateway
    /// and the buyer's pages only, and the control interface and the developer's pages if there is a
    /// [`control_token`](Self::control_token).
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = Some(Listen::Address(address));
        self
    }

    /// Where buyers reach the sandbox, for its payment links, as in `http://192.168.1.20:8081` or `https://pay.example`;
    /// by default its own address. The buyer's pages are served under its host, an IP address and `localhost` only.
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into().trim_end_matches('/').to_owned());
        self
    }

    /// Serves https instead of http, with a certificate that the sandbox makes; see [`Tls`](crate::Tls).
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: crate::tls::Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// A file for orders, callbacks and messages, created if it does not exist; by default they are in memory.
    ///
    /// It is a path and nothing else: `:memory:` and `file:orders.db?mode=ro` are names of files. A relative path is read
    /// when the sandbox starts. On Unix only its owner may read the file, as it contains the sign key and the messages.
    pub fn database(mut self, file: impl Into<PathBuf>) -> Self {
        self.database = Some(file.into());
        self
    }

    /// What a commit to the database file waits for before it is answered; by default [`Synchronous::Normal`]: a killed
    /// process loses nothing, a power failure may lose the last commits. A database in memory waits for nothing.
    pub fn synchronous(mut self, synchronous: Synchronous) -> Self {
        self.synchronous = synchronous;
        self
    }

    /// How long an unpaid order stays open; by default 30 minutes. The vendor documents no time.
    pub fn pay_within(mut self, time: Duration) -> Self {
        self.pay_within = Some(time);
        self
    }

    /// How often a callback is tried, and the time between the first attempt and the second, which doubles with each
    /// further one. By default 8 times, beginning with one second. What the vendor does is not documented.
    pub fn callback_attempts(mut self, attempts: u32, back_off: Duration) -> Self {
        self.callbacks = Some((attempts.max(1), back_off));
        self
    }

    /// Sends callbacks to other machines, too; by default only to this one.
    pub fn callbacks_anywhere(mut self, allowed: bool) -> Self {
        self.callbacks_anywhere = allowed;
        self
    }

    /// The body with which the merchant is expected to answer callbacks; by default that of the specification. Every answer
    /// with 2xx acknowledges a callback, but another body is noted in the log and on the pages. What the vendor's gateway
    /// compares is not documented.
    pub fn acknowledgement(mut self, body: impl Into<String>) -> Self {
        self.acknowledgement = Some(body.into());
        self
    }

    /// Whether a callback is repeated until its answer has exactly the expected body, not only a status of 2xx; by default
    /// it is not.
    pub fn strict_acknowledgement(mut self, strict: bool) -> Self {
        self.strict_acknowledgement = strict;
        self
    }

    /// The merchant's currency, for orders whose request names none; by default CAD.
    pub fn currency(mut self, currency: Currency) -> Self {
        self.currency = Some(currency);
        self
    }

    /// Whether replies and callbacks have the plainest form there is: members sorted by name, strings only, no escape that
    /// JSON does not need, `data` in one line. By default their members are never sorted, and at times they have numbers,
    /// `null` and line breaks where those are on record, so that a client which is not prepared for them fails. How a message
    /// is written follows from the order id and the action; it always means the same.
    pub fn tame(mut self, tame: bool) -> Self {
        self.is_tame = tame;
        self
    }

    /// Whether a request is refused with `PARAM_ERROR` that would otherwise be accepted with a note: every
    /// [`Leniency`](crate::Leniency). By default it is accepted.
    pub fn strict(mut self, strict: bool) -> Self {
        self.is_strict = strict;
        self
    }

    /// Opens the control interface and the developer's pages to other machines that have this token: programs send it as
    /// `Authorization: Bearer …`, people enter it on a page. It has 16 to 512 printable ASCII characters without spaces.
    /// This machine then needs the token as well, because a reverse proxy on it could not be told apart. By default only
    /// this machine can use them, without a token.
    ///
    /// Over plain HTTP the token can be intercepted, so use it in a network that you trust, or behind TLS.
    pub fn control_token(mut self, token: impl Into<String>) -> Self {
        self.control_token = Some(ControlToken(token.into()));
        self
    }

    /// What the gateway does where the vendor documents nothing, instead of the default of the question; see
    /// [`assume`](crate::assume). Called several times, it answers several questions; of one question the last answer holds.
    /// A database file does not keep it.
    ///
    /// ```
    /// use ottpay_sandbox::Sandbox;
    /// use ottpay_sandbox::assume::{RefusedIds, Totals};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = Sandbox::builder().assume(RefusedIds::Burnt).assume(Totals::FeeAndTip).start().await?;
    /// assert!(sandbox.assumptions().contains(&"totals=fee+tip".parse()?));
    /// # Ok(())
    /// # }
    /// ```
    pub fn assume(mut self, assumption: impl Into<Assumption>) -> Self {
        self.assumptions.set(assumption.into());
        self
    }
}
