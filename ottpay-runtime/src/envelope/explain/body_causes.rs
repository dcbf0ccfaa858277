//! Likely causes that are visible without a key: in the body, in `md5` and in the text of `data`.

use std::borrow::Cow;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ottpay_vocabulary::wire::SEALED_MEMBERS;
use percent_encoding::percent_decode_str;

use super::wrappings;
use crate::envelope::body::trim;
use crate::envelope::digest::is_md5;
use crate::envelope::fields::Fields;
use crate::envelope::message::Message;
use crate::envelope::message_error::MessageError;
use crate::envelope::open::decode;

/// Whether the body is JSON in clear text.
pub(super) fn starts_as_object(body: &[u8]) -> bool {
    trim(body).starts_with(b"{")
}

/// Explains why a body is not a message.
pub(super) fn explain_body(body: &[u8], error: MessageError) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_matches(|character: char| character.is_whitespace() || character == '\u{feff}');
    let named = match error {
        MessageError::NotText | MessageError::NotJson => {
            wrappings::name_bytes(body).map(str::to_owned).or_else(|| wrappings::name_wrapping(text))
        }
        MessageError::NotObject => wrappings::name_wrapping(text),
        _ => None,
    };
    if named.is_some() {
        return named;
    }
    let cause = match error {
        MessageError::Empty => "nothing was sent, or other code, such as a body parser, had already read the body",
        MessageError::NotText => "the body is not UTF-8: it is in another character set, or compressed",
        MessageError::Markup => "a proxy sent it, or the URL is not the gateway's",
        MessageError::NotJson if text.starts_with("{'") => "the body has single quotes; JSON needs double quotes",
        MessageError::NotJson if is_object_first(text) => "there is text after the object; send only the object",
        MessageError::NotJson if text.starts_with('{') && !text.ends_with('}') => "the body is truncated",
        MessageError::NotJson if text.starts_with('{') => {
            "the JSON text is invalid; write it with a JSON library instead of concatenating strings"
        }
        MessageError::NotJson if text.contains('=') && text.contains('&') => {
            "it looks like a form; a form is accepted only if it has `data` and `md5`, and each name only once"
        }
        MessageError::NotJson => "the body is truncated, was altered in transit, or was never a message",
        MessageError::NotObject => "the object is inside a list or a JSON string; send the object itself",
        MessageError::DuplicateMember => "a member was added, and the existing one was not removed",
        MessageError::Malformed { .. } => {
            "it is a list, an object or a boolean, or a string that is not well-formed UTF-8 JSON"
        }
        MessageError::TooManyMembers => "messages of the gateway have far fewer members",
    };
    Some(cause.to_owned())
}

/// Whether the body begins with a complete object.
fn is_object_first(text: &str) -> bool {
    let first = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>().next();
    matches!(first, Some(Ok(serde_json::Value::Object(_))))
}

/// Explains why there is neither `data` nor `md5`.
pub(super) fn explain_missing_data(message: &Message<'_>) -> Option<String> {
    Some(match message.code() {
        Some(_) => "a reply that reports a failure has neither: read its code and message".to_owned(),
        None if message.names().any(|name| SEALED_MEMBERS.iter().any(|sealed| name.eq_ignore_ascii_case(sealed))) => {
            "member names are lower case, and neither member may be empty, a list or an object".to_owned()
        }
        None => "encrypt the fields into `data`, and put their digest into `md5`".to_owned(),
    })
}

/// Explains why one of the two is missing.
pub(super) fn explain_missing_half(message: &Message<'_>) -> Option<String> {
    let missing = if message.text("data").is_some() { "md5" } else { "data" };
    Some(match message.names().any(|name| name == missing) && missing == "data" {
        true => "`data` is empty or not a string; it must be a string with the Base64 of the encrypted JSON".to_owned(),
        false => format!("`{missing}` is missing, empty or misspelt"),
    })
}

/// Whether decoded `data` should have been encrypted first, or was encoded twice.
pub(super) fn explain_not_encrypted(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    if Fields::parse_object(text).is_ok() {
        return Some(
            "`data` is Base64 of JSON that is not encrypted; encrypt the JSON text, then encode the bytes in Base64"
                .to_owned(),
        );
    }
    // A single block of 16 bytes is already 24 characters of Base64.
    let is_base64 = text.len() >= 24 && decode(&text.split_whitespace().collect::<String>()).is_ok();
    is_base64.then(|| "`data` was encoded in Base64 twice; encode the encrypted bytes once".to_owned())
}

/// Explains why `md5` does not have the form of a digest.
pub(super) fn explain_md5(md5: &str) -> Option<String> {
    let is_hex = md5.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some(
        match md5.len() {
            _ if strip_ends(md5).is_some() => {
                "there are other characters around the digest, such as the names that md5sum and openssl print, or \
                 Python's b'…'; write only the 32 digits"
            }
            _ if strip_separators(md5).is_some() => {
                "there are separators between the digits of the digest, such as the hyphens of .NET's BitConverter; \
                 write only the 32 digits"
            }
            _ if md5.trim().len() == 32 && md5.trim() != md5 => "there is whitespace around the digest; remove it",
            16 if is_hex => {
                "it is the middle of the digest: `md5` has all 32 digits, and only the key is shortened to 16"
            }
            24 if md5.ends_with("==") => "the digest is in Base64; write it in hex",
            40 if is_hex => "40 digits are a SHA-1 digest; the gateway uses MD5",
            96 if is_hex => "96 digits are a SHA-384 digest; the gateway uses MD5",
            128 if is_hex => "128 digits are a SHA-512 digest; the gateway uses MD5",
            64 if is_hex => "64 digits are a SHA-256 digest; the gateway uses MD5",
            length if length < 32 && is_hex => {
                "digits are missing: it is truncated, or leading zeros were lost when bytes were written in hex"
            }
            _ => "write the MD5 digest as 32 upper-case hex digits, without other characters",
        }
        .to_owned(),
    )
}

/// Returns the digits of a digest with hyphens, colons or spaces between them.
fn strip_separators(md5: &str) -> Option<String> {
    let digits: String = md5.trim().chars().filter(|character| !matches!(character, '-' | ':' | ' ')).collect();
    (digits.len() != md5.trim().len() && is_md5(&digits)).then_some(digits)
}

/// Returns the digits of a digest with words or quotation marks around it.
fn strip_ends(md5: &str) -> Option<&str> {
    let is_around = |character: char| !character.is_ascii_alphanumeric();
    let words = md5.split(is_around).filter(|word| !word.is_empty());
    let found = words.map(|word| word.strip_prefix("0x").unwrap_or(word)).find(|word| is_md5(word))?;
    (md5.trim() != found).then_some(found)
}

/// Explains why `data` cannot be decoded.
pub(super) fn explain_data(data: &str) -> Option<String> {
    let stripped: String = data.split_whitespace().collect();
    let decodes = |text: &str| decode(text).is_ok();
    let unescaped: Option<String> = serde_json::from_str(&format!("\"{stripped}\"")).ok();
    let url_safe = stripped.contains(['-', '_']) && !stripped.contains(['+', '/']);
    let python = ["b'", "b\""].iter().any(|start| stripped.starts_with(start)) && stripped.ends_with(['\'', '"']);
    let is_quoted = |quote| stripped.len() > 2 && stripped.starts_with(quote) && stripped.ends_with(quote);
    if let Some(cause) =
        BASE64_STANDARD.decode(&*pad_base64(&stripped)).ok().and_then(|bytes| explain_not_encrypted(&bytes))
    {
        return Some(cause);
    }
    let cause = if url_safe && decodes(&pad_base64(&stripped.replace('-', "+").replace('_', "/"))) {
        "`data` is in URL-safe Base64; use the standard alphabet, with `+` and `/`"
    } else if stripped.contains('%') && decodes(&decode_percent_escapes(&stripped)) {
        "`data` still has percent-escapes such as %2B: it was escaped twice, or not decoded as a form"
    } else if stripped.contains('\\')
        && unescaped.is_some_and(|text| decodes(&text.split_whitespace().collect::<String>()))
    {
        "`data` still has JSON escapes: the JSON text was escaped twice"
    } else if decode_hex(&stripped).is_some() {
        "`data` is in hex; encode the encrypted bytes in Base64"
    } else if !stripped.len().is_multiple_of(4) && decodes(&pad_base64(&stripped)) {
        "the Base64 text has no `=` at its end; write it with padding"
    } else if python {
        "`data` is a Python bytes literal, b'…'; decode the Base64 bytes to a string first, with .decode(\"ascii\")"
    } else if is_quoted('"') || is_quoted('\'') {
        "there are quotation marks inside `data`: it was written as a JSON string twice"
    } else if stripped.starts_with('{') && stripped.ends_with('}') {
        "`data` is the JSON text itself; encrypt it and encode the bytes in Base64"
    } else if let Some(foreign) = find_foreign_character(&stripped) {
        return Some(foreign);
    } else {
        "it is truncated, for example by a column or a buffer that is too short, or was altered, or the bytes were not \
         encoded in Base64"
    };
    Some(cause.to_owned())
}

/// Reads `data` as hex, if it is whole blocks.
pub(super) fn decode_hex(text: &str) -> Option<Vec<u8>> {
    let bytes = base16ct::mixed::decode_vec(text).ok()?;
    if bytes.is_empty() || bytes.len() % 16 != 0 { None } else { Some(bytes) }
}

/// Returns the position of the only character that is not Base64.
fn find_foreign_character(text: &str) -> Option<String> {
    let is_base64 = |character: char| character.is_ascii_alphanumeric() || "+/=".contains(character);
    let mut foreign = text.chars().enumerate().filter(|(_, character)| !is_base64(*character));
    let (place, _) = foreign.next()?;
    foreign.next().is_none().then(|| {
        format!(
            "the character at position {}, not counting whitespace, is not Base64: `data` was altered there",
            place + 1
        )
    })
}

fn pad_base64(text: &str) -> Cow<'_, str> {
    match text.trim_end_matches('=').len() % 4 {
        2 => Cow::Owned(format!("{}==", text.trim_end_matches('='))),
        3 => Cow::Owned(format!("{}=", text.trim_end_matches('='))),
        _ => Cow::Borrowed(text),
    }
}

fn decode_percent_escapes(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
