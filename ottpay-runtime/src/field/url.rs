//! URLs.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

pub use ottpay_vocabulary::UrlError;
use ottpay_vocabulary::ValueError;
use ottpay_vocabulary::url::Parts;

use super::convert::{FieldText, FromField, IntoField};
use super::problem::Problem;

/// A URL that is sent to the gateway, or was received from it. The string is kept exactly as it was written.
///
/// URLs to be sent must be `https`, because others can read or drop a callback over plain HTTP; loopback hosts are
/// exempt, for tests. [`Url::plain_http`] explicitly lifts this rule. URLs from the gateway are accepted unchanged: a
/// wallet's payment link has a scheme of its own (`weixin://`). `Debug` stops at the `?` or `#`, because a key may
/// follow.
///
/// ```
/// # use ottpay_runtime::{Url, UrlError};
/// let page: Url = "https://shop.example/thanks".parse()?;
/// assert_eq!(Url::try_from("https://shop.example/thanks"), Ok(page));
/// assert_eq!(Url::try_from("http://shop.example/thanks"), Err(UrlError::PlainHttp));
/// # Ok::<(), UrlError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
#[must_use = "a link goes nowhere by itself: give it to the buyer's browser"]
pub struct Url(String);

impl Url {
    /// Creates a URL that is `https`, or plain HTTP on a loopback host.
    ///
    /// # Errors
    /// [`UrlError`] if it is not such a URL.
    pub fn new(text: impl Into<String>) -> Result<Self, UrlError> {
        let text = text.into();
        check_private(&text).map(|()| Self(text))
    }

    /// Creates a URL even if it is plain HTTP. Others can read and drop what the gateway sends there.
    ///
    /// # Errors
    /// [`UrlError`] if it is not an absolute `http` or `https` URL.
    pub fn plain_http(text: impl Into<String>) -> Result<Self, UrlError> {
        let text = text.into();
        parse(&text)?;
        Ok(Self(text))
    }

    /// Wraps a URL that was not given by the caller, unchecked.
    pub(crate) fn new_unchecked(text: String) -> Self {
        Self(text)
    }

    /// Returns the same URL with one more escaped parameter at the end of its query.
    ///
    /// ```
    /// # use ottpay_runtime::Url;
    /// let page = Url::new("https://pay.example/page?id=1")?;
    /// assert_eq!(page.with_parameter("selected", "WECHATPAY")?.as_str(), "https://pay.example/page?id=1&selected=WECHATPAY");
    /// # Ok::<(), ottpay_runtime::UrlError>(())
    /// ```
    ///
    /// # Errors
    /// [`UrlError`] if the URL is not absolute.
    pub fn with_parameter(&self, name: &str, value: &str) -> Result<Self, UrlError> {
        let mut url = url::Url::parse(&self.0).map_err(|_| UrlError::Form)?;
        url.query_pairs_mut().append_pair(name, value);
        Ok(Self(url.into()))
    }

    /// Returns the part before a query or fragment; `None` if there is neither.
    pub(crate) fn before_query(&self) -> Option<&str> {
        self.0.split_once(['?', '#']).map(|(address, _)| address)
    }

    /// Returns the URL as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Checks that a URL is `https`, or plain HTTP on a loopback host.
fn check_private(text: &str) -> Result<(), UrlError> {
    if parse(text)?.is_private() { Ok(()) } else { Err(UrlError::PlainHttp) }
}

/// Splits a URL into its parts. The HTTP libraries that use it later have to accept it, too.
fn parse(text: &str) -> Result<Parts<'_>, UrlError> {
    let parts = Parts::parse(text)?;
    match is_read_by_all(parts.host) || ::url::Url::parse(text).is_ok() {
        true => Ok(parts),
        false => Err(UrlError::Form),
    }
}

/// Whether every library reads this host in the same way. They may differ for an address in brackets, a name in another
/// script, or a name in Punycode, whose labels begin with `xn--`.
fn is_read_by_all(host: &str) -> bool {
    host.is_ascii() && !host.starts_with('[') && !host.as_bytes().windows(2).any(|pair| pair == b"--")
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.before_query() {
            Some(address) => write!(f, "\"{}?…\"", address.escape_debug()),
            None => self.0.fmt(f),
        }
    }
}

impl AsRef<str> for Url {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// See [`Url::new`].
impl FromStr for Url {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

/// See [`Url::new`].
impl TryFrom<&str> for Url {
    type Error = UrlError;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        Self::new(text)
    }
}

/// See [`Url::new`].
impl TryFrom<String> for Url {
    type Error = UrlError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(text)
    }
}

impl IntoField<Url> for Url {
    fn write_to(&self, text: &mut FieldText<'_>) -> Result<(), Problem> {
        text.push_str(&self.0);
        Ok(())
    }
}

impl IntoField<Url> for str {
    fn write_to(&self, text: &mut FieldText<'_>) -> Result<(), Problem> {
        check_private(self).map_err(|error| Problem::Value(ValueError::NotAUrl(error)))?;
        text.push_str(self);
        Ok(())
    }
}

impl IntoField<Url> for String {
    fn write_to(&self, text: &mut FieldText<'_>) -> Result<(), Problem> {
        IntoField::<Url>::write_to(self.as_str(), text)
    }
}

impl IntoField<Url> for Cow<'_, str> {
    fn write_to(&self, text: &mut FieldText<'_>) -> Result<(), Problem> {
        IntoField::<Url>::write_to(&**self, text)
    }
}

impl FromField for Url {
    fn from_field(text: &str) -> Result<Self, Problem> {
        Ok(Self::new_unchecked(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_needs_a_loopback_host_or_the_words() {
        for text in [
            "https://shop.example/cb?a=1&b=2",
            "http://127.0.0.1:1/",
            "http://127.9.9.9",
            "http://[::1]:80/x",
            "http://LOCALHOST/x",
        ] {
            assert_eq!(Url::new(text).unwrap().as_str(), text);
        }
        for text in ["http://shop.example/", "http://localhost.example/", "http://10.0.0.1/"] {
            assert_eq!(Url::new(text), Err(UrlError::PlainHttp), "{text}");
            assert_eq!(Url::plain_http(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn what_other_libraries_do_not_read_is_refused() {
        for host in ["[x]", "[::1", "[::1%25lo]", "xn--", "xn--a", "a.xn--\u{e9}", "\u{ad}", "shop.example"] {
            let text = format!("https://{host}/");
            assert_eq!(Url::new(text.clone()).is_ok(), host == "shop.example", "{text}");
        }
    }

    #[test]
    fn an_address_is_checked_whatever_string_it_is_in() {
        for (text, is_private) in [("https://shop.example/", true), ("http://shop.example/", false)] {
            let mut out = String::new();
            let written = IntoField::<Url>::write_to(&Cow::Borrowed(text), &mut FieldText::new(&mut out));
            assert_eq!((written.is_ok(), out.as_str()), (is_private, if is_private { text } else { "" }));
        }
        assert_eq!(Url::new("https://shop.example/").unwrap().as_ref() as &str, "https://shop.example/");
    }

    #[test]
    fn debug_stops_at_the_query() {
        let url = Url::new("https://pay.example/h5Pay?merCode=SECRET").unwrap();
        assert_eq!(format!("{url:?}"), "\"https://pay.example/h5Pay?…\"");
        assert_eq!(url.to_string(), "https://pay.example/h5Pay?merCode=SECRET");
        assert_eq!(format!("{:?}", Url::new("https://pay.example/").unwrap()), "\"https://pay.example/\"");
    }

    #[test]
    fn every_host_that_is_not_asked_about_is_read() {
        let parts = ["a", "Z", "0", "9", "255", "0x", "x", "_", "-", ".", "localhost", "shop.example"];
        let (mut known, mut asked) = (0, 0);
        for number in 0..parts.len().pow(4) {
            let host: String = (0..4).map(|place| parts[number / parts.len().pow(place) % parts.len()]).collect();
            for text in [format!("https://{host}"), format!("http://{host}:65535/a?b#c")] {
                match Parts::parse(&text) {
                    Ok(parts) if is_read_by_all(parts.host) => {
                        assert!(::url::Url::parse(&text).is_ok(), "{text}");
                        known += 1;
                    }
                    _ => asked += 1,
                }
            }
        }
        assert!(known > 10_000 && asked > 100, "{known} {asked}");
        assert_eq!(Url::new("https://xn--a.example/"), Err(UrlError::Form));
    }

    #[test]
    fn an_invalid_address_is_refused() {
        for text in [
            "",
            "shop.example/cb",
            "/cb",
            "ftp://shop.example",
            "javascript:alert(1)",
            "https://",
            "https://a\n.example",
            "https://a.example/x y",
        ] {
            assert_eq!(Url::new(text), Err(UrlError::Form), "{text:?}");
        }
    }
}
