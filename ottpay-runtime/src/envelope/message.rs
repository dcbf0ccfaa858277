//! The outer message: a small JSON object in clear text, plain or encoded as Base64.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use ottpay_vocabulary::wire::SEALED_MEMBERS;
use ottpay_vocabulary::{Cipher, Compare, Framing};

use super::body::{json_of, not_an_object, not_json, trim};
use super::collected::{Collected, Members};
use super::content::{CODE, Content, MERCHANT, Reading};
use super::fields::Fields;
use super::message_error::MessageError;
use super::open::{OpenError, Opened, open, open_whole};
use super::value::Value;
use super::write::write_object;
use super::{multipart, outer};
use crate::SignKey;
use crate::encoding::standard_base64;

/// The largest number of members in most messages.
const USUAL_MEMBERS: usize = 8;

/// An outer message, read in place: strings without escapes are not copied. **Nothing in it is authenticated** except
/// what [`Message::open`] returns.
///
/// `data`, `md5`, the response code and `merchant_id` are read strictly: each must be well-formed and unique. A problem
/// with one of the other three does not hide the response code: [`Message::check_members`] reports it.
///
/// Every other member is read as far as possible, and none of them prevents the message from being opened. In its
/// string, U+FFFD replaces bytes in another character set and halves of surrogate pairs. Of two members with the same
/// name, the first counts, members after the first 500 are ignored, and values other than strings and numbers are not
/// read.
#[derive(Clone, PartialEq, Eq)]
pub struct Message<'a> {
    members: Members<'a>,
}

impl<'a> Message<'a> {
    /// Creates a message to be sent, with the members in this order.
    pub fn new<N: Into<Cow<'a, str>>, V: Into<Cow<'a, str>>>(members: impl IntoIterator<Item = (N, V)>) -> Self {
        let members = members.into_iter().map(|(name, value)| (name.into(), Content::Text(value.into())));
        Self { members: members.collect() }
    }

    /// Copies the message, so that it does not borrow the body.
    pub fn into_owned(self) -> Message<'static> {
        let members = self.members.into_iter();
        let members = members.map(|(name, content)| (Cow::Owned(name.into_owned()), content.into_owned()));
        Message { members: members.collect() }
    }

    /// Reads a request or a reply: JSON, or Base64 of JSON.
    ///
    /// # Errors
    /// [`MessageError`] if it is neither, is not an object, or has a response code that cannot be read.
    pub fn read(body: &'a [u8]) -> Result<Self, MessageError> {
        match json_of(body)? {
            Cow::Borrowed(json) => Self::read_json(json, body),
            Cow::Owned(json) => Message::read_json(&json, body).map(Message::into_owned),
        }
    }

    fn read_json(json: &'a [u8], body: &[u8]) -> Result<Self, MessageError> {
        let collected = outer::read(
            json,
            // Called again if bytes that are not UTF-8 have to be read a second time, in pairs.
            || Collected::with_capacity(USUAL_MEMBERS),
            |collected, name, value| {
                let name = outer::decode_lossy(name);
                let reading = Reading::for_member(&name);
                collected.add(name, reading, Content::read(reading, value));
            },
        );
        let message = Self { members: collected.ok_or_else(|| not_an_object(json, body))?.into_members() };
        // Other members are checked only when they are used: a code may be all that matters.
        message.check_code()?;
        Ok(message)
    }

    /// Reads a message without an envelope: its fields, and the members that are otherwise outside `data`, such as a
    /// response code. All of it is read strictly. **Nothing in it is authenticated** except by the connection.
    ///
    /// # Errors
    /// [`MessageError`] if it is not a JSON object.
    pub fn read_plain(body: &[u8]) -> Result<(Message<'static>, Fields), MessageError> {
        let json = json_of(body)?;
        let text = std::str::from_utf8(&json).map_err(|_| not_json(body))?;
        let fields = Fields::parse_object(text)?;
        let members = fields.iter().map(|(name, value)| {
            let content = match value {
                Value::Text(text) => Content::Text(Cow::Owned(text.to_owned())),
                Value::Number(number) => Content::Number(Cow::Owned(number.to_owned())),
                Value::Null => Content::Null,
                _ => Content::Other,
            };
            (Cow::Owned(name.to_owned()), content)
        });
        Ok((Message { members: members.collect() }, fields))
    }

    /// Reads a callback: like [`Message::read`], or form fields with the same names, URL-encoded or as
    /// multipart/form-data.
    ///
    /// # Errors
    /// [`MessageError`] if it is none of these.
    pub fn read_callback(body: &'a [u8]) -> Result<Self, MessageError> {
        let error = match Self::read(body) {
            Err(error @ (MessageError::NotJson | MessageError::NotText)) => error,
            read => return read,
        };
        let body = trim(body);
        // A body that begins like JSON or a page is not a form, whatever its strings contain.
        if body.first().is_some_and(|first| b"{[\"<".contains(first)) {
            return Err(error);
        }
        let mut collected = Collected::with_capacity(0);
        if multipart::is_multipart(body) {
            for (name, value) in multipart::read_fields(body).ok_or(error)? {
                let reading = Reading::for_member(&name);
                collected.add(Cow::Owned(name), reading, Content::Text(Cow::Owned(value)));
            }
        } else {
            for (name, value) in form_urlencoded::parse(body) {
                let reading = Reading::for_member(&name);
                collected.add(name, reading, Content::Text(value));
            }
        }
        let message = Self { members: collected.into_members() };
        // Any text can be read as a form with some field, so it counts as a form only with both sealed members.
        let is_message = SEALED_MEMBERS.iter().all(|sealed| message.content(sealed).is_some());
        let is_read = is_message && message.check_code().and(message.check_members()).is_ok();
        if is_read { Ok(message) } else { Err(error) }
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

    /// Rejects duplicates of `data`, `md5` or the merchant, and a merchant that is neither a string nor a number, or is
    /// not well-formed. If the response code is sufficient, none of this matters.
    ///
    /// # Errors
    /// [`MessageError`] states which it is.
    pub fn check_members(&self) -> Result<(), MessageError> {
        SEALED_MEMBERS.into_iter().chain([MERCHANT]).try_for_each(|name| self.check_member(name))
    }

    fn check_member(&self, name: &str) -> Result<(), MessageError> {
        match self.content(name) {
            Some(Content::Faulty(error)) => Err(*error),
            _ => Ok(()),
        }
    }

    fn content(&self, name: &str) -> Option<&Content<'a>> {
        self.members.iter().find(|(member, _)| member == name).map(|(_, content)| content)
    }

    /// Formats the message as a body.
    pub fn to_body(&self, framing: Framing) -> Vec<u8> {
        let texts = self.members.iter().map(|(name, content)| (&**name, content.as_text().unwrap_or_default()));
        let out = write_object(texts);
        match framing {
            Framing::Json => out.into_bytes(),
            Framing::Base64 => standard_base64().encode(out).into_bytes(),
        }
    }

    /// Returns a member that is a string or a number, and not empty. `data` and `md5` must be strings.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.content(name)?.as_text().filter(|text| !text.is_empty())
    }

    /// Iterates over the names of the members.
    #[cfg_attr(not(feature = "explain"), allow(dead_code, reason = "names matter to people only"))]
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|(name, _)| &**name)
    }

    /// Returns the response code, trimmed and in upper case, under any of its names.
    pub fn code(&self) -> Option<Cow<'_, str>> {
        CODE.into_iter().find_map(|name| self.code_at(name))
    }

    fn code_at(&self, name: &str) -> Option<Cow<'_, str>> {
        let code = Compare::Upper.normalise(self.text(name)?);
        Some(code).filter(|code| !code.is_empty())
    }

    /// Decrypts and verifies `data`, if the message has any. [`Message::check_members`] checks the other strict
    /// members.
    ///
    /// # Errors
    /// Those of [`open`]. Without `data` and `md5` there is nothing to open: `Ok(None)`. One without the other is an
    /// error.
    pub fn open(&self, key: &SignKey, cipher: Cipher) -> Result<Option<Fields>, OpenError> {
        self.sealed_members()?.map(|(data, md5)| open(data, md5, key, cipher)).transpose()
    }

    /// Opens the message like [`Message::open`], and also returns the text of the fields.
    pub(crate) fn open_whole(&self, key: &SignKey, cipher: Cipher) -> Result<Option<Opened>, OpenError> {
        self.sealed_members()?.map(|(data, md5)| open_whole(data, md5, key, cipher)).transpose()
    }

    /// Returns `data` and `md5`; `None` if neither is present.
    pub(super) fn sealed_members(&self) -> Result<Option<(&str, &str)>, OpenError> {
        let empty = |content: &Content<'_>| *content == Content::Null || content.as_text() == Some("");
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

/// Shows names and types, never values.
impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.members.iter().map(|(name, content)| (name, content))).finish()
    }
}

#[cfg(test)]
mod tests {
    use base64::prelude::BASE64_STANDARD;

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
    fn invalid_messages_are_named() {
        for (body, error) in [
            (&b""[..], MessageError::Empty),
            (b" \n", MessageError::Empty),
            (b"\xff\xfe", MessageError::NotText),
            (b"<html>502</html>", MessageError::Markup),
            (b"[1]", MessageError::NotObject),
            (b"WzFd", MessageError::NotObject),
            (b"{\"a\":", MessageError::NotJson),
            (b"not base64!", MessageError::NotJson),
            (b"AAAA", MessageError::NotJson),
            (b"{\"rsp_code\":\"1\",\"rsp_code\":\"1\"}", MessageError::DuplicateMember),
            (b"{\"rsp_code\":[],\"rspCode\":\"FAIL\"}", MessageError::Malformed { member: "rsp_code" }),
            (b"{\"rsp_code\":\" \",\"rspCode\":{}}", MessageError::Malformed { member: "rspCode" }),
        ] {
            assert_eq!(Message::read(body).unwrap_err(), error, "{body:?}");
        }
    }

    #[test]
    fn other_members_do_not_hide_the_code() {
        let merchant = Err(MessageError::Malformed { member: MERCHANT });
        for (other, checked) in [
            (r#""data":null,"data":null"#, Err(MessageError::DuplicateMember)),
            (r#""md5":"","md5":"""#, Err(MessageError::DuplicateMember)),
            (r#""md5":"","md5":[],"md5":1"#, Err(MessageError::DuplicateMember)),
            (r#""merchant_id":"M","merchant_id":"M""#, Err(MessageError::DuplicateMember)),
            (r#""merchant_id":"\ud83c""#, merchant),
            (r#""merchant_id":{}"#, merchant),
            (r#""merchant_id":1x"#, merchant),
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
    fn of_two_members_that_are_not_strict_the_first_counts() {
        let message = Message::read(br#"{"rsp_msg":"first","rsp_msg":"second","rsp_code":"FAIL"}"#).unwrap();
        assert_eq!((message.text("rsp_msg"), message.code().as_deref()), (Some("first"), Some("FAIL")));
    }

    #[test]
    fn a_message_without_an_envelope_keeps_its_members() {
        let (message, fields) = Message::read_plain(br#"{"rsp_code":"fail","n":1,"z":null,"l":[]}"#).unwrap();
        assert_eq!((message.code().as_deref(), message.text("n"), message.text("z")), (Some("FAIL"), Some("1"), None));
        assert_eq!((fields.len(), fields.is_empty(), Fields::default().is_empty()), (4, false, true));
        assert_eq!(format!("{message:?}").matches("null").count(), 1);
    }

    #[test]
    fn members_after_the_first_500_are_ignored_but_not_the_strict_ones() {
        let members: String = (0..501).map(|number| format!("\"m{number}\":\"x\",")).collect();
        let body = format!("{{{members}\"rsp_code\":\"SUCCESS\"}}");
        let message = Message::read(body.as_bytes()).unwrap();
        assert_eq!((message.text("m499"), message.text("m500")), (Some("x"), None));
        assert_eq!(message.code().as_deref(), Some("SUCCESS"));
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
            // Nor is it read if the text is in another character set.
            let body = [body.as_bytes(), b"\xff"].concat();
            Message::read_callback(&body).unwrap_err();
        }
    }
}
