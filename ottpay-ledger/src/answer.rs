//! The HTTP answer to a callback.

use std::borrow::Cow;

use ottpay::Acknowledgement;

const PLAIN: &str = "text/plain";

/// The HTTP answer to a callback: the client's acknowledgement if the callback is stored, otherwise a status and a
/// short text that reveals nothing to an attacker.
///
/// | status | when |
/// |---|---|
/// | the acknowledgement's, usually 200 | the callback is stored durably |
/// | 400 | the body is not from the gateway, or for a merchant that this ledger does not have |
/// | 405 | the request is not a POST |
/// | 408 | the body did not arrive in time |
/// | 413 | the body is longer than the client accepts |
/// | 503 | the database is unreachable, locked, full or read-only; nothing is stored, so the gateway has to repeat the callback |
///
/// Why a body was rejected is traced, but is not part of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "the sender of the callback waits for it"]
pub struct Answer {
    status: u16,
    content_type: Cow<'static, str>,
    body: Cow<'static, str>,
    is_stored: bool,
}

impl Answer {
    pub(crate) const REJECTED: Self = Self::error(400, "not accepted");
    pub(crate) const WRONG_METHOD: Self = Self::error(405, "expected a POST");
    #[cfg(feature = "axum")]
    pub(crate) const TOO_SLOW: Self = Self::error(408, "the body did not arrive in time");
    pub(crate) const TOO_LARGE: Self = Self::error(413, "too large");
    pub(crate) const UNAVAILABLE: Self = Self::error(503, "try again later");

    const fn error(status: u16, body: &'static str) -> Self {
        Self { status, content_type: Cow::Borrowed(PLAIN), body: Cow::Borrowed(body), is_stored: false }
    }

    pub(crate) fn from_acknowledgement(acknowledgement: &Acknowledgement) -> Self {
        Self {
            status: acknowledgement.status(),
            content_type: Cow::Owned(acknowledgement.content_type().to_owned()),
            body: Cow::Owned(acknowledgement.body().to_owned()),
            is_stored: true,
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The value of the `Content-Type` header.
    pub fn content_type(&self) -> &str {
        &self.content_type
    }

    /// The body.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// Whether the callback is stored: as a hint to query its order or, if the order was never noted, in the list of
    /// strays.
    pub fn is_stored(&self) -> bool {
        self.is_stored
    }
}
