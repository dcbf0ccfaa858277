//! Callbacks: what the gateway posts to the merchant when a payment has gone through.

use crate::Client;
use crate::envelope::{Message, MessageError, OpenError};
use crate::info::CallbackInfo;
use crate::reply::typed::{Arrived, Typed, way};
use crate::reply::{FieldError, Received};

/// Why a callback was not taken. For the shop's own log: never send this text to the peer, who could learn from it.
///
/// Nothing of the message's content is part of the error, but for [`CallbackError::Field`], whose message has been
/// verified.
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
    /// The body is not an envelope.
    #[error(transparent)]
    Message(MessageError),
    /// There is no `data` or no `md5`, so there is nothing that could be verified.
    #[error("expected `data` and `md5`; without them nothing in the message is authenticated")]
    NoData,
    /// The fields could not be opened or verified: not from the gateway, or the sign key is wrong.
    #[error(transparent)]
    Open(OpenError),
    /// The message is for another merchant, by what stands inside or outside `data`.
    #[error("the message is for another merchant")]
    OtherMerchant,
    /// A field is missing or unreadable. The message itself is genuine, and everything in it is in `received`.
    #[error("{error}")]
    Field {
        /// The field.
        error: FieldError,
        /// The verified message.
        received: Box<Received>,
    },
}

/// For generated code: verifies and decodes in one step.
#[doc(hidden)]
pub fn read<C: Typed<way::Callback>>(
    client: &Client,
    body: &[u8],
    info: &'static CallbackInfo,
) -> Result<C, CallbackError> {
    let received = verify(client, body, info)?;
    let read = C::made_of(Arrived::new(received.clone()));
    read.map_err(|error| CallbackError::Field { error, received: Box::new(received) })
}

fn verify(client: &Client, body: &[u8], info: &'static CallbackInfo) -> Result<Received, CallbackError> {
    let limit = client.max_reply();
    if body.len() > limit {
        return Err(CallbackError::TooLarge { limit, length: body.len() });
    }
    let message = Message::read_callback(body).map_err(CallbackError::Message)?;
    let fields = client.open(&message).map_err(CallbackError::Open)?.ok_or(CallbackError::NoData)?;
    let received = Received::new(&message, fields);
    if received.is_for_another(client.merchant_id(), info.fields) {
        return Err(CallbackError::OtherMerchant);
    }
    Ok(received)
}
