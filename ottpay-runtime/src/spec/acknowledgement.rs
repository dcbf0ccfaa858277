//! The answer to a callback.

use std::borrow::Cow;

use ottpay_vocabulary::AcknowledgementError;
use ottpay_vocabulary::acknowledgement::{check_body, check_content_type};

/// The answer to a callback. The vendor documents none, so it is a setting:
/// [`ClientBuilder::acknowledgement`](crate::ClientBuilder::acknowledgement).
///
/// Nothing that a peer has sent is ever part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    status: u16,
    content_type: Cow<'static, str>,
    body: Cow<'static, str>,
}

impl Acknowledgement {
    /// What `gateway.yaml` says, for generated code: the generator has checked it.
    #[doc(hidden)]
    pub const fn specified(status: u16, content_type: &'static str, body: &'static str) -> Self {
        Self { status, content_type: Cow::Borrowed(content_type), body: Cow::Borrowed(body) }
    }

    /// The same answer with another body, which may be empty.
    ///
    /// # Errors
    /// [`AcknowledgementError`] if it has a line break or another control character, or more than 1,024 bytes.
    pub fn with_body(self, body: impl Into<String>) -> Result<Self, AcknowledgementError> {
        let body = body.into();
        check_body(&body)?;
        Ok(Self { body: body.into(), ..self })
    }

    /// The same answer with another content type.
    ///
    /// # Errors
    /// [`AcknowledgementError`] if it has not the form of one, or names a character set other than UTF-8.
    pub fn with_content_type(self, content_type: impl Into<String>) -> Result<Self, AcknowledgementError> {
        let content_type = content_type.into();
        check_content_type(&content_type)?;
        Ok(Self { content_type: content_type.into(), ..self })
    }

    /// HTTP status: one of 2xx.
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
}
