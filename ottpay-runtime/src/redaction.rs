//! Hides what may be secret in values and strings, and shortens what is unverified.

use std::fmt;

use crate::field::Url;
use crate::spec::Kind;

/// How many characters of an unverified string are kept.
pub(crate) const MAX_EXCERPT: usize = 200;

/// Returns the first characters of an unverified string, without line breaks and other control characters.
pub(crate) fn excerpt(text: &str) -> String {
    let mut out = String::new();
    push_excerpt(text, &mut out);
    out
}

/// Appends what [`excerpt`] keeps of a string.
pub(crate) fn push_excerpt(text: &str, out: &mut String) {
    // Nearly every text is short and plain, and is copied as a whole.
    if text.len() <= MAX_EXCERPT && text.bytes().all(|byte| (b' '..0x7f).contains(&byte)) {
        return out.push_str(text);
    }
    out.extend(text.chars().filter(|character| !character.is_control()).take(MAX_EXCERPT));
}

/// Replaces a value that is not shown.
pub(crate) const HIDDEN: fmt::Arguments<'static> = format_args!("(hidden)");

/// Formats the value of a field that is not sensitive: of a URL only the part before its query, which may contain a
/// key, and nothing of an undocumented object.
pub(crate) fn redact(kind: Kind, text: &str) -> impl fmt::Debug + fmt::Display {
    Shown::new(kind, text)
}

/// Whether [`redact`] hides a part of a value that is not sensitive.
#[cfg(feature = "serde")]
pub(crate) fn is_redacted(kind: Kind, text: &str) -> bool {
    match Shown::new(kind, text) {
        Shown::Text(_) => false,
        Shown::Url(url) => url.before_query().is_some(),
        Shown::Hidden => true,
    }
}

enum Shown {
    Text(String),
    Url(Url),
    Hidden,
}

impl Shown {
    fn new(kind: Kind, text: &str) -> Self {
        match kind {
            Kind::Url => Self::Url(Url::new_unchecked(text.to_owned())),
            Kind::Json => Self::Hidden,
            _ => Self::Text(text.to_owned()),
        }
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => text.fmt(f),
            Self::Url(url) => url.fmt(f),
            Self::Hidden => HIDDEN.fmt(f),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Url(url) => match url.before_query() {
                Some(address) => write!(f, "{address}?…"),
                None => f.write_str(url.as_str()),
            },
            Self::Hidden => HIDDEN.fmt(f),
        }
    }
}

/// Whether the name of a member is harmless to show. In an altered message, a name may be part of a field's value.
pub(crate) fn is_plain_name(name: &str) -> bool {
    let is_first = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let is_rest = |byte: u8| is_first(byte) || byte.is_ascii_digit();
    name.len() <= 24 && name.bytes().next().is_some_and(is_first) && name.bytes().all(is_rest)
}
