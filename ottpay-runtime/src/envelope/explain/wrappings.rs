//! What senders put around a message, or convert it to, before or during transmission.

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::BASE64_STANDARD;
use base64::{Engine as _, alphabet};

use super::charsets::decode_utf16;
use super::wording::escape_controls;
use crate::encoding::LENIENT;
use crate::envelope::message::Message;
use crate::envelope::multipart;

/// Base64 in the URL-safe alphabet, with or without padding.
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The largest number of form fields to examine.
const MAX_FIELDS: usize = 20;

/// Recognises a body that is compressed or in another character set.
pub(super) fn name_bytes(body: &[u8]) -> Option<&'static str> {
    Some(match body {
        [0x1f, 0x8b, ..] => "the body is compressed with gzip; decompress it first, or do not request compression",
        // The header of zlib, whose second byte depends on the level of compression.
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => {
            "the body is compressed with deflate; decompress it first, or do not request compression"
        }
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            "the body is compressed with zstd; decompress it first, or do not request compression"
        }
        _ if decode_utf16(body).is_some_and(|text| text.trim_start().starts_with('{')) => {
            "the body is UTF-16; send UTF-8"
        }
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "the body is UTF-16; send UTF-8",
        _ => return None,
    })
}

/// Recognises a text that contains the message, or is the message in another notation.
pub(super) fn name_wrapping(text: &str) -> Option<String> {
    if multipart::is_multipart(text.as_bytes()) {
        return Some(
            "it is multipart/form-data, which only a callback may be, and only if it is complete and has one part each \
             for `data` and `md5`"
                .to_owned(),
        );
    }
    let named =
        name_escapes(text).or_else(|| name_notation(text)).or_else(|| name_encoding(text)).or_else(|| name_frame(text));
    named.map(str::to_owned).or_else(|| find_in_form(text))
}

fn name_escapes(text: &str) -> Option<&'static str> {
    let starts = |starts: &[&str]| starts.iter().any(|start| text.starts_with(start));
    // No start that is sought below has more characters.
    let compact: String = text.chars().filter(|character| !character.is_whitespace()).take(12).collect();
    let compact_starts = |starts: &[&str]| starts.iter().any(|start| compact.starts_with(start));
    Some(if starts(&["%7B", "%7b"]) {
        "the whole JSON text is percent-encoded; send it unencoded"
    } else if starts(&["%257B", "%257b"]) {
        "the whole JSON text was percent-encoded twice; send it unencoded"
    } else if compact_starts(&[
        "{&quot;",
        "{&#34;",
        "{&#034;",
        "{&#x22;",
        "&#123;",
        "&lbrace;",
        "&lcub;",
        "{&apos;",
        "{&amp;quot;",
    ]) {
        "the JSON text was escaped for HTML, with &quot; for each quotation mark; send it without escapes"
    } else if compact_starts(&["{\\\"", "{\\u0022", "{\\x22", "\\{", "\\u007b", "\\x7b"]) {
        "the JSON text was escaped as a JSON string, with \\\" for each quotation mark; send the object itself"
    } else {
        return None;
    })
}

fn name_notation(text: &str) -> Option<&'static str> {
    let starts = |starts: &[&str]| starts.iter().any(|start| text.starts_with(start));
    let is_bytes = starts(&["b'", "b\""]) && text.ends_with(['\'', '"']);
    // PHP writes an array as `a:2:{…}`, with the number of its entries.
    let is_serialized = text.strip_prefix("a:").and_then(|text| text.split_once(":{"));
    Some(if text == "[object Object]" {
        "JavaScript used an object as a string; send the result of JSON.stringify"
    } else if matches!(text, "undefined" | "null" | "NULL" | "None" | "nil" | "true" | "false" | "NaN" | "[]" | "Array")
    {
        "the body is an empty or undefined value, not a message: the message was not set when it was sent"
    } else if starts(&["Array\n", "Array (", "array(", "array:", "stdClass Object", "object("]) {
        "it is a PHP array printed as text; send the result of json_encode"
    } else if is_serialized.is_some_and(|(count, _)| count.bytes().all(|digit| digit.is_ascii_digit())) {
        "it is the output of PHP's serialize; send the result of json_encode"
    } else if is_bytes {
        "it is a Python bytes literal, b'…'; send the bytes themselves"
    } else if starts(&["map["]) {
        "it is a Go map printed as text; send the result of json.Marshal"
    } else if starts(&["System.", "Newtonsoft."]) {
        "it is the name of a .NET type; send the object as a JSON serializer writes it"
    } else if starts(&["{\u{201c}", "{\u{201d}", "{\u{201e}", "{\u{ff02}"]) {
        "the body has typographic quotation marks; JSON needs straight ones"
    } else if text.starts_with('{') && text.ends_with('}') && is_java_map(text) {
        "it is a map as Java prints it, {name=value}; send the map as a JSON library writes it"
    } else if text.starts_with('{') && text.ends_with('}') && has_bare_names(text) {
        "the names of members are not in quotation marks; JSON requires them"
    } else if text.starts_with('{') && text.trim_end_matches('}').trim_end().ends_with(',') {
        "there is a comma after the last member; JSON does not allow it"
    } else {
        return None;
    })
}

/// Whether the text is of the form `{name=value, name2=value2}`.
fn is_java_map(text: &str) -> bool {
    first_name(text).is_some_and(|(name, after)| !name.is_empty() && after == '=')
}

/// Whether the text is of the form `{name: "value"}`.
fn has_bare_names(text: &str) -> bool {
    first_name(text).is_some_and(|(name, after)| !name.is_empty() && after == ':')
}

/// Returns the first name without quotation marks, and the character after it.
fn first_name(text: &str) -> Option<(&str, char)> {
    let text = text.strip_prefix('{')?.trim_start();
    let end = text.find(|character: char| !character.is_alphanumeric() && character != '_')?;
    let (name, rest) = text.split_at_checked(end)?;
    Some((name, rest.trim_start().chars().next()?))
}

fn name_encoding(text: &str) -> Option<&'static str> {
    let stripped: String = text.split_whitespace().collect();
    let is_object = |bytes: &[u8]| bytes.trim_ascii().starts_with(b"{") && Message::read(bytes).is_ok();
    let decoded = BASE64_STANDARD.decode(&stripped).ok();
    let is_twice = decoded.is_some_and(|bytes| {
        bytes.len() > 3
            && !bytes.trim_ascii().starts_with(b"{")
            && BASE64_STANDARD.decode(&bytes).is_ok_and(|bytes| is_object(&bytes))
    });
    Some(if is_twice {
        "the message was encoded in Base64 twice; encode it once"
    } else if URL_SAFE.decode(&stripped).is_ok_and(|bytes| is_object(&bytes)) {
        "the message is in URL-safe Base64, or without padding; use the standard alphabet, with padding"
    } else if LENIENT.decode(&stripped).is_ok_and(|bytes| is_object(&bytes)) {
        "the Base64 text has no `=` at its end; write it with padding"
    } else if base16ct::mixed::decode_vec(&stripped).is_ok_and(|bytes| is_object(&bytes)) {
        "the message is in hex; send it as JSON, or in Base64"
    } else {
        return None;
    })
}

fn name_frame(text: &str) -> Option<&'static str> {
    let starts = |starts: &[&str]| starts.iter().any(|start| text.starts_with(start));
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let first = first.trim_end();
    let is_chunk = (1..=8).contains(&first.len())
        && first.bytes().all(|digit| digit.is_ascii_hexdigit())
        && rest.trim_start().starts_with('{');
    let is_call = text.split_once('(').is_some_and(|(name, rest)| {
        let is_name = |character: char| character.is_alphanumeric() || "_$.".contains(character);
        !name.is_empty() && name.chars().all(is_name) && rest.trim_start().starts_with('{')
    });
    Some(if starts(&["HTTP/1.", "HTTP/2", "POST /", "GET /", "PUT /"]) {
        "the body begins with the headers of the HTTP message; the message begins after the first empty line"
    } else if is_chunk {
        "the body still has the chunk lengths of HTTP; read it with an HTTP library"
    } else if starts(&[")]}'", "while(1);", "while (1);", "for(;;);", "for (;;);"]) {
        "there is a prefix against JSON hijacking before the object; send only the object"
    } else if is_call {
        "the object is the argument of a JavaScript call (JSONP); send only the object"
    } else if starts(&["data:"]) && text.contains(',') {
        "it is a data URL; send its content"
    } else if starts(&["http://", "https://"]) {
        "it is a URL; send the message as the body of a POST"
    } else if starts(&["---", "%YAML"]) {
        "it is YAML; send JSON"
    } else {
        return None;
    })
}

/// Finds the field of a form that contains the whole message.
fn find_in_form(text: &str) -> Option<String> {
    if !text.contains('=') || text.starts_with(['{', '[', '<', '"']) {
        return None;
    }
    let fields = form_urlencoded::parse(text.as_bytes()).take(MAX_FIELDS);
    let (name, _) = fields.into_iter().find(|(_, value)| Message::read(value.as_bytes()).is_ok())?;
    Some(format!(
        "the message is the value of the form field `{}`; send the message itself as the body",
        escape_controls(&name)
    ))
}
