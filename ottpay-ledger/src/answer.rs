//! What the sender of a callback is answered.

use std::borrow::Cow;

use ottpay::Acknowledgement;

const PLAIN: &str = "text/plain";

/// What the sender of a callback is answered: the client's acknowledgement if it is stored, else a status and a few words
/// that give nothing away.
///
/// | status | when |
/// |---|---|
/// | the acknowledgement's, 200 | stored, durably |
/// | 400 | it is not from the gateway, or not for one of the ledger's merchants |
/// | 405 | the request is not a POST |
/// | 408 | the body did not arrive in time |
/// | 413 | the body is longer than the client accepts |
/// | 503 | the store is away, locked, full or read-only: nothing is stored, so the gateway has to repeat it |
///
/// Why a body was rejected is traced, and not in here.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "the sender of the callback waits for it"]
pub struct Answer {
    status: u16,
    content_type: Cow<'static, str>,
    body: Cow<'static, str>,
    is_stored: bool,
}

impl Answer {
    pub(crate) const REJECTED: Self = Self::failed(400, "not accepted");
    pub(crate) const WRONG_METHOD: Self = Self::failed(405, "expected a POST");
    #[cfg(feature = "axum")]
    pub(crate) const TOO_SLOW: Self = Self::failed(408, "the body did not arrive in time");
    pub(crate) const TOO_LARGE: Self = Self::failed(413, "too large");
    pub(crate) const UNAVAILABLE: Self = Self::failed(503, "try again later");

    const fn failed(status: u16, body: &'static str) -> Self {
        Self { status, content_type: Cow::Borrowed(PLAIN), body: Cow::Borrowed(body), is_stored: false }
    }

    pub(crate) fn stored(acknowledgement: &Acknowledgement) -> Self {
        Self {
            status: acknowledgement.status(),
            content_type: Cow::Owned(acknowledgement.content_type().to_owned()),
            body: Cow::Owned(acknowledgement.body().to_owned()),
            is_stored: true,
        }
    }

    /// HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Value of the header `Content-Type`.
    pub fn content_type(&self) -> &str {
        &self.content_type
    }

    /// Body.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// Whether the callback is stored: a hint to ask about its order, or, for an order that was never noted, in the list
    /// of strays.
    pub fn is_stored(&self) -> bool {
        self.is_stored
    }
}
