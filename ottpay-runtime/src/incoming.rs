//! The one way in: every message that arrives is opened here, whether it is a reply, a callback or a request.

use crate::SignKey;
use crate::envelope::{Cipher, Fields, Message, MessageError, OpenError};
use crate::reply::Received;
use crate::spec::FieldInfo;

/// Whom messages have to be for, and how they are opened.
///
/// ```
/// # use std::collections::BTreeMap;
/// # use ottpay_runtime::envelope::{Message, seal};
/// # use ottpay_runtime::{Cipher, SignKey, incoming::Recipient};
/// let key = SignKey::new("6698851A525C9433")?;
/// let sealed = seal(&BTreeMap::from([("order_id", "T1")]), &key, Cipher::Aes128Ecb);
/// let message = Message::new([("merchant_id", "ON1"), ("data", &sealed.data), ("md5", &sealed.md5)]);
///
/// let recipient = Recipient::new(&key, Cipher::Aes128Ecb).merchant_id("ON1");
/// let received = recipient.open(&message, []).map_err(|problem| problem.to_string())?.ok_or("nothing to open")?;
/// assert_eq!(received.text("order_id").as_deref(), Some("T1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Recipient<'a> {
    sign_key: &'a SignKey,
    cipher: Cipher,
    merchant_id: Option<&'a str>,
}

impl<'a> Recipient<'a> {
    /// Every merchant with this key.
    pub fn new(sign_key: &'a SignKey, cipher: Cipher) -> Self {
        Self { sign_key, cipher, merchant_id: None }
    }

    /// Rejects messages for any other merchant.
    #[must_use]
    pub fn merchant_id(self, merchant_id: &'a str) -> Self {
        Self { merchant_id: Some(merchant_id), ..self }
    }

    /// Decrypts and verifies a message, and compares the merchant with each that the message names: outside of `data`,
    /// and inside under the name of the envelope, unless a field of this name is declared without that role, or in a
    /// declared field that is the merchant.
    ///
    /// Nothing is handed out unless all of it holds. Without `data` and `md5` there is nothing to hand out: `Ok(None)`.
    ///
    /// # Errors
    /// [`MessageProblem`] if [`Message::check_members`] rejects it, it does not open, or is for another merchant.
    pub fn open<'f>(
        &self,
        message: &Message,
        declared: impl IntoIterator<Item = &'f FieldInfo>,
    ) -> Result<Option<Received>, MessageProblem> {
        message.check_members()?;
        let fields = message.open(self.sign_key, self.cipher).map_err(MessageProblem::Unverified)?;
        let is_verified = fields.is_some();
        let received = Received::new(message, fields.unwrap_or_default());
        self.check_merchant(&received, declared)?;
        Ok(is_verified.then_some(received))
    }

    /// Compares the merchant that a message names outside of `data`, before anything is opened: another merchant has
    /// another sign key, so the message would not open.
    ///
    /// # Errors
    /// [`MessageProblem::OtherMerchant`] if it is for another merchant.
    pub fn check_outer(&self, message: &Message) -> Result<(), MessageProblem> {
        self.check_merchant(&Received::new(message, Fields::default()), [])
    }

    /// Compares each merchant that fields name, where the declared ones are known only when they are read, or where they
    /// travel without an envelope.
    ///
    /// # Errors
    /// [`MessageProblem::OtherMerchant`] if they are for another merchant.
    pub fn check_fields<'f>(
        &self,
        fields: &Fields,
        declared: impl IntoIterator<Item = &'f FieldInfo>,
    ) -> Result<(), MessageProblem> {
        self.check_merchant(&Received::alone(fields.clone()), declared)
    }

    /// Rejects what came for another merchant.
    pub(crate) fn check_merchant<'f>(
        &self,
        received: &Received,
        declared: impl IntoIterator<Item = &'f FieldInfo>,
    ) -> Result<(), MessageProblem> {
        let named = self.merchant_id.and_then(|own| received.other_merchant(own, declared));
        named.map_or(Ok(()), |named| Err(MessageProblem::OtherMerchant { named }))
    }
}

/// Why a message that arrived is not believed. Nothing of its content is part of this but the name of a merchant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageProblem {
    /// The body is not a message.
    #[error(transparent)]
    Unreadable(#[from] MessageError),
    /// The fields could not be decrypted or verified: not from the gateway, or the sign key is wrong.
    #[error(transparent)]
    Unverified(#[from] OpenError),
    /// The message is for another merchant, by what it says inside or outside of `data`.
    #[error("the message is for another merchant")]
    OtherMerchant {
        /// The merchant it names, at most 200 characters. **Unverified** if it is from outside of `data`.
        named: String,
    },
}
