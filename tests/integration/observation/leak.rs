//! Finds values in a text, in whatever notation a reader would recognise them.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};

/// A text to be searched, in the forms that are compared.
pub(crate) struct Searched {
    lower: Vec<u8>,
    /// Without the characters that group or wrap a value.
    squeezed: Vec<u8>,
    squeezed_lower: Vec<u8>,
    text: String,
}

/// The form of a text that is searched.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Lower,
    Squeezed,
    SqueezedLower,
}

/// The values to search for.
struct Needle {
    form: Form,
    bytes: Vec<u8>,
    /// The place of the value in the list.
    value: usize,
    notation: &'static str,
}

/// A value that was found: its place in the list, the notation, and the text around it.
pub(crate) type Found = (usize, &'static str, String);

impl Searched {
    pub(crate) fn new(text: &str) -> Self {
        let squeezed: String = text.chars().filter(|character| !is_between(*character)).collect();
        Self {
            lower: text.to_lowercase().into_bytes(),
            squeezed_lower: squeezed.to_lowercase().into_bytes(),
            squeezed: squeezed.into_bytes(),
            text: text.to_owned(),
        }
    }

    /// The values that are in the text, each once.
    pub(crate) fn find(&self, values: &[&str]) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        let (long, short): (Vec<_>, Vec<_>) =
            values.iter().enumerate().partition(|(_, value)| value.chars().count() >= 6);
        let needles: Vec<Needle> = long.iter().flat_map(|(place, value)| needles(*place, value)).collect();
        for (form, text) in
            [(Form::Lower, &self.lower), (Form::Squeezed, &self.squeezed), (Form::SqueezedLower, &self.squeezed_lower)]
        {
            // By a hash of the first four bytes, because there are thousands.
            let mut table: Vec<Vec<&Needle>> = Vec::new();
            table.resize_with(1 << 16, Vec::new);
            for needle in needles.iter().filter(|needle| needle.form == form) {
                table[hash(&needle.bytes)].push(needle);
            }
            for start in 0..text.len().saturating_sub(3) {
                for needle in &table[hash(&text[start..])] {
                    let is_new = !found.iter().any(|(value, ..)| *value == needle.value);
                    if is_new && text[start..].starts_with(&needle.bytes) {
                        let around = &text[start.saturating_sub(200)..text.len().min(start + needle.bytes.len() + 100)];
                        found.push((needle.value, needle.notation, String::from_utf8_lossy(around).into_owned()));
                    }
                }
            }
        }
        // Any longer text may contain a short one by chance.
        let words = short.iter().filter(|(_, value)| is_a_word_of(value, &self.text));
        found.extend(words.map(|(place, _)| (*place, "plain", String::new())));
        found
    }
}

fn hash(bytes: &[u8]) -> usize {
    let first = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    (first.wrapping_mul(0x9E37_79B1) >> 16) as usize
}

/// A value in every notation.
fn needles(place: usize, value: &str) -> Vec<Needle> {
    let mut needles = Vec::new();
    let mut add = |form: Form, notation: &'static str, text: String| {
        let text = if form == Form::Squeezed { text } else { text.to_lowercase() };
        if text.len() >= 6 {
            needles.push(Needle { form, bytes: text.into_bytes(), value: place, notation });
        }
    };
    add(Form::Lower, "plain", value.to_owned());
    add(Form::SqueezedLower, "in groups", value.chars().filter(|character| !is_between(*character)).collect());
    // In a log line, a text may be quoted by `Debug`, in JSON, or in JSON inside either.
    let json = |text: &str| serde_json::to_string(text).unwrap();
    for quoted in [json(value), format!("{value:?}"), json(&json(value)), format!("{:?}", json(value))] {
        add(Form::Lower, "escaped", quoted.trim_matches(['"', '\\']).to_owned());
    }
    let in_percent = |is_plain: fn(u8) -> bool| -> String {
        let one = |byte: u8| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02x}") };
        value.bytes().map(one).collect()
    };
    let form = in_percent(|byte| byte.is_ascii_alphanumeric() || b"-._* ".contains(&byte)).replace(' ', "+");
    let component = in_percent(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    for text in [component, form, in_percent(|_| false)] {
        add(Form::Lower, "percent-encoded", text);
    }
    let in_hex = |prefix: &str, between: &str| -> String {
        value.bytes().map(|byte| format!("{prefix}{byte:02x}")).collect::<Vec<_>>().join(between)
    };
    for text in [in_hex("", ""), in_hex("", ":"), in_hex("", ","), in_hex("\\x", ""), in_hex("0x", ",")] {
        add(Form::SqueezedLower, "hexadecimal", text);
    }
    let decimal = value.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(",");
    add(Form::SqueezedLower, "a list of bytes", decimal);
    // Wherever the value begins in the encoded text.
    for before in 0..3_usize {
        let bytes = [&vec![0; before][..], value.as_bytes()].concat();
        let own = (before * 8).div_ceil(6)..bytes.len() * 8 / 6;
        for engine in [BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD] {
            let encoded: String = engine.encode(&bytes)[own.clone()].chars().filter(|own| !is_between(*own)).collect();
            add(Form::Squeezed, "Base64", encoded);
        }
    }
    needles
}

/// Spaces and line breaks, and what people write between groups of digits.
fn is_between(character: char) -> bool {
    character.is_whitespace() || character == '-'
}

fn is_a_word_of(value: &str, text: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric();
    text.match_indices(value).any(|(start, _)| {
        let (before, after) = (text[..start].chars().next_back(), text[start + value.len()..].chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::*;

    /// What a subscriber prints at the finest level while this future runs.
    fn printed(run: impl FnOnce()) -> String {
        #[derive(Clone, Default)]
        struct Lines(Arc<Mutex<Vec<u8>>>);

        impl io::Write for Lines {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.lock().unwrap().extend_from_slice(bytes);
                Ok(bytes.len())
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }

        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_max_level(tracing::Level::TRACE);
        tracing::subscriber::with_default(subscriber.with_writer(move || writer.clone()).finish(), run);
        String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
    }

    fn find(line: &str, value: &str) -> Option<&'static str> {
        Searched::new(line).find(&[value]).first().map(|(_, notation, _)| *notation)
    }

    #[test]
    fn a_line_that_leaks_is_found_in_every_notation() {
        let card = "4111112345678901";
        let body = br#"{"card":"4111112345678901"}"#;
        for (line, notation) in [
            (printed(|| tracing::trace!(card, "sent")), "plain"),
            (printed(|| tracing::trace_span!("call", card).in_scope(|| tracing::trace!("sent"))), "plain"),
            (printed(|| tracing::trace!("4111 1123 4567 8901")), "in groups"),
            (printed(|| tracing::trace!("4111-1123-4567-8901")), "in groups"),
            (printed(|| tracing::trace!(?body, "sent")), "a list of bytes"),
            (printed(|| tracing::trace!("sent {:02x?}", card.as_bytes())), "hexadecimal"),
        ] {
            assert_eq!(find(&line, card), Some(notation), "{line}");
        }
        let secret = "k=\u{e9}/\"7 Zq7+secret";
        let hex = |pattern: fn(u8) -> String| secret.bytes().map(pattern).collect::<String>();
        for (line, notation) in [
            (secret.to_owned(), "plain"),
            (secret.to_uppercase(), "plain"),
            (format!("{secret:?}"), "escaped"),
            (serde_json::json!({ "x": secret }).to_string(), "escaped"),
            (format!("{:?}", serde_json::json!({ "x": secret }).to_string()), "escaped"),
            (format!("?x={}&y", hex(|byte| format!("%{byte:02X}"))), "percent-encoded"),
            ("/?a=k%3D%C3%A9%2F%227%20Zq7%2Bsecret".to_owned(), "percent-encoded"),
            ("a=k%3D%C3%A9%2F%227+Zq7%2Bsecret&b=1".to_owned(), "percent-encoded"),
            (format!("0x{}", hex(|byte| format!("{byte:02X}"))), "hexadecimal"),
            (hex(|byte| format!("{byte:02x} ")), "hexadecimal"),
            (format!("{:02x?}", secret.as_bytes()), "hexadecimal"),
            (hex(|byte| format!("\\x{byte:02x}")), "hexadecimal"),
        ] {
            assert_eq!(find(&line, secret), Some(notation), "{line}");
        }
        for before in ["", "a", "ab", "abc", "{\"x\":\""] {
            let text = format!("{before}{secret} and more");
            for encoded in [BASE64_STANDARD_NO_PAD.encode(&text), BASE64_URL_SAFE_NO_PAD.encode(&text)] {
                assert_eq!(find(&encoded, secret), Some("Base64"), "{before}");
                let (first, second) = encoded.split_at(20);
                assert_eq!(find(&format!("{first}\n{second}"), secret), Some("Base64"), "wrapped");
            }
        }
    }

    #[test]
    fn a_line_without_the_value_is_not_found() {
        let line = "TRACE ottpay.attempt{http.request.method=\"POST\" server.port=47391}: checkout waiting 7391a";
        for value in ["4111112345678901", "k=\u{e9}/\"7 Zq7+secret", "7391", "ottpay.attempts"] {
            assert_eq!(find(line, value), None, "{value}");
        }
        assert_eq!(find("last four digits: 7391.", "7391"), Some("plain"));
    }
}
