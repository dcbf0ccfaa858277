//! Absolute `http` and `https` URLs.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::number::is_digits;

/// An absolute `http` or `https` URL, split into its parts.
///
/// A URL is sent exactly as it is written, and another parser reads it at the other end. It must therefore be so plain
/// that all parsers agree: without forms that some of them would repair (`https:host`, backslashes, line breaks,
/// `127.1`), and without a user name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts<'a> {
    /// Whether the scheme is `https`.
    pub is_https: bool,
    /// Whether the host is this machine.
    pub is_loopback: bool,
    /// The host as it is written.
    pub host: &'a str,
    /// The path, which begins with a slash or is empty.
    pub path: &'a str,
    /// Whether a query or a fragment follows the path.
    pub has_query: bool,
}

impl<'a> Parts<'a> {
    /// Splits a URL into its parts.
    ///
    /// # Errors
    /// [`UrlError::Form`] if it is not an absolute `http` or `https` URL in plain form.
    pub fn parse(text: &'a str) -> Result<Self, UrlError> {
        let (is_https, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return Err(UrlError::Form),
        };
        // A check of bytes is enough for an ASCII address, and faster than one of characters.
        let is_plain = rest.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        let is_odd = |character: char| character.is_whitespace() || character.is_control() || character == '\\';
        if !is_plain && rest.contains(is_odd) {
            return Err(UrlError::Form);
        }
        let (authority, rest) = split_before(rest, |byte| matches!(byte, b'/' | b'?' | b'#'));
        let (path, query) = split_before(rest, |byte| matches!(byte, b'?' | b'#'));
        let host = find_host(authority).ok_or(UrlError::Form)?;
        let is_loopback = is_loopback(host).ok_or(UrlError::Form)?;
        Ok(Self { is_https, is_loopback, host, path, has_query: !query.is_empty() })
    }

    /// Whether others cannot read messages to this URL: it is `https`, or this machine.
    pub fn is_private(self) -> bool {
        self.is_https || self.is_loopback
    }
}

/// Splits a base URL, to which paths are appended. It may end with a slash.
///
/// # Errors
/// [`UrlError::Form`] if it is not a URL, or has a query or a fragment.
pub fn parse_base(text: &str) -> Result<Parts<'_>, UrlError> {
    Parts::parse(text).ok().filter(|parts| !parts.has_query).ok_or(UrlError::Form)
}

/// Splits a string before the first ASCII character that is a stop.
fn split_before(text: &str, is_stop: impl Fn(u8) -> bool) -> (&str, &str) {
    text.split_at(text.bytes().position(is_stop).unwrap_or(text.len()))
}

/// Finds the host; `None` if what follows it is not a port.
fn find_host(authority: &str) -> Option<&str> {
    let (host, port) = if authority.starts_with('[') {
        authority.split_at_checked(authority.find(']')? + 1)?
    } else {
        split_before(authority, |byte| byte == b':')
    };
    let is_number = |digits: &str| is_digits(digits) && digits.parse::<u16>().is_ok();
    if !port.is_empty() && !port.strip_prefix(':').is_some_and(is_number) {
        return None;
    }
    Some(host)
}

/// Whether a host is this machine; `None` if it is not a valid host.
fn is_loopback(host: &str) -> Option<bool> {
    match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().ok().map(|address| address.is_loopback()),
        None => is_loopback_name(host),
    }
}

fn is_loopback_name(host: &str) -> Option<bool> {
    let mut labels = host.strip_suffix('.').unwrap_or(host).as_bytes().split(|byte| *byte == b'.');
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || !byte.is_ascii();
    let is_label = |label: &[u8]| !label.is_empty() && label.iter().all(is_part);
    if !labels.clone().all(is_label) {
        return None;
    }
    // Some parsers treat every host that ends with a number as an IPv4 address, such as `127.1` and `0x7f.1`.
    let is_number = |label: &[u8]| match label {
        [b'0', b'x' | b'X', hex @ ..] => hex.iter().all(u8::is_ascii_hexdigit),
        _ => label.iter().all(u8::is_ascii_digit),
    };
    if labels.next_back().is_some_and(is_number) {
        return host.parse::<Ipv4Addr>().ok().map(|address| address.is_loopback());
    }
    Some(host.eq_ignore_ascii_case("localhost"))
}

/// Why a string is not a URL that can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UrlError {
    /// Not an absolute `http` or `https` URL.
    Form,
    /// Plain HTTP to another machine.
    PlainHttp,
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "expected an absolute URL such as https://shop.example/ottpay",
            Self::PlainHttp => "expected https; plain HTTP to another machine needs `Url::plain_http`",
        })
    }
}

impl std::error::Error for UrlError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart() {
        let parse =
            |text| Parts::parse(text).map(|parts| (parts.is_https, parts.is_loopback, parts.path, parts.has_query));
        assert_eq!(parse("https://shop.example/cb?a=1"), Ok((true, false, "/cb", true)));
        assert_eq!(parse("https://shop.example#top"), Ok((true, false, "", true)));
        assert_eq!(parse("http://127.9.9.9:80"), Ok((false, true, "", false)));
        assert_eq!(parse("http://[::1]:80/x/y"), Ok((false, true, "/x/y", false)));
        assert_eq!(parse("http://LOCALHOST/"), Ok((false, true, "/", false)));
        assert_eq!(parse("https://münchen.example/a b").err(), Some(UrlError::Form));
        assert_eq!(parse("https://münchen.example/"), Ok((true, false, "/", false)));
    }

    #[test]
    fn a_form_that_parsers_read_differently_is_rejected() {
        for text in [
            "",
            "/cb",
            "shop.example",
            "ftp://a.example",
            "https:a.example",
            "https:///a",
            "https://",
            "https://a\\b",
            "https://user@a.example",
            "https://a.example:x/",
            "https://a.example:/",
            "https://a.example:70000/",
            "https://a..example/",
            "https://.a/",
            "https://[::1",
            "https://[::1]x/",
            "https://[v1]/",
            "https://::1/",
            "http://127.1/",
            "http://0x7f.0.0.0x1/",
            "http://2130706433/",
            "http://127.0.0.256/",
            "https://a%62/",
            "https://a.example/\n",
            "https://a<b>/",
            "HTTPS://a.example/",
        ] {
            assert_eq!(Parts::parse(text).err(), Some(UrlError::Form), "{text:?}");
        }
    }
}
