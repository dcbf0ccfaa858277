//! A merchant's connection to a gateway.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::settings::{Override, Settings};
use crate::envelope::{Fields, Message, OpenError};
use crate::field::{Amount, Currency};
use crate::incoming::{MessageProblem, Recipient};
use crate::observation::Report;
use crate::sender::Sender;
use crate::spec::{Acknowledgement, ActionInfo, Gateway};

/// A merchant's connection to a gateway. Cheap to clone: clones share everything.
///
/// Generated clients wrap it and add a method for each action.
#[derive(Clone)]
pub struct Client(pub(super) Arc<Settings>);

impl Client {
    /// The merchant this client speaks for.
    pub fn merchant_id(&self) -> &str {
        &self.0.sender.merchant_id
    }

    /// Who sends requests, and where to.
    pub(crate) fn sender(&self) -> &Arc<Sender> {
        &self.0.sender
    }

    /// The base address of the gateway, without a slash at the end: that of the specification, or the
    /// [`endpoint`](super::ClientBuilder::endpoint).
    pub fn environment(&self) -> &str {
        &self.0.sender.environment
    }

    /// The currency of amounts without one, see [`ClientBuilder::currency`](super::ClientBuilder::currency).
    pub fn currency(&self) -> Option<Currency> {
        self.0.sender.currency
    }

    /// The highest fee that is accepted without having been announced.
    pub(crate) fn fee_limit(&self) -> Amount {
        self.0.fee_limit
    }

    /// How long a whole exchange may take.
    pub fn timeout(&self) -> Duration {
        self.0.timeout
    }

    /// The action with this method, in the client's specification or in one that it
    /// [follows](super::ClientBuilder::follow).
    pub fn find_method(&self, name: &str) -> Option<&'static ActionInfo> {
        std::iter::once(&self.0.gateway).chain(&self.0.followed).find_map(|gateway| gateway.method(name))
    }

    /// The compiled specification this client works by.
    pub fn gateway(&self) -> &'static Gateway {
        self.0.gateway
    }

    /// What a shop's handler answers to a callback once it has stored it: what the client was built with, else what the
    /// specification says.
    pub fn acknowledgement(&self) -> &Acknowledgement {
        self.0.acknowledgement.as_ref().unwrap_or(self.0.gateway.acknowledgement)
    }

    /// How many messages have been opened by the key of
    /// [`ClientBuilder::also_open_with`](super::ClientBuilder::also_open_with), by this client and its clones.
    pub fn opened_by_former_key(&self) -> u64 {
        self.0.keys.former_uses()
    }

    /// Decrypts and verifies a message with the merchant's key; nothing if it has no `data`.
    ///
    /// # Errors
    /// [`OpenError`], see [`envelope::open`](crate::envelope::open).
    pub fn open(&self, message: &Message) -> Result<Option<Fields>, OpenError> {
        self.0.keys.open(&self.0.report, |key| message.open(key, self.0.cipher), |_| true)
    }

    /// Opens a message that has to be for this merchant, if need be by the former key.
    pub(crate) fn open_with<T>(
        &self,
        open: impl Fn(Recipient<'_>) -> Result<Option<T>, MessageProblem>,
    ) -> Result<Option<T>, MessageProblem> {
        self.0.open(open)
    }

    /// Where calls of an action go.
    pub(crate) fn address(&self, info: &ActionInfo) -> Arc<str> {
        self.0.address(info, &Override::default())
    }

    /// Whether limits hold that are not certain.
    pub(crate) fn is_strict(&self) -> bool {
        self.0.strict
    }

    /// Whether a callback that bears signs of alteration is rejected, see
    /// [`ClientBuilder::strict_callbacks`](super::ClientBuilder::strict_callbacks).
    pub fn checks_callbacks(&self) -> bool {
        self.0.checks_callbacks
    }

    /// Whom it reports to.
    pub(crate) fn report(&self) -> &Report {
        &self.0.report
    }

    /// How many bytes a reply or callback may have, see [`ClientBuilder::max_reply`](super::ClientBuilder::max_reply).
    pub fn max_reply(&self) -> usize {
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
        let Settings { sender, framing, cipher, .. } = &*self.0;
        f.debug_struct("Client")
            .field("merchant_id", &sender.merchant_id)
            .field("endpoint", &sender.environment)
            .field("framing", framing)
            .field("cipher", cipher)
            .finish_non_exhaustive()
    }
}
