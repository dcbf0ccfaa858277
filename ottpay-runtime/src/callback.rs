//! Callbacks: what the gateway posts to the merchant when a payment has gone through.

use crate::Client;
use crate::envelope::Message;
use crate::incoming::MessageProblem;
use crate::reply::typed::{Arrived, Typed, way};
use crate::reply::{FieldError, Received};
use crate::spec::CallbackInfo;

/// Why a callback was rejected. For the shop's own log: never send this text to the peer, who could learn from it.
///
/// Nothing of the message's content is part of the error but the merchant it names, and in [`CallbackError::Field`] the
/// message, which has been verified.
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
    /// It is not a message, it could not be verified, or it is for another merchant.
    #[error(transparent)]
    Message(#[from] MessageProblem),
    /// There is no `data` or no `md5`, so there is nothing that could be verified.
    #[error("expected `data` and `md5`; without them nothing in the message is authenticated")]
    NoData,
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
    let message = Message::read_callback(body).map_err(MessageProblem::Unreadable)?;
    client.recipient().open(&message, info.fields)?.ok_or(CallbackError::NoData)
}
