//! What the members of an outer message hold.

use std::borrow::Cow;
use std::fmt;

use ottpay_vocabulary::wire::SEALED_MEMBERS;

use super::message_error::MessageError;
use super::{json, outer};

/// Names under which the response code has been seen; the first one that has a code counts.
pub(super) const CODE: [&str; 3] = ["rsp_code", "rep_code", "rspCode"];

/// The merchant, which is compared with the one that the message has to be for.
pub(super) const MERCHANT: &str = "merchant_id";

/// What an outer member holds.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Content<'a> {
    Text(Cow<'a, str>),
    Number(Cow<'a, str>),
    Null,
    /// A boolean, a list, an object, or something that is not JSON.
    Other,
    /// What is wrong with a member that is read strictly.
    Faulty(MessageError),
}

impl<'a> Content<'a> {
    /// What a value holds, by what its member has to be.
    pub(super) fn read(name: &str, value: &'a [u8]) -> Self {
        let is_string = value.starts_with(b"\"");
        if SEALED_MEMBERS.contains(&name) {
            return match value {
                b"null" => Self::Null,
                _ => outer::decode(value).map_or(Self::Other, Self::Text),
            };
        }
        let Some(member) = checked(name) else {
            return if is_string { Self::Text(outer::decode_lossy(value)) } else { Self::read_bare(value) };
        };
        let malformed = Self::Faulty(MessageError::Malformed { member });
        if is_string {
            return outer::decode(value).map_or(malformed, Self::Text);
        }
        match Self::read_bare(value) {
            Self::Other => malformed,
            content => content,
        }
    }

    /// What a value holds that is not a string.
    fn read_bare(value: &'a [u8]) -> Self {
        match std::str::from_utf8(value) {
            Ok("null") => Self::Null,
            Ok(number) if json::is_number(number) => Self::Number(Cow::Borrowed(number)),
            _ => Self::Other,
        }
    }

    /// The same, without what it was read from.
    pub(super) fn into_owned(self) -> Content<'static> {
        match self {
            Self::Text(text) => Content::Text(Cow::Owned(text.into_owned())),
            Self::Number(text) => Content::Number(Cow::Owned(text.into_owned())),
            Self::Null => Content::Null,
            Self::Other => Content::Other,
            Self::Faulty(error) => Content::Faulty(error),
        }
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text),
            Self::Null | Self::Other | Self::Faulty(_) => None,
        }
    }
}

/// The name, if it is that of a member that has to be well-formed, if it is there.
pub(super) fn checked(name: &str) -> Option<&'static str> {
    CODE.into_iter().chain([MERCHANT]).find(|checked| *checked == name)
}

impl fmt::Debug for Content<'_> {
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
