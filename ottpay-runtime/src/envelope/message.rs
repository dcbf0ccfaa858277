//! The outer message: a small JSON object in clear text, plain or Base64-encoded as a whole.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ottpay_vocabulary::wire::SEALED_MEMBERS;
use ottpay_vocabulary::{Cipher, Compare, Framing};

use super::fields::Fields;
use super::json::{self, JsonError, Value};
use super::open::{OpenError, open};
use super::outer;
use crate::SignKey;

/// An outer message. **Nothing in it is authenticated** but what [`Message::open`] returns.
///
/// `data`, `md5`, the response code and `merchant_id` are read strictly: each has to be well-formed and there once.
/// Every other member is read as well as it can be, and none of them can keep the message from being opened: a text has
/// U+FFFD for what is in another character set or is half of a surrogate pair, of two members with one name the first
/// counts, members after the first 500 are ignored, and what is neither a string nor a number is not looked into.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    members: Vec<(String, Content)>,
}

/// What an outer member holds.
#[derive(Clone, PartialEq, Eq)]
enum Content {
    Text(String),
    Number(String),
    Null,
    /// A boolean, a list, an object, or something that is not JSON.
    Other,
}

/// Names under which the response code has been seen; the first one present counts.
const CODE: [&str; 3] = ["rsp_code", "rep_code", "rspCode"];

/// The merchant, which is compared with the one that the message has to be for.
const MERCHANT: &str = "merchant_id";

impl Message {
    /// A message to be sent, members in this order.
    pub fn new<N: Into<String>, V: Into<String>>(members: impl IntoIterator<Item = (N, V)>) -> Self {
        let members = members.into_iter().map(|(name, value)| (name.into(), Content::Text(value.into())));
        Self { members: members.collect() }
    }

    /// Reads a request or a reply: JSON, or Base64 of JSON.
    ///
    /// # Errors
    /// [`MessageError`] if it is neither, not an object, or one of the members that are read strictly is malformed.
    pub fn read(body: &[u8]) -> Result<Self, MessageError> {
        let json = json_of(body)?;
        let members = outer::members(&json).ok_or_else(|| not_an_object(&json, body))?;
        let mut message = Self { members: Vec::new() };
        for (name, value) in members {
            let name = outer::decode_lossy(name);
            let content = Content::read(&name, value)?;
            message.add(name, content)?;
        }
        Ok(message)
    }

    /// Reads a message that travels without an envelope: its own fields, and with them what may be outside of an
    /// envelope, such as a response code. All of it is read strictly. **Nothing in it is authenticated** but by the
    /// connection it came over.
    ///
    /// # Errors
    /// [`MessageError`] if it is not a JSON object.
    pub fn read_plain(body: &[u8]) -> Result<(Self, Fields), MessageError> {
        let json = json_of(body)?;
        let text = std::str::from_utf8(&json).map_err(|_| not_json(body))?;
        let fields = Fields::parse_object(text)?;
        let members = fields.members().iter().map(|(name, value)| {
            let content = match value {
                Value::Text(text) => Content::Text(text.clone()),
                Value::Number(number) => Content::Number(number.clone()),
                Value::Null => Content::Null,
                _ => Content::Other,
            };
            (name.clone(), content)
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
            let mut message = Self { members: Vec::new() };
            for (name, value) in form_urlencoded::parse(body) {
                message.add(name.into_owned(), Content::Text(value.into_owned())).map_err(|_| error)?;
            }
            let is_message = SEALED_MEMBERS.iter().all(|sealed| message.names().any(|name| name == *sealed));
            if is_message { Ok(message) } else { Err(error) }
        })
    }

    /// Adds what was read. Of the members that anybody may write beside the strict ones, no more are kept than any
    /// message has.
    fn add(&mut self, name: String, content: Content) -> Result<(), MessageError> {
        let strict = SEALED_MEMBERS.contains(&&*name) || checked(&name).is_some();
        if strict && self.names().any(|earlier| earlier == name) {
            return Err(MessageError::DuplicateMember);
        }
        if strict || self.members.len() < json::MAX_MEMBERS {
            self.members.push((name, content));
        }
        Ok(())
    }

    /// The message as a body.
    pub fn to_body(&self, framing: Framing) -> Vec<u8> {
        let texts = self.members.iter().map(|(name, content)| (name.as_str(), content.as_text().unwrap_or_default()));
        let out = json::write_object(texts.map(|(name, text)| (name, Cow::Borrowed(text))));
        match framing {
            Framing::Json => out.into_bytes(),
            Framing::Base64 => BASE64_STANDARD.encode(out).into_bytes(),
        }
    }

    /// A member that is a string or a number, and not empty. Of `data` and `md5` only a string.
    pub fn text(&self, name: &str) -> Option<&str> {
        let content = self.members.iter().find(|(member, _)| member == name).map(|(_, content)| content)?;
        content.as_text().filter(|text| !text.is_empty())
    }

    /// The names of the members.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|(name, _)| name.as_str())
    }

    /// The response code, trimmed and in upper case, under whichever of its names it arrived.
    pub fn code(&self) -> Option<String> {
        let code = CODE.iter().find_map(|name| self.text(name))?;
        Some(Compare::Upper.normalise(code).into_owned()).filter(|code| !code.is_empty())
    }

    /// Decrypts and verifies `data`, if the message has any.
    ///
    /// # Errors
    /// Those of [`open`]. Without `data` and `md5` there is nothing to open: `Ok(None)`. One without the other is an
    /// error.
    pub fn open(&self, key: &SignKey, cipher: Cipher) -> Result<Option<Fields>, OpenError> {
        self.sealed()?.map(|(data, md5)| open(data, md5, key, cipher)).transpose()
    }

    /// `data` and `md5`; nothing if neither is there.
    pub(super) fn sealed(&self) -> Result<Option<(&str, &str)>, OpenError> {
        let empty = |content: &Content| *content == Content::Null || content.as_text() == Some("");
        match (self.text("data"), self.text("md5")) {
            (Some(data), Some(md5)) => Ok(Some((data, md5))),
            (None, None)
                if self.members.iter().all(|(name, content)| !SEALED_MEMBERS.contains(&&**name) || empty(content)) =>
            {
                Ok(None)
            }
            _ => Err(OpenError::Half),
        }
    }
}

impl Content {
    /// What a value holds, by what its member has to be.
    fn read(name: &str, value: &[u8]) -> Result<Self, MessageError> {
        if SEALED_MEMBERS.contains(&name) {
            // What is wrong with these does not hide the response code: [`Message::open`] rejects it.
            return Ok(match serde_json::from_slice::<Option<String>>(value) {
                Ok(text) => text.map_or(Self::Null, Self::Text),
                Err(_) => Self::Other,
            });
        }
        let is_string = value.starts_with(b"\"");
        if let Some(member) = checked(name) {
            if is_string {
                let text = serde_json::from_slice(value).map_err(|_| MessageError::Malformed { member })?;
                return Ok(Self::Text(text));
            }
            return match Self::read_bare(value) {
                Self::Other => Err(MessageError::Malformed { member }),
                content => Ok(content),
            };
        }
        Ok(if is_string { Self::Text(outer::decode_lossy(value)) } else { Self::read_bare(value) })
    }

    /// What a value holds that is not a string.
    fn read_bare(value: &[u8]) -> Self {
        match std::str::from_utf8(value) {
            Ok("null") => Self::Null,
            Ok(number) if json::is_number(number) => Self::Number(number.to_owned()),
            _ => Self::Other,
        }
    }

    fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text),
            Self::Null | Self::Other => None,
        }
    }
}

/// The name, if it is that of a member that is read strictly and checked before anything is opened.
fn checked(name: &str) -> Option<&'static str> {
    CODE.into_iter().chain([MERCHANT]).find(|checked| *checked == name)
}

/// The JSON text of a body, which may have it in Base64.
fn json_of(body: &[u8]) -> Result<Cow<'_, [u8]>, MessageError> {
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let text = std::str::from_utf8(text).map_or(text.trim_ascii(), |text| text.trim().as_bytes());
    match text.first() {
        None => Err(MessageError::Empty),
        Some(b'<') => Err(MessageError::Markup),
        Some(b'{') => Ok(Cow::Borrowed(text)),
        Some(b'[' | b'"') => Err(MessageError::NotObject),
        Some(_) => {
            let stripped: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
            BASE64_STANDARD.decode(stripped).map(Cow::Owned).map_err(|_| not_json(body))
        }
    }
}

/// Why the JSON text of a body is not an object.
fn not_an_object(json: &[u8], body: &[u8]) -> MessageError {
    // Telling a list or a number from rubbish makes the message more helpful.
    match !json.trim_ascii().starts_with(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(json).is_ok() {
        true => MessageError::NotObject,
        false => not_json(body),
    }
}

/// What the body is instead of JSON.
fn not_json(body: &[u8]) -> MessageError {
    if std::str::from_utf8(body).is_ok() { MessageError::NotJson } else { MessageError::NotText }
}

/// Shows names and kinds, never values.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.members.iter().map(|(name, content)| (name, content))).finish()
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "text of {} bytes", text.len()),
            Self::Number(text) => write!(f, "number of {} characters", text.len()),
            Self::Null => f.write_str("null"),
            Self::Other => f.write_str("neither string nor number"),
        }
    }
}

/// Why a body is not a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageError {
    /// Only white space.
    #[error("expected a JSON object, the body is empty")]
    Empty,
    /// Not JSON, and not UTF-8 either.
    #[error("expected JSON text in UTF-8, the body has other bytes")]
    NotText,
    /// HTML or XML.
    #[error("expected a JSON object, the body is an HTML or XML page")]
    Markup,
    /// Neither JSON nor Base64 of JSON.
    #[error("expected a JSON object, or Base64 of one; the body is neither, or was cut off")]
    NotJson,
    /// JSON, but a list or a string; or Base64 of JSON that is not an object.
    #[error("expected a JSON object, the body is another kind of JSON value")]
    NotObject,
    /// More than 500 members of a message without an envelope.
    #[error("expected at most 500 members, the body has more")]
    TooManyMembers,
    /// Two members of one name, where it matters which of them counts.
    #[error("the body has two members of the same name")]
    DuplicateMember,
    /// A response code or a merchant that is neither a string nor a number, or not well-formed.
    #[error("expected a string in `{member}`, found something else")]
    Malformed {
        /// The member.
        member: &'static str,
    },
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
    fn both_framings_are_read_with_white_space_around_them() {
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
    fn what_is_not_a_message_is_named() {
        for (body, error) in [
            (&b""[..], MessageError::Empty),
            (b" \n", MessageError::Empty),
            (b"\xff\xfe", MessageError::NotText),
            (b"<html>502</html>", MessageError::Markup),
            (b"[1]", MessageError::NotObject),
            (b"WzFd", MessageError::NotObject),
            (b"{\"a\":", MessageError::NotJson),
            (b"not base64!", MessageError::NotJson),
            (b"{\"md5\":\"1\",\"md5\":\"1\"}", MessageError::DuplicateMember),
            (b"{\"rspCode\":{}}", MessageError::Malformed { member: "rspCode" }),
        ] {
            assert_eq!(Message::read(body).unwrap_err(), error, "{body:?}");
        }
    }
}
