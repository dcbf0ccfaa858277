//! The answer to a callback.

use std::borrow::Cow;

use ottpay_vocabulary::AcknowledgementError;
use ottpay_vocabulary::acknowledgement::{check_body, check_content_type};

/// The answer to a callback. The vendor does not document one, so it can be changed with
/// [`ClientBuilder::acknowledgement`](crate::ClientBuilder::acknowledgement).
///
/// It never contains anything that a peer has sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    status: u16,
    content_type: Cow<'static, str>,
    body: Cow<'static, str>,
}

impl Acknowledgement {
    /// For generated code: creates the acknowledgement of `gateway.yaml`, which the generator has checked.
    #[doc(hidden)]
    pub const fn from_spec(status: u16, content_type: &'static str, body: &'static str) -> Self {
        Self { status, content_type: Cow::Borrowed(content_type), body: Cow::Borrowed(body) }
    }

    /// Returns the same answer with another body, which may be empty.
    ///
    /// # Errors
    /// [`AcknowledgementError`] if the body contains a line break or another control character, or more than 1,024
    /// bytes.
    pub fn with_body(self, body: impl Into<String>) -> Result<Self, AcknowledgementError> {
        let body = body.into();
        check_body(&body)?;
        Ok(Self { body: body.into(), ..self })
    }

    /// Returns the same answer with another content type.
    ///
    /// # Errors
    /// [`AcknowledgementError`] if it is not a valid content type, or names a character set other than UTF-8.
    pub fn with_content_type(self, content_type: impl Into<String>) -> Result<Self, AcknowledgementError> {
        let content_type = content_type.into();
        check_content_type(&content_type)?;
        Ok(Self { content_type: content_type.into(), ..self })
    }

    /// Returns the HTTP status, one of 2xx.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Returns the value of the `Content-Type` header.
    pub fn content_type(&self) -> &str {
        &self.content_type
    }

    /// Returns the body.
    pub fn body(&self) -> &str {
        &self.body
    }
}
