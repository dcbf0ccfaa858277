//! Escapes that senders write into text before they digest it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::envelope::write::write_string;

/// The characters that JavaScript's `encodeURIComponent` escapes.
const URI_COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// The characters that JavaScript's `encodeURI` escapes.
const URI: &AsciiSet = &URI_COMPONENT
    .remove(b';')
    .remove(b'/')
    .remove(b'?')
    .remove(b':')
    .remove(b'@')
    .remove(b'&')
    .remove(b'=')
    .remove(b'+')
    .remove(b'$')
    .remove(b',')
    .remove(b'#');

/// Encodes like an HTML form, with `+` for spaces.
pub(super) fn encode_form(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Encodes like JavaScript's `encodeURI`.
pub(super) fn encode_uri(text: &str) -> String {
    utf8_percent_encode(text, URI).collect()
}

/// Encodes like JavaScript's `encodeURIComponent`.
pub(super) fn encode_uri_component(text: &str) -> String {
    utf8_percent_encode(text, URI_COMPONENT).collect()
}

/// Makes the digits of percent-escapes lower-case.
pub(super) fn lower_escapes(text: &str) -> String {
    let mut digits = 0;
    text.chars()
        .map(|character| {
            let is_digit = digits > 0;
            digits = if character == '%' { 2 } else { usize::saturating_sub(digits, 1) };
            if is_digit { character.to_ascii_lowercase() } else { character }
        })
        .collect()
}

pub(super) fn escape_html(text: &str) -> String {
    // The ampersand comes first, because the other escapes contain one.
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

pub(super) fn unescape_html(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    // The ampersand comes last: `&amp;lt;` is the escaped form of `&lt;` and not of `<`.
    text.replace("&amp;", "&")
}

/// Escapes like JSON, without quotation marks.
pub(super) fn escape_json(text: &str) -> String {
    let mut out = String::new();
    write_string(text, &mut out);
    let inner = out.strip_prefix('"').and_then(|out| out.strip_suffix('"'));
    inner.map(str::to_owned).unwrap_or_default()
}

/// Escapes like JSON, with `\uXXXX` for characters outside ASCII, and `\/` for `/` if `slashes` is set.
pub(super) fn escape_text(text: &str, slashes: bool) -> Vec<u8> {
    let mut out = String::new();
    for unit in escape_json(text).encode_utf16() {
        match u8::try_from(unit) {
            Ok(b'/') if slashes => out.push_str("\\/"),
            Ok(byte) if byte.is_ascii() => out.push(char::from(byte)),
            _ => out.push_str(&format!("\\u{unit:04x}")),
        }
    }
    out.into()
}
