//! The client: one non-generic way from a request's values to a verified reply.

mod builder;
mod sending;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::envelope::{Cipher, Fields, Framing, Message, OpenError};
use crate::incoming::Recipient;
use crate::info::{ActionInfo, Gateway};
use crate::request::Request;
use crate::transport::Transport;
use crate::{Error, SignKey};

pub use builder::{ClientBuilder, ConfigError};
pub use sending::Sending;

/// A merchant's connection to a gateway. Cheap to clone: clones share everything.
///
/// Generated clients wrap it and add a method for each action.
#[derive(Clone)]
pub struct Client(Arc<Settings>);

struct Settings {
    gateway: &'static Gateway,
    merchant_id: String,
    sign_key: SignKey,
    /// Instead of the addresses of the specification; without a slash at the end, because paths begin with one.
    endpoint: Option<String>,
    /// What single actions have otherwise than the specification says, by the name of their method.
    overrides: BTreeMap<&'static str, Override>,
    /// Whether limits hold that the vendor's own samples break.
    strict: bool,
    framing: Framing,
    cipher: Cipher,
    transport: Arc<dyn Transport>,
    user_agent: String,
    timeout: Duration,
    max_reply: usize,
}

/// What a call has otherwise than the specification says; of one call, or of every call of an action.
#[derive(Default)]
pub(crate) struct Override {
    action: Option<String>,
    version: Option<String>,
    path: Option<String>,
}

impl Client {
    /// A client for another gateway than the one it was generated with; generated clients have a `builder` of their
    /// own.
    pub fn builder(gateway: &'static Gateway) -> ClientBuilder<Self> {
        ClientBuilder::new(gateway)
    }

    /// The merchant this client speaks for.
    pub fn merchant_id(&self) -> &str {
        &self.0.merchant_id
    }

    /// The compiled specification this client works by.
    pub fn gateway(&self) -> &'static Gateway {
        self.0.gateway
    }

    /// Sends a finished request. Nothing happens until the result is awaited.
    ///
    /// One that the client of another merchant has made is not sent, because it may name that merchant:
    /// [`Error::Invalid`].
    pub fn send<R: Request>(&self, request: &R) -> Sending<R::Reply> {
        let values = request.values();
        let prepared = values.check_sender(self).map(|()| values.clone()).map_err(Error::Invalid);
        Sending::new(self.clone(), prepared)
    }

    /// Decrypts and verifies a message with the merchant's key; nothing if it has no `data`.
    ///
    /// # Errors
    /// [`OpenError`], see [`envelope::open`](crate::envelope::open).
    pub fn open(&self, message: &Message) -> Result<Option<Fields>, OpenError> {
        message.open(&self.0.sign_key, self.0.cipher)
    }

    /// Whom replies and callbacks have to be for.
    pub(crate) fn recipient(&self) -> Recipient<'_> {
        Recipient::new(&self.0.sign_key, self.0.cipher).merchant_id(&self.0.merchant_id)
    }

    /// Where a call of an action goes.
    pub(crate) fn address(&self, info: &ActionInfo, call: &Override) -> String {
        let Settings { endpoint, gateway, .. } = &*self.0;
        let base = endpoint.as_deref().or(info.base_url).unwrap_or(gateway.base_url);
        format!("{base}{}", self.chosen(info, call, |own| &own.path, info.path))
    }

    /// What the one call says, else the client, else the specification.
    fn chosen<'a>(
        &'a self,
        info: &ActionInfo,
        call: &'a Override,
        of: fn(&Override) -> &Option<String>,
        given: &'static str,
    ) -> &'a str {
        let own = || of(self.0.overrides.get(info.name)?).as_deref();
        of(call).as_deref().or_else(own).unwrap_or(given)
    }

    /// Whether limits hold that the vendor's own samples break.
    pub(crate) fn is_strict(&self) -> bool {
        self.0.strict
    }

    /// How many bytes a reply or callback may have.
    pub(crate) fn max_reply(&self) -> usize {
        self.0.max_reply
    }
}

/// Generated clients give the one inside them, so that both can be handed to what takes either.
impl AsRef<Self> for Client {
    fn as_ref(&self) -> &Self {
        self
    }
}

/// Shows who speaks to whom; the sign key is not shown.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings { merchant_id, endpoint, gateway, framing, cipher, .. } = &*self.0;
        f.debug_struct("Client")
            .field("merchant_id", merchant_id)
            .field("endpoint", &endpoint.as_deref().unwrap_or(gateway.base_url))
            .field("framing", framing)
            .field("cipher", cipher)
            .finish_non_exhaustive()
    }
}
