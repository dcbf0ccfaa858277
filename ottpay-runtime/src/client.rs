//! The client: one non-generic way from a request's values to a verified reply.

mod builder;
mod sending;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use crate::SignKey;
use crate::envelope::{Cipher, Framing, Message, OpenError, Opened};
use crate::info::Gateway;
use crate::request::Request;
use crate::transport::Transport;

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
    /// Without a slash at the end: the action's path begins with one.
    base_url: String,
    framing: Framing,
    cipher: Cipher,
    transport: Arc<dyn Transport>,
    user_agent: String,
    timeout: Duration,
    max_reply: usize,
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
    pub fn send<R: Request>(&self, request: &R) -> Sending<R::Reply> {
        Sending::new(self.clone(), Ok(request.values().clone()), PhantomData)
    }

    /// Decrypts and verifies a message with the merchant's key; nothing if it has no `data`.
    ///
    /// # Errors
    /// [`OpenError`], see [`envelope::open`](crate::envelope::open).
    pub fn open(&self, message: &Message) -> Result<Option<Opened>, OpenError> {
        message.open(&self.0.sign_key, self.0.cipher)
    }

    /// How many bytes a reply or callback may have.
    pub(crate) fn max_reply(&self) -> usize {
        self.0.max_reply
    }
}

/// Shows who speaks to whom; the sign key is not shown.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings { merchant_id, base_url, framing, cipher, .. } = &*self.0;
        f.debug_struct("Client")
            .field("merchant_id", merchant_id)
            .field("base_url", base_url)
            .field("framing", framing)
            .field("cipher", cipher)
            .finish_non_exhaustive()
    }
}
