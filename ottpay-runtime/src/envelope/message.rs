//! The outer message: a small JSON object in clear text, plain or Base64-encoded as a whole.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ottpay_vocabulary::wire::SEALED_MEMBERS;
use ottpay_vocabulary::{Cipher, Compare, Framing};

use super::fields::Fields;
use super::json::{self, JsonError, Value};
use super::open::{OpenError, Opened, open, open_whole};
use super::{multipart, outer};
use crate::SignKey;

/// An outer message. **Nothing in it is authenticated** but what [`Message::open`] returns.
///
/// `data`, `md5`, the response code and `merchant_id` are read strictly: each has to be well-formed and there once. What
/// is wrong with the others does not hide the response code: [`Message::check_members`] names it.
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
    /// What is wrong with a member that is read strictly.
    Faulty(MessageError),
}

/// Names under which the response code has been seen; the first one that has a code counts.
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
    /// [`MessageError`] if it is neither, not an object, or has no readable response code where one is.
    pub fn read(body: &[u8]) -> Result<Self, MessageError> {
        let json = json_of(body)?;
        let members = outer::members(&json).ok_or_else(|| not_an_object(&json, body))?;
        let mut message = Self { members: Vec::new() };
        for (name, value) in members {
            let name = outer::decode_lossy(name);
            let content = Content::read(&name, value);
            message.add(name, content);
        }
        message.check_code()?;
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

    /// Reads a callback: like [`Message::read`], or form fields of the same names, url-encoded or as multipart/form-data.
    ///
    /// # Errors
    /// [`MessageError`] if it is none of these.
    pub fn read_callback(body: &[u8]) -> Result<Self, MessageError> {
        let error = match Self::read(body) {
            Err(error @ (MessageError::NotJson | MessageError::NotText)) => error,
            read => return read,
        };
        let body = trim(body);
        // What begins as JSON or a page is none, whatever is in its texts.
        if body.first().is_some_and(|first| b"{[\"<".contains(first)) {
            return Err(error);
        }
        let mut message = Self { members: Vec::new() };
        if multipart::is_multipart(body) {
            for (name, value) in multipart::read_fields(body).ok_or(error)? {
                message.add(name, Content::Text(value));
            }
        } else {
            for (name, value) in form_urlencoded::parse(body) {
                message.add(name.into_owned(), Content::Text(value.into_owned()));
            }
        }
        let is_message = SEALED_MEMBERS.iter().all(|sealed| message.content(sealed).is_some());
        let is_read = is_message && message.check_code().and(message.check_members()).is_ok();
        if is_read { Ok(message) } else { Err(error) }
    }

    /// Adds what was read. Of the members that anybody may write beside the strict ones, no more are kept than any
    /// message has.
    fn add(&mut self, name: String, content: Content) {
        let is_strict = SEALED_MEMBERS.contains(&&*name) || checked(&name).is_some();
        let is_kept = is_strict || self.members.len() < json::MAX_MEMBERS;
        let earlier = if is_strict { self.members.iter_mut().find(|(earlier, _)| *earlier == name) } else { None };
        match earlier {
            Some((_, earlier)) => *earlier = Content::Faulty(MessageError::DuplicateMember),
            None if is_kept => self.members.push((name, content)),
            None => {}
        }
    }

    /// Rejects a response code that cannot be read, unless one was found before it.
    fn check_code(&self) -> Result<(), MessageError> {
        for name in CODE {
            if self.code_at(name).is_some() {
                break;
            }
            self.check_member(name)?;
        }
        Ok(())
    }

    /// Rejects `data`, `md5` or a merchant that is there twice, and a merchant that is neither string nor number, or not
    /// well-formed. Where the response code tells enough, none of them matters.
    ///
    /// # Errors
    /// [`MessageError`] says which it is.
    pub fn check_members(&self) -> Result<(), MessageError> {
        SEALED_MEMBERS.into_iter().chain([MERCHANT]).try_for_each(|name| self.check_member(name))
    }

    fn check_member(&self, name: &str) -> Result<(), MessageError> {
        match self.content(name) {
            Some(Content::Faulty(error)) => Err(*error),
            _ => Ok(()),
        }
    }

    fn content(&self, name: &str) -> Option<&Content> {
        self.members.iter().find(|(member, _)| member == name).map(|(_, content)| content)
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
        self.content(name)?.as_text().filter(|text| !text.is_empty())
    }

    /// The names of the members.
    #[cfg_attr(not(feature = "explain"), allow(dead_code, reason = "names matter to people only"))]
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|(name, _)| name.as_str())
    }

    /// The response code, trimmed and in upper case, under whichever of its names it arrived.
    pub fn code(&self) -> Option<String> {
        CODE.into_iter().find_map(|name| self.code_at(name))
    }

    fn code_at(&self, name: &str) -> Option<String> {
        let code = Compare::Upper.normalise(self.text(name)?).into_owned();
        Some(code).filter(|code| !code.is_empty())
    }

    /// Decrypts and verifies `data`, if the message has any. What else is read strictly, [`Message::check_members`] looks at.
    ///
    /// # Errors
    /// Those of [`open`]. Without `data` and `md5` there is nothing to open: `Ok(None)`. One without the other is an
    /// error.
    pub fn open(&self, key: &SignKey, cipher: Cipher) -> Result<Option<Fields>, OpenError> {
        self.sealed()?.map(|(data, md5)| open(data, md5, key, cipher)).transpose()
    }

    /// Opens like [`Message::open`], and keeps what the fields were read from.
    pub(crate) fn open_whole(&self, key: &SignKey, cipher: Cipher) -> Result<Option<Opened>, OpenError> {
        self.sealed()?.map(|(data, md5)| open_whole(data, md5, key, cipher)).transpose()
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
    fn read(name: &str, value: &[u8]) -> Self {
        if SEALED_MEMBERS.contains(&name) {
            return match serde_json::from_slice::<Option<String>>(value) {
                Ok(text) => text.map_or(Self::Null, Self::Text),
                Err(_) => Self::Other,
            };
        }
        let is_string = value.starts_with(b"\"");
        let Some(member) = checked(name) else {
            return if is_string { Self::Text(outer::decode_lossy(value)) } else { Self::read_bare(value) };
        };
        let malformed = Self::Faulty(MessageError::Malformed { member });
        if is_string {
            return serde_json::from_slice(value).map_or(malformed, Self::Text);
        }
        match Self::read_bare(value) {
            Self::Other => malformed,
            content => content,
        }
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
            Self::Null | Self::Other | Self::Faulty(_) => None,
        }
    }
}

/// The name, if it is that of a member that has to be well-formed, if it is there.
fn checked(name: &str) -> Option<&'static str> {
    CODE.into_iter().chain([MERCHANT]).find(|checked| *checked == name)
}

/// The JSON text of a body, which may have it in Base64.
fn json_of(body: &[u8]) -> Result<Cow<'_, [u8]>, MessageError> {
    let text = trim(body);
    match text.first() {
        None => Err(MessageError::Empty),
        Some(b'<') => Err(MessageError::Markup),
        Some(b'{') => Ok(Cow::Borrowed(text)),
        Some(b'[' | b'"') => Err(MessageError::NotObject),
        Some(_) => {
            let stripped: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
            let decoded = BASE64_STANDARD.decode(stripped).map_err(|_| not_json(body))?;
            Ok(Cow::Owned(trim(&decoded).to_vec()))
        }
    }
}

/// A text without white space and byte order marks around it.
pub(super) fn trim(text: &[u8]) -> &[u8] {
    let is_blank = |character: char| character.is_whitespace() || character == '\u{feff}';
    match std::str::from_utf8(text) {
        Ok(text) => text.trim_matches(is_blank).as_bytes(),
        Err(_) => {
            let text = text.trim_ascii();
            text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii()
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
            Self::Faulty(error) => fmt::Display::fmt(error, f),
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
            let inside = [b"\xef\xbb\xbf\x0c", body.as_slice(), "\u{a0}\u{b}\u{c}".as_bytes()].concat();
            let before = [b"\r\n\xef\xbb\xbf", body.as_slice()].concat();
            let encoded = [&inside, &before].map(|text| BASE64_STANDARD.encode(text).into_bytes());
            let odd = if framing == Framing::Json { encoded.to_vec() } else { Vec::new() };
            for body in [body, padded, inside, before].into_iter().chain(odd) {
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
        let blank = Message::new([("rsp_code", " "), ("rep_code", ""), ("rspCode", "ORDER_USED")]);
        assert_eq!(blank.code().as_deref(), Some("ORDER_USED"));
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
    fn a_callback_may_arrive_as_multipart() {
        let part = |name: &str, value: &str| {
            format!("--x1\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let [data, md5] = [part("data", "a+b="), part("md5", "00")];
        let body = format!("{}{data}{md5}--x1--\r\n", part("rsp_code", "SUCCESS"));
        assert_eq!(Message::read(body.as_bytes()), Err(MessageError::NotJson));
        let message = Message::read_callback(body.as_bytes()).unwrap();
        assert_eq!((message.text("data"), message.code().as_deref()), (Some("a+b="), Some("SUCCESS")));
        for refused in [
            format!("{data}--x1--"),
            format!("{data}{md5}{md5}--x1--"),
            format!("{data}{data}{md5}--x1--"),
            format!("{data}{md5}"),
            format!("{data}{md5}{}{}--x1--", part("merchant_id", "M"), part("merchant_id", "M")),
        ] {
            assert_eq!(Message::read_callback(refused.as_bytes()), Err(MessageError::NotJson), "{refused}");
        }
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
            (b"{\"rsp_code\":\"1\",\"rsp_code\":\"1\"}", MessageError::DuplicateMember),
            (b"{\"rsp_code\":[],\"rspCode\":\"FAIL\"}", MessageError::Malformed { member: "rsp_code" }),
            (b"{\"rsp_code\":\" \",\"rspCode\":{}}", MessageError::Malformed { member: "rspCode" }),
        ] {
            assert_eq!(Message::read(body).unwrap_err(), error, "{body:?}");
        }
    }

    #[test]
    fn what_is_not_the_code_does_not_hide_it() {
        let merchant = Err(MessageError::Malformed { member: MERCHANT });
        for (other, checked) in [
            (r#""data":null,"data":null"#, Err(MessageError::DuplicateMember)),
            (r#""md5":"","md5":"""#, Err(MessageError::DuplicateMember)),
            (r#""md5":"","md5":[],"md5":1"#, Err(MessageError::DuplicateMember)),
            (r#""merchant_id":"M","merchant_id":"M""#, Err(MessageError::DuplicateMember)),
            (r#""merchant_id":"\ud83c""#, merchant),
            (r#""merchant_id":{}"#, merchant),
            (r#""merchant_id":true,"data":{}"#, merchant),
            (r#""rspCode":[]"#, Ok(())),
            (r#""rep_code":"\ud83c","rspCode":"A","rspCode":"B""#, Ok(())),
        ] {
            for body in
                [format!(r#"{{"rsp_code":"ORDER_USED",{other}}}"#), format!(r#"{{{other},"rsp_code":"ORDER_USED"}}"#)]
            {
                let message = Message::read(body.as_bytes()).unwrap();
                assert_eq!(
                    (message.code().as_deref(), message.check_members()),
                    (Some("ORDER_USED"), checked),
                    "{body}"
                );
            }
        }
    }

    #[test]
    fn only_a_form_is_read_as_a_form() {
        let form = "&data=D&md5=M&rsp_code=SUCCESS&y=";
        assert_eq!(Message::read_callback(form.as_bytes()).unwrap().text("md5"), Some("M"));
        for body in [
            format!(r#"{{"merchant_id":true,"data":"A","data":"B","rsp_code":"FAIL","x":"{form}"}}"#),
            format!(r#"{{"rsp_code":[],"x":"{form}"}}"#),
            format!(r#"{{"x":"{form}""#),
            format!(r#"{{"x":{form}}}"#),
            format!(" \u{feff}\n{{\"x\":{form}"),
            format!("<html>{form}</html>"),
            format!(r#"["{form}"]"#),
            format!(r#""{form}""#),
        ] {
            assert_eq!(Message::read_callback(body.as_bytes()), Message::read(body.as_bytes()), "{body}");
            // Nor if the texts are in another character set.
            let body = [body.as_bytes(), b"\xff"].concat();
            Message::read_callback(&body).unwrap_err();
        }
    }
}
