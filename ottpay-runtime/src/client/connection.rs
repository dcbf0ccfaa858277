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

/// A merchant's connection to a gateway. Cheap to clone: clones share all their state.
///
/// Generated clients wrap it and add a method for each action.
#[derive(Clone)]
pub struct Client(pub(super) Arc<Settings>);

impl Client {
    /// Returns the id of the merchant that sends the requests.
    pub fn merchant_id(&self) -> &str {
        &self.0.sender.merchant_id
    }

    /// Returns the merchant and the gateway of this client's requests.
    pub(crate) fn sender(&self) -> &Arc<Sender> {
        &self.0.sender
    }

    /// Returns the base URL of the gateway, without a trailing slash: that of the specification, or the
    /// [`endpoint`](super::ClientBuilder::endpoint).
    pub fn environment(&self) -> &str {
        &self.0.sender.environment
    }

    /// Returns the currency of amounts without one, see [`ClientBuilder::currency`](super::ClientBuilder::currency).
    pub fn currency(&self) -> Option<Currency> {
        self.0.sender.currency
    }

    /// Returns the highest fee that is accepted without having been announced.
    pub(crate) fn fee_limit(&self) -> Amount {
        self.0.fee_limit
    }

    /// Returns how long a whole exchange may take.
    pub fn timeout(&self) -> Duration {
        self.0.timeout
    }

    /// Finds the action with this method name, in the client's specification or in one that it
    /// [follows](super::ClientBuilder::follow).
    pub fn find_method(&self, name: &str) -> Option<&'static ActionInfo> {
        std::iter::once(&self.0.gateway).chain(&self.0.followed).find_map(|gateway| gateway.find_method(name))
    }

    /// Returns the compiled specification of this client.
    pub fn gateway(&self) -> &'static Gateway {
        self.0.gateway
    }

    /// Returns the answer that a shop's handler sends after it has stored a callback: the one set for this client, or
    /// else that of the specification.
    pub fn acknowledgement(&self) -> &Acknowledgement {
        self.0.acknowledgement.as_ref().unwrap_or(self.0.gateway.acknowledgement)
    }

    /// Returns how many messages this client and its clones have opened with the key of
    /// [`ClientBuilder::also_open_with`](super::ClientBuilder::also_open_with).
    pub fn opened_by_former_key(&self) -> u64 {
        self.0.keys.former_uses()
    }

    /// Decrypts and verifies a message with the merchant's key, or returns `None` if it has no `data`.
    ///
    /// # Errors
    /// [`OpenError`], see [`envelope::open`](crate::envelope::open).
    pub fn open(&self, message: &Message) -> Result<Option<Fields>, OpenError> {
        // Every `OpenError` means that this key does not verify the message, so the former key is tried.
        self.0.keys.open(&self.0.report, |key| message.open(key, self.0.cipher), |_| true)
    }

    /// Opens a message for this merchant, if necessary with the former key.
    pub(crate) fn open_with<T>(
        &self,
        open: impl Fn(Recipient<'_>) -> Result<Option<T>, MessageProblem>,
    ) -> Result<Option<T>, MessageProblem> {
        self.0.open(open)
    }

    /// Returns the URL of an action.
    pub(crate) fn address(&self, info: &ActionInfo) -> Arc<str> {
        self.0.address(info, &Override::default())
    }

    /// Whether limits that are uncertain are checked.
    pub(crate) fn is_strict(&self) -> bool {
        self.0.strict
    }

    /// Returns whether a callback with signs of alteration is rejected, see
    /// [`ClientBuilder::strict_callbacks`](super::ClientBuilder::strict_callbacks).
    pub fn checks_callbacks(&self) -> bool {
        self.0.checks_callbacks
    }

    /// Returns the recipient of this client's reports.
    pub(crate) fn report(&self) -> &Report {
        &self.0.report
    }

    /// Returns the maximum size of a reply or callback in bytes, see
    /// [`ClientBuilder::max_reply`](super::ClientBuilder::max_reply).
    pub fn max_reply(&self) -> usize {
        self.0.max_reply
    }
}

/// Generated clients return the client inside them, so that a function can accept both.
impl AsRef<Self> for Client {
    fn as_ref(&self) -> &Self {
        self
    }
}

/// Shows the merchant and the gateway, but not the sign key.
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
