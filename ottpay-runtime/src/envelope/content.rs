//! The contents of an outer message's members.

use std::borrow::Cow;
use std::fmt;

use ottpay_vocabulary::wire::SEALED_MEMBERS;

use super::message_error::MessageError;
use super::outer::Written;
use super::{json, outer};

/// Names under which the response code has been observed; the first one with a code counts.
pub(super) const CODE: [&str; 3] = ["rsp_code", "rep_code", "rspCode"];

/// The merchant, which is compared with the expected one.
pub(super) const MERCHANT: &str = "merchant_id";

/// The number of names that are read strictly.
pub(super) const STRICT: usize = SEALED_MEMBERS.len() + CODE.len() + 1;

/// How a member is read.
#[derive(Clone, Copy)]
pub(super) enum Reading {
    /// It is `data` or `md5`.
    Sealed,
    /// Must be well-formed if present. Contains its name.
    Checked(&'static str),
    /// Read as far as possible.
    Lenient,
}

impl Reading {
    /// Determines how the member with this name is read.
    pub(super) fn for_member(name: &str) -> Self {
        if SEALED_MEMBERS.contains(&name) {
            return Self::Sealed;
        }
        match CODE.into_iter().find(|code| *code == name) {
            Some(code) => Self::Checked(code),
            None if name == MERCHANT => Self::Checked(MERCHANT),
            None => Self::Lenient,
        }
    }

    /// Whether the member must not be repeated.
    pub(super) fn is_strict(self) -> bool {
        !matches!(self, Self::Lenient)
    }
}

/// The content of an outer member.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Content<'a> {
    Text(Cow<'a, str>),
    Number(Cow<'a, str>),
    Null,
    /// A boolean, a list, an object, or something that is not JSON.
    Other,
    /// The error of a member that is read strictly.
    Faulty(MessageError),
}

impl<'a> Content<'a> {
    /// Reads the content of a value.
    pub(super) fn read(reading: Reading, value: Written<'a>) -> Self {
        match (reading, value) {
            (_, Written::Plain(text)) => Self::Text(Cow::Borrowed(text)),
            (Reading::Sealed, Written::Other(b"null")) => Self::Null,
            (Reading::Sealed, _) => outer::decode(value).map_or(Self::Other, Self::Text),
            (Reading::Lenient, Written::Other([b'"', ..])) => Self::Text(outer::decode_lossy(value)),
            (Reading::Lenient, Written::Other(bare)) => Self::read_bare(bare),
            (Reading::Checked(member), Written::Other(written)) => {
                let read = match written {
                    [b'"', ..] => outer::decode(value).map_or(Self::Other, Self::Text),
                    bare => Self::read_bare(bare),
                };
                match read {
                    Self::Other => Self::Faulty(MessageError::Malformed { member }),
                    content => content,
                }
            }
        }
    }

    /// Reads the content of a value that is not a string.
    fn read_bare(value: &'a [u8]) -> Self {
        match std::str::from_utf8(value) {
            Ok("null") => Self::Null,
            Ok(number) if json::is_number(number) => Self::Number(Cow::Borrowed(number)),
            _ => Self::Other,
        }
    }

    /// Copies the content, so that it does not borrow the body.
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
