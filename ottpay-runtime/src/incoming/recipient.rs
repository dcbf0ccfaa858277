//! Opens a message, if it is for this merchant.

use super::fields::{DeclaredFields, find_altered_fields};
use super::problem::MessageProblem;
use crate::SignKey;
use crate::envelope::{Alteration, Cipher, Fields, Message, Reading, find_alterations};
use crate::reply::Received;
use crate::spec::{CallbackInfo, FieldInfo};

/// The merchant that messages must be addressed to, and how they are opened.
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
/// assert_eq!(received.text("order_id"), Some("T1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Recipient<'a> {
    sign_key: &'a SignKey,
    cipher: Cipher,
    merchant_id: Option<&'a str>,
}

impl<'a> Recipient<'a> {
    /// Accepts messages for every merchant with this key.
    pub fn new(sign_key: &'a SignKey, cipher: Cipher) -> Self {
        Self { sign_key, cipher, merchant_id: None }
    }

    /// Rejects messages for any other merchant.
    #[must_use]
    pub fn merchant_id(self, merchant_id: &'a str) -> Self {
        Self { merchant_id: Some(merchant_id), ..self }
    }

    /// Decrypts and verifies a message, and checks every merchant that it names: outside `data`, inside `data` under
    /// the name that the envelope uses (unless a field of this name is declared without that role), and in declared
    /// fields with that role.
    ///
    /// The fields are returned only if all checks succeed. A message without `data` and `md5` has no fields:
    /// `Ok(None)`.
    ///
    /// # Errors
    /// [`MessageProblem`] if [`Message::check_members`] rejects it, it does not open, or is for another merchant.
    pub fn open<'f>(
        &self,
        message: &Message<'_>,
        declared: impl IntoIterator<Item = &'f FieldInfo>,
    ) -> Result<Option<Received>, MessageProblem> {
        message.check_members()?;
        let fields = message.open(self.sign_key, self.cipher).map_err(MessageProblem::Unverified)?;
        let is_verified = fields.is_some();
        // Checked even without fields, because the merchant outside `data` is compared as well.
        let received = Received::new(message, fields.unwrap_or_default());
        self.check_merchant(&received, declared)?;
        Ok(is_verified.then_some(received))
    }

    /// Opens a request like [`Recipient::open`] without declared fields, and reports how it was read; for gateways and
    /// sandboxes.
    ///
    /// # Errors
    /// Those of [`Recipient::open`].
    pub fn open_request(&self, message: &Message<'_>) -> Result<Option<OpenedRequest>, MessageProblem> {
        message.check_members()?;
        let opened = message.open_whole(self.sign_key, self.cipher).map_err(MessageProblem::Unverified)?;
        let (fields, reading) = match opened {
            Some(opened) => (opened.fields, Some(opened.reading)),
            None => (Fields::default(), None),
        };
        let received = Received::new(message, fields);
        self.check_merchant(&received, [])?;
        Ok(reading.map(|reading| OpenedRequest { fields: received.fields().clone(), reading }))
    }

    /// Opens a callback like [`Recipient::open`], and checks for signs that it was composed from blocks of another one:
    /// unlike a reply, anyone may have sent it. `own` are the fields of the expected callback, or empty if any callback
    /// is expected; `declared` are all callbacks of the specification, because each channel has fields of its own.
    ///
    /// If the recipient has no merchant, the fields are compared with the merchant outside `data`.
    ///
    /// A callback without signs may nevertheless be altered: **only a query confirms a payment.**
    ///
    /// # Errors
    /// Those of [`Recipient::open`]. The signs are not an error here; [`Client`](crate::Client) treats them as one.
    pub fn open_callback(
        &self,
        message: &Message<'_>,
        own: &'static [FieldInfo],
        declared: &[&'static CallbackInfo],
    ) -> Result<Option<OpenedCallback>, MessageProblem> {
        message.check_members()?;
        let opened = message.open_whole(self.sign_key, self.cipher).map_err(MessageProblem::Unverified)?;
        let Some(opened) = opened else {
            // There is nothing to verify, but a message for another merchant is still reported as such.
            self.check_outer(message)?;
            return Ok(None);
        };
        let mut alterations = find_alterations(&opened, self.cipher);
        let received = Received::new(message, opened.fields);
        let declared = DeclaredFields { own, callbacks: declared };
        match own {
            [] => self.check_merchant(&received, declared.iter())?,
            own => self.check_merchant(&received, own)?,
        }
        let merchant_id = self.merchant_id.or(received.outer().merchant_id());
        alterations.extend(find_altered_fields(received.fields(), declared, merchant_id));
        Ok(Some(OpenedCallback { received, alterations }))
    }

    /// Checks the merchant that a message names outside `data`, before anything is opened: another merchant has another
    /// sign key, so the message would not open.
    ///
    /// # Errors
    /// [`MessageProblem::OtherMerchant`] if it is for another merchant.
    pub fn check_outer(&self, message: &Message<'_>) -> Result<(), MessageProblem> {
        self.check_merchant(&Received::new(message, Fields::default()), [])
    }

    /// Checks each merchant that fields name, for messages whose declared fields are known only after reading them, or
    /// which have no envelope.
    ///
    /// # Errors
    /// [`MessageProblem::OtherMerchant`] if they are for another merchant.
    pub fn check_fields<'f>(
        &self,
        fields: &Fields,
        declared: impl IntoIterator<Item = &'f FieldInfo>,
    ) -> Result<(), MessageProblem> {
        self.check_merchant(&Received::from_fields(fields.clone()), declared)
    }

    /// Rejects messages for another merchant.
    pub(crate) fn check_merchant<'f>(
        &self,
        received: &Received,
        declared: impl IntoIterator<Item = &'f FieldInfo>,
    ) -> Result<(), MessageProblem> {
        let named = self.merchant_id.and_then(|own| received.other_merchant(own, declared));
        named.map_or(Ok(()), |named| Err(MessageProblem::OtherMerchant { named }))
    }
}

/// A request that decrypts and has the right digest.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OpenedRequest {
    /// The fields.
    pub fields: Fields,
    /// How it was read where it deviates from the vendor's documentation.
    pub reading: Reading,
}

/// A callback that decrypts and has the right digest.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OpenedCallback {
    /// The content.
    pub received: Received,
    /// The signs that the callback was altered; usually empty.
    pub alterations: Vec<Alteration>,
}
