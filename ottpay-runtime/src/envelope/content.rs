//! What the members of an outer message hold.

use std::borrow::Cow;
use std::fmt;

use ottpay_vocabulary::wire::SEALED_MEMBERS;

use super::message_error::MessageError;
use super::outer::Written;
use super::{json, outer};

/// Names under which the response code has been seen; the first one that has a code counts.
pub(super) const CODE: [&str; 3] = ["rsp_code", "rep_code", "rspCode"];

/// The merchant, which is compared with the one that the message has to be for.
pub(super) const MERCHANT: &str = "merchant_id";

/// How many names are read strictly.
pub(super) const STRICT: usize = SEALED_MEMBERS.len() + CODE.len() + 1;

/// How a member is read.
#[derive(Clone, Copy)]
pub(super) enum Reading {
    /// It is `data` or `md5`.
    Sealed,
    /// It has to be well-formed, if it is there. This is its name.
    Checked(&'static str),
    /// As well as it can be.
    Lenient,
}

impl Reading {
    /// How the member of this name is read.
    pub(super) fn of(name: &str) -> Self {
        if SEALED_MEMBERS.contains(&name) {
            return Self::Sealed;
        }
        match CODE.into_iter().find(|code| *code == name) {
            Some(code) => Self::Checked(code),
            None if name == MERCHANT => Self::Checked(MERCHANT),
            None => Self::Lenient,
        }
    }

    /// Whether the member may be there only once.
    pub(super) fn is_strict(self) -> bool {
        !matches!(self, Self::Lenient)
    }
}

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
    /// What a value holds.
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
