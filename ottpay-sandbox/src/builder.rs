//! The settings of a sandbox.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ottpay::spec::Gateway;
use ottpay::{Cipher, Currency, SignKey};

use crate::assume::{Assumption, Assumptions};
use crate::control_access::ControlToken;
use crate::listen::Listen;
use crate::synchronous::Synchronous;

/// Settings for a sandbox; each has a default.
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
    /// Sets the compiled specification; the default is [`ottpay::GATEWAY`].
    ///
    /// If called several times, for example for several folders of private actions, the sandbox serves the actions of
    /// all specifications. It does not start if two of them describe the same action differently; see
    /// [`Gateway::join`].
    pub fn gateway(mut self, gateway: &'static Gateway) -> Self {
        self.gateways.push(gateway);
        self
    }

    /// Sets the merchant id; the default is `SB00000001`.
    pub fn merchant_id(mut self, merchant_id: impl Into<String>) -> Self {
        self.merchant_id = Some(merchant_id.into().trim().to_owned());
        self
    }

    /// Sets the sign key; the default is a random key, which a database file stores.
    pub fn sign_key(mut self, sign_key: SignKey) -> Self {
        self.sign_key = Some(sign_key);
        self
    }

    /// Sets the cipher of `data`; the default is the cipher of the specification.
    pub fn cipher(mut self, cipher: Cipher) -> Self {
        self.cipher = Some(cipher);
        self
    }

    /// Sets the port on `127.0.0.1` and, if this machine has IPv6, on `[::1]`, because `localhost` can mean either. The
    /// default is a port that is free on both.
    pub fn port(mut self, port: u16) -> Self {
        self.listen = Some(Listen::Loopback { port });
        self
    }

    /// Sets the only address to listen on. By default the sandbox listens on loopback; see [`port`](Self::port).
    ///
    /// Other machines can reach the gateway and the buyer's pages, and with a [`control_token`](Self::control_token)
    /// the control interface and the developer's pages, too.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = Some(Listen::Address(address));
        self
    }

    /// Sets the URL at which buyers reach the sandbox, for its payment links, such as `http://192.168.1.20:8081` or
    /// `https://pay.example`. The default is the sandbox's own URL.
    ///
    /// The buyer's pages are served only under the host of this URL, an IP address or `localhost`.
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into().trim_end_matches('/').to_owned());
        self
    }

    /// Serves https instead of http, with a certificate that the sandbox creates; see [`Tls`](crate::Tls).
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: crate::tls::Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Stores orders, callbacks and messages in a file, which is created if it does not exist. By default they are kept
    /// in memory.
    ///
    /// The path is always a file name: `:memory:` and `file:orders.db?mode=ro` have no special meaning. A relative path
    /// is resolved when the sandbox starts. On Unix only the owner may read the file, because it contains the sign key
    /// and the messages.
    pub fn database(mut self, file: impl Into<PathBuf>) -> Self {
        self.database = Some(file.into());
        self
    }

    /// Sets the durability of commits to the database file; the default is [`Synchronous::Normal`].
    ///
    /// With the default a killed process loses nothing, but a power failure may lose the last commits. A database in
    /// memory ignores this setting.
    pub fn synchronous(mut self, synchronous: Synchronous) -> Self {
        self.synchronous = synchronous;
        self
    }

    /// Sets how long an unpaid order stays open; the default is 30 minutes. The vendor does not document a time.
    pub fn pay_within(mut self, time: Duration) -> Self {
        self.pay_within = Some(time);
        self
    }

    /// Sets the maximum number of attempts to deliver a callback, and the time between the first and the second
    /// attempt, which doubles with each further one.
    ///
    /// The default is 8 attempts, starting with one second. The vendor does not document its own values.
    pub fn callback_attempts(mut self, attempts: u32, back_off: Duration) -> Self {
        self.callbacks = Some((attempts.max(1), back_off));
        self
    }

    /// Allows callbacks to other machines; by default they are sent to this machine only.
    pub fn callbacks_anywhere(mut self, allowed: bool) -> Self {
        self.callbacks_anywhere = allowed;
        self
    }

    /// Sets the expected body of the merchant's answer to a callback; the default is the body in the specification.
    ///
    /// Any 2xx answer acknowledges a callback, but an unexpected body is noted in the log and on the pages. The vendor
    /// does not document what its gateway compares.
    pub fn acknowledgement(mut self, body: impl Into<String>) -> Self {
        self.acknowledgement = Some(body.into());
        self
    }

    /// Sets whether a callback is repeated until its answer has exactly the expected body. By default a 2xx status is
    /// enough.
    pub fn strict_acknowledgement(mut self, strict: bool) -> Self {
        self.strict_acknowledgement = strict;
        self
    }

    /// Sets the merchant's currency, for orders whose request names none; the default is CAD.
    pub fn currency(mut self, currency: Currency) -> Self {
        self.currency = Some(currency);
        self
    }

    /// Sets whether replies and callbacks are written in the simplest form: members sorted by name, strings only, no
    /// optional JSON escapes, and `data` on one line.
    ///
    /// By default members are never sorted, and some messages contain numbers, `null` and line breaks where such forms
    /// are on record, so that a client that cannot read them fails. The form follows from the order id and the action;
    /// it never changes the meaning.
    pub fn tame(mut self, tame: bool) -> Self {
        self.is_tame = tame;
        self
    }

    /// Sets whether the sandbox refuses, with `PARAM_ERROR`, requests that it would otherwise accept with a note about
    /// a [`Leniency`](crate::Leniency). By default it accepts them.
    pub fn strict(mut self, strict: bool) -> Self {
        self.is_strict = strict;
        self
    }

    /// Opens the control interface and the developer's pages to other machines that have this token.
    ///
    /// Programs send it as `Authorization: Bearer …`; people enter it on a page. It has 16 to 512 printable ASCII
    /// characters without spaces. This machine then needs the token too, because requests through a reverse proxy on
    /// this machine look local. By default only this machine has access, without a token.
    ///
    /// Over plain HTTP the token can be intercepted, so use it in a network that you trust, or over TLS.
    pub fn control_token(mut self, token: impl Into<String>) -> Self {
        self.control_token = Some(ControlToken(token.into()));
        self
    }

    /// Sets what the gateway does where the vendor documents nothing; see [`assume`](crate::assume).
    ///
    /// Several calls can answer several questions; for the same question, the last call wins. A database file does not
    /// store the answers.
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
