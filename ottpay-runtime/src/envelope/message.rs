//! The outer message: a small JSON object in clear text, plain or Base64-encoded as a whole.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::cipher::Cipher;
use super::fields::Fields;
use super::json::{self, JsonError, Value};
use super::open::{OpenError, open};
use crate::SignKey;

/// How the outer message travels. Reading accepts both, whatever is configured for sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Framing {
    /// Plain JSON, as every client in the field sends and receives it.
    Json,
    /// The JSON text as a whole Base64-encoded, as the vendor's "Common rules" page describes it.
    Base64,
}

/// An outer message; lists and objects in it are read as `null`. **Nothing in it is authenticated** but what
/// [`Message::open`] returns.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    members: Vec<(String, Value)>,
}

/// Names under which the response code has been seen; the first one present counts.
const CODE: [&str; 3] = ["rsp_code", "rep_code", "rspCode"];

impl Message {
    /// A message to be sent, members in this order.
    pub fn new<N: Into<String>, V: Into<String>>(members: impl IntoIterator<Item = (N, V)>) -> Self {
        let members = members.into_iter().map(|(name, value)| (name.into(), Value::Text(value.into())));
        Self { members: members.collect() }
    }

    /// Reads a request or a reply: JSON, or Base64 of JSON.
    ///
    /// # Errors
    /// [`MessageError`] if it is neither, or not an object.
    pub fn read(body: &[u8]) -> Result<Self, MessageError> {
        Ok(Self { members: json::flat_object(&json_of(body)?)? })
    }

    /// Reads a message that travels without an envelope: its own fields, and with them what may stand outside of an
    /// envelope, such as a response code. **Nothing in it is authenticated** but by the connection it came over.
    ///
    /// # Errors
    /// [`MessageError`] if it is no JSON object.
    pub fn read_plain(body: &[u8]) -> Result<(Self, Fields), MessageError> {
        let fields = Fields::of_object(&json_of(body)?)?;
        let members = fields.members().iter().map(|(name, value)| match value {
            Value::Nested(_) => (name.clone(), Value::Null),
            flat => (name.clone(), flat.clone()),
        });
        Ok((Self { members: members.collect() }, fields))
    }

    /// Reads a callback: like [`Message::read`], or form fields of the same names.
    ///
    /// # Errors
    /// [`MessageError`] if it is none of these.
    pub fn read_callback(body: &[u8]) -> Result<Self, MessageError> {
        Self::read(body).or_else(|error| {
            let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii();
            let form = form_urlencoded::parse(body).into_owned().take(json::MAX_MEMBERS + 1);
            let form: Vec<(String, String)> = form.collect();
            let names: BTreeSet<&str> = form.iter().map(|(name, _)| name.as_str()).collect();
            let is_message = names.contains("data") && names.contains("md5");
            // As with JSON: no name twice, and no more members than anybody needs.
            match is_message && names.len() == form.len() && form.len() <= json::MAX_MEMBERS {
                true => Ok(Self::new(form)),
                false => Err(error),
            }
        })
    }

    /// The message as a body.
    pub fn to_body(&self, framing: Framing) -> Vec<u8> {
        let texts = self.members.iter().map(|(name, value)| (name.as_str(), value.as_text().unwrap_or_default()));
        let out = json::of_texts(texts);
        match framing {
            Framing::Json => out.into_bytes(),
            Framing::Base64 => BASE64_STANDARD.encode(out).into_bytes(),
        }
    }

    /// A member that is a string or a number, and not empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.members.iter().find_map(|(member, value)| match value {
            Value::Text(text) | Value::Number(text) if member == name && !text.is_empty() => Some(text.as_str()),
            _ => None,
        })
    }

    /// Whether there is something under this name: neither `null` nor an empty string.
    pub(super) fn has(&self, name: &str) -> bool {
        let empty = |value: &Value| matches!(value, Value::Text(text) if text.is_empty()) || *value == Value::Null;
        self.members.iter().any(|(member, value)| member == name && !empty(value))
    }

    /// The names of the members.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|(name, _)| name.as_str())
    }

    /// The response code, trimmed and in upper case, under whichever of its names it arrived.
    pub fn code(&self) -> Option<String> {
        let code = CODE.iter().find_map(|name| self.text(name))?.trim().to_ascii_uppercase();
        if code.is_empty() { None } else { Some(code) }
    }

    /// Decrypts and verifies `data`, if the message has any.
    ///
    /// # Errors
    /// Those of [`open`]. Without `data` and `md5` there is nothing to open: `Ok(None)`. One without the other is an
    /// error.
    pub fn open(&self, key: &SignKey, cipher: Cipher) -> Result<Option<Fields>, OpenError> {
        match (self.has("data"), self.has("md5")) {
            (false, false) => Ok(None),
            (true, true) => {
                let text = |name| self.text(name).unwrap_or_default();
                open(text("data"), text("md5"), key, cipher).map(Some)
            }
            _ => Err(OpenError::Half),
        }
    }
}

/// The JSON text of a body, which may have it in Base64.
fn json_of(body: &[u8]) -> Result<Cow<'_, str>, MessageError> {
    let text = std::str::from_utf8(body).map_err(|_| MessageError::NotText)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim();
    match text.chars().next() {
        None => Err(MessageError::Empty),
        Some('<') => Err(MessageError::Markup),
        Some('{') => Ok(Cow::Borrowed(text)),
        Some('[' | '"') => Err(MessageError::NotObject),
        Some(_) => {
            let stripped: String = text.split_whitespace().collect();
            let bytes = BASE64_STANDARD.decode(stripped).map_err(|_| MessageError::NotJson)?;
            String::from_utf8(bytes).map(Cow::Owned).map_err(|_| MessageError::NotJson)
        }
    }
}

/// Shows names and kinds, never values.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.members.iter().map(|(name, value)| (name, value))).finish()
    }
}

/// Why a body is no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageError {
    /// Nothing but white space.
    #[error("expected a JSON object, the body is empty")]
    Empty,
    /// Not UTF-8.
    #[error("expected JSON text in UTF-8, the body has other bytes")]
    NotText,
    /// HTML or XML.
    #[error("expected a JSON object, the body is an HTML or XML page")]
    Markup,
    /// Neither JSON nor Base64 of JSON.
    #[error("expected a JSON object, or Base64 of one; the body is neither, or was cut off")]
    NotJson,
    /// JSON, but a list or a string; or Base64 of JSON that is no object.
    #[error("expected a JSON object, the body is another kind of JSON value")]
    NotObject,
    /// More than 500 members.
    #[error("expected at most 500 members, the body has more")]
    TooManyMembers,
    /// Two members of one name.
    #[error("the body has two members of the same name")]
    DuplicateMember,
}

impl From<JsonError> for MessageError {
    fn from(error: JsonError) -> Self {
        match error {
            JsonError::NotJson | JsonError::TooDeep => Self::NotJson,
            JsonError::NotObject => Self::NotObject,
            JsonError::TooMany => Self::TooManyMembers,
            JsonError::Duplicate => Self::DuplicateMember,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_framings_are_read_whatever_stands_around_them() {
        let message = Message::new([("rsp_code", " success "), ("rsp_msg", "ok")]);
        for framing in [Framing::Json, Framing::Base64] {
            let body = message.to_body(framing);
            let padded = [b"\xef\xbb\xbf \r\n", body.as_slice(), b"\n"].concat();
            for body in [body, padded] {
                assert_eq!(Message::read(&body).unwrap().code().as_deref(), Some("SUCCESS"));
            }
        }
    }

    #[test]
    fn the_code_is_found_under_each_of_its_names() {
        for name in CODE {
            assert_eq!(Message::new([(name, "FAIL")]).code().as_deref(), Some("FAIL"));
        }
        let both = Message::new([("rspCode", "LAST"), ("rep_code", "SECOND"), ("rsp_code", "FIRST")]);
        assert_eq!(both.code().as_deref(), Some("FIRST"));
        assert_eq!(Message::new([("code", "FAIL")]).code(), None);
    }

    #[test]
    fn a_callback_may_arrive_as_a_form() {
        let body = b"rsp_code=SUCCESS&data=a%2Bb%3D&md5=00&merchant_id=M";
        assert_eq!(Message::read(body), Err(MessageError::NotJson));
        assert_eq!(Message::read_callback(body).unwrap().text("data"), Some("a+b="));
        assert_eq!(Message::read_callback(b"data=x"), Err(MessageError::NotJson));
        assert_eq!(Message::read_callback(b"data=x&data=y&md5=1"), Err(MessageError::NotJson));
    }

    #[test]
    fn what_is_no_message_is_named() {
        for (body, error) in [
            (&b""[..], MessageError::Empty),
            (b" \n", MessageError::Empty),
            (b"\xff\xfe", MessageError::NotText),
            (b"<html>502</html>", MessageError::Markup),
            (b"[1]", MessageError::NotObject),
            (b"WzFd", MessageError::NotObject),
            (b"{\"a\":", MessageError::NotJson),
            (b"not base64!", MessageError::NotJson),
            (b"{\"a\":\"1\",\"a\":\"2\"}", MessageError::DuplicateMember),
        ] {
            assert_eq!(Message::read(body).unwrap_err(), error, "{body:?}");
        }
    }
}
