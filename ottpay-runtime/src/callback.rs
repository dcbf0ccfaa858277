//! Callbacks: messages that the gateway posts to the merchant when a payment has succeeded.

use std::fmt;

use crate::Client;
use crate::envelope::{Alteration, Message};
use crate::incoming::{MessageProblem, OpenedCallback};
use crate::observation::CallbackVerdict;
use crate::reply::typed::{Arrived, Typed, way};
use crate::reply::{FieldError, Received};
use crate::spec::{CallbackInfo, Role};

/// Why a callback was rejected. For the shop's own log: never send this message to the peer, which could learn from it.
///
/// The error contains none of the callback's content except the merchant that it names and, in
/// [`CallbackError::Field`], the verified message.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackError {
    /// The body is longer than the client's limit.
    #[error("expected a body of at most {limit} bytes, got {length}")]
    TooLarge {
        /// The limit.
        limit: usize,
        /// The length of the body.
        length: usize,
    },
    /// The body is not a message, could not be verified, or is for another merchant.
    #[error(transparent)]
    Message(#[from] MessageProblem),
    /// `data` or `md5` is missing, so there is nothing to verify.
    #[error("expected `data` and `md5`; without them nothing in the message is authenticated")]
    NoData,
    /// The callback decrypts and has the right digest, but shows signs of having been put together from the blocks of
    /// another callback, which is possible without the sign key. Nothing in it can be trusted. It may still be genuine,
    /// from a gateway that now writes its callbacks in another form, so query the order: [`CallbackError::order_id`].
    #[error("possibly altered: query the order ({})", Alteration::describe_all(alterations))]
    PossiblyAltered {
        /// The signs, at least one.
        alterations: Vec<Alteration>,
        /// The content. **Do not trust it.**
        callback: Box<AlteredCallback>,
    },
    /// A field is missing or unreadable. The message is verified, and everything in it is in `received`.
    #[error("{error}")]
    Field {
        /// The field.
        error: FieldError,
        /// The order that the callback names.
        order_id: Option<String>,
        /// The verified message.
        received: Box<Received>,
    },
}

impl CallbackError {
    /// Returns the order to query: the one that the callback names, if it was verified but cannot be read, or is
    /// possibly altered.
    ///
    /// **Use it for a query only.** In an altered callback it may be a different order than the one that was paid, so
    /// orders without a callback have to be queried as well.
    pub fn order_id(&self) -> Option<&str> {
        match self {
            Self::PossiblyAltered { callback, .. } => callback.order_id(),
            Self::Field { order_id, .. } => order_id.as_deref(),
            Self::TooLarge { .. } | Self::Message(_) | Self::NoData => None,
        }
    }

    /// Returns a name for `error.type` in events.
    fn error_type(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too_large",
            Self::Message(problem) => problem.error_type(),
            Self::NoData => "no_data",
            Self::PossiblyAltered { .. } => "possibly_altered",
            Self::Field { .. } => "field",
        }
    }
}

/// The content of a callback that is possibly altered. **Do not trust it.**
#[derive(Clone)]
pub struct AlteredCallback {
    received: Received,
    info: &'static CallbackInfo,
}

impl AlteredCallback {
    /// Returns the order that the callback names, see [`CallbackError::order_id`].
    pub fn order_id(&self) -> Option<&str> {
        self.received.role(self.info.fields, Role::Order)
    }

    /// Returns every field as it was received.
    pub fn received(&self) -> &Received {
        &self.received
    }
}

/// Shows names and types of the fields, never their values.
impl fmt::Debug for AlteredCallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.received.fmt(f)
    }
}

/// For generated code: verifies and decodes a callback in one step.
#[doc(hidden)]
pub fn read<C: Typed<way::Callback>>(
    client: &Client,
    body: &[u8],
    info: &'static CallbackInfo,
) -> Result<C, CallbackError> {
    // Nothing of a callback that does not open can be trusted, so no order id is reported.
    let OpenedCallback { received, alterations } = open(client, body, info).inspect_err(|error| {
        client.report().record_callback(info, CallbackVerdict::Rejected, Some(error.error_type()), None);
    })?;
    let is_altered = !alterations.is_empty();
    let read = decode(client, &received, alterations, info);
    report_callback(client, info, &received, is_altered, read.as_ref().err());
    read
}

/// Reads the typed fields of a callback that has been opened.
fn decode<C: Typed<way::Callback>>(
    client: &Client,
    received: &Received,
    alterations: Vec<Alteration>,
    info: &'static CallbackInfo,
) -> Result<C, CallbackError> {
    let is_refused = client.checks_callbacks() && !alterations.is_empty();
    // If the only sign is a field's form, an unreadable field is reported as such, because that is more helpful.
    let is_form_only = alterations.iter().all(|sign| matches!(sign, Alteration::Form { .. }));
    match C::made_of(Arrived::new(received.clone())) {
        Err(error) if !is_refused || is_form_only => {
            let order_id = received.role(info.fields, Role::Order).map(str::to_owned);
            Err(CallbackError::Field { error, order_id, received: Box::new(received.clone()) })
        }
        Ok(callback) if !is_refused => Ok(callback),
        // Signs of alteration explain an unreadable field, so they are reported instead of it.
        _ => {
            let callback = Box::new(AlteredCallback { received: received.clone(), info });
            Err(CallbackError::PossiblyAltered { alterations, callback })
        }
    }
}

/// Reports a callback that has been opened.
fn report_callback(
    client: &Client,
    info: &'static CallbackInfo,
    received: &Received,
    is_altered: bool,
    error: Option<&CallbackError>,
) {
    let verdict = match error {
        Some(CallbackError::PossiblyAltered { .. }) => CallbackVerdict::PossiblyAltered,
        Some(_) => CallbackVerdict::Rejected,
        // Accepted, because the client was built with `strict_callbacks(false)`. An operator still has to see the
        // signs.
        None if is_altered => CallbackVerdict::PossiblyAltered,
        None => CallbackVerdict::Opened,
    };
    // In an altered callback the order id may consist of parts of another field, so it is not reported.
    let order_id = if is_altered { None } else { received.role(info.fields, Role::Order) };
    client.report().record_callback(info, verdict, error.map(CallbackError::error_type), order_id);
}

fn open(client: &Client, body: &[u8], info: &'static CallbackInfo) -> Result<OpenedCallback, CallbackError> {
    // Checked before anything is parsed, because anyone who knows the URL can post a body of any size.
    let limit = client.max_reply();
    if body.len() > limit {
        return Err(CallbackError::TooLarge { limit, length: body.len() });
    }
    let message = Message::read_callback(body).map_err(MessageProblem::Unreadable)?;
    let callbacks = client.gateway().callbacks;
    let opened = client.open_with(|recipient| recipient.open_callback(&message, info.fields, callbacks))?;
    opened.ok_or(CallbackError::NoData)
}
