//! What senders do to values before they digest them.

use ottpay_vocabulary::number::is_digits;

use crate::envelope::java::format_double;
use crate::envelope::json::{Value, write_string};

/// A way to change a value, given as it should be written.
pub(super) struct Change {
    pub(super) fault: &'static str,
    pub(super) make: fn(&Value, &str) -> Vec<u8>,
}

macro_rules! change {
    ($fault:literal, $make:expr) => {
        Change { fault: $fault, make: $make }
    };
}

/// The next mistake that is met in the field is added here.
pub(super) const CHANGES: &[Change] = &[
    change!("values were trimmed; digest them as they are sent", |_, text| text.trim().into()),
    change!("numbers were written with `.0`; digest them as they are sent", |value, text| match value {
        Value::Number(number) | Value::Text(number) if is_digits(number) => format!("{number}.0").into(),
        _ => text.into(),
    }),
    change!("numbers that are not strings were written with `.0`; digest them as they are sent", |value, text| {
        match value {
            Value::Number(number) if is_digits(number) => format!("{number}.0").into(),
            _ => text.into(),
        }
    }),
    change!("`.0` was appended to every number, fractions too; digest numbers as they are sent", |value, text| {
        match value {
            Value::Number(number) => format!("{number}.0").into(),
            _ => text.into(),
        }
    }),
    change!(
        "`.0` was appended to every number, fractions and strings of digits too; digest values as they are sent",
        |value, text| {
            match value {
                Value::Number(number) | Value::Text(number) if is_decimal(number) => format!("{number}.0").into(),
                _ => text.into(),
            }
        }
    ),
    change!(
        "strings of digits were read as numbers and written as Java does; send and digest them as strings",
        |value, text| {
            match value {
                Value::Text(number) if is_decimal(number) => format_double(number).into(),
                _ => text.into(),
            }
        }
    ),
    change!("zeros at the end of decimals were lost; digest values as they are sent", |value, text| match value {
        Value::Number(number) | Value::Text(number) if is_decimal(number) && number.contains('.') => {
            number.trim_end_matches('0').trim_end_matches('.').into()
        }
        _ => text.into(),
    }),
    change!("null was written as `null`; leave the field out", |value, text| write_null_as(value, text, "null")),
    change!("null was written as `None`; leave the field out", |value, text| write_null_as(value, text, "None")),
    change!("null was written as `undefined`; leave the field out", |value, text| write_null_as(
        value,
        text,
        "undefined"
    )),
    change!("empty values were written as `null`; they add nothing", |_, text| {
        if text.is_empty() { "null".into() } else { text.into() }
    }),
    change!("true and false were written as `True` and `False`", |value, text| match value {
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        _ => text.into(),
    }),
    change!("true and false were written as `1` and nothing, as PHP does", |value, text| match value {
        Value::Bool(true) => "1".into(),
        Value::Bool(false) => Vec::new(),
        _ => text.into(),
    }),
    change!("text was digested in Latin-1; digest the bytes of UTF-8", |_, text| encode_latin1(text)),
    change!("characters outside of ASCII became `?`; digest the bytes of UTF-8", |_, text| {
        text.chars().map(|character| u8::try_from(character).ok().filter(u8::is_ascii).unwrap_or(b'?')).collect()
    }),
    change!("text was digested as UTF-16; digest the bytes of UTF-8", |_, text| {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }),
    change!("text was digested with its JSON escapes, such as \\uXXXX; digest the text itself", |_, text| {
        escape_text(text, false)
    }),
    change!("text was digested with its JSON escapes, \\/ among them; digest the text itself", |_, text| {
        escape_text(text, true)
    }),
    change!("text was digested with \\/ for each slash; digest the text itself", |_, text| {
        text.replace('/', "\\/").into()
    }),
    change!("text was digested with its JSON escapes; digest the text itself", |_, text| escape_json(text).into()),
    change!("text was digested in its quotation marks; digest the text itself", |value, text| match value {
        Value::Text(_) => format!("\"{}\"", escape_json(text)).into(),
        _ => text.into(),
    }),
    change!("text was digested in HTML escapes, such as &amp;; digest the text itself", |_, text| {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").into()
    }),
    change!("text was digested in percent-escapes with `+` for spaces; digest the text itself", |_, text| {
        form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().into()
    }),
    change!("text was digested in percent-escapes; digest the text itself", |_, text| {
        form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20").into()
    }),
    change!("percent-escapes in text were undone; digest the text as it is sent", |_, text| {
        percent_encoding::percent_decode_str(text).collect()
    }),
    change!("spaces were removed; digest values as they are sent", |_, text| text.replace(' ', "").into()),
    change!("letters were put into lower case; digest values as they are sent", |_, text| text.to_lowercase().into()),
    change!("letters were put into upper case; digest values as they are sent", |_, text| text.to_uppercase().into()),
];

fn write_null_as(value: &Value, text: &str, word: &str) -> Vec<u8> {
    if *value == Value::Null { word.into() } else { text.into() }
}

fn is_decimal(text: &str) -> bool {
    let digits = text.replacen('.', "", 1);
    is_digits(&digits) && text.len() < 20
}

fn encode_latin1(text: &str) -> Vec<u8> {
    text.chars().map(|character| u8::try_from(u32::from(character)).unwrap_or(b'?')).collect()
}

fn escape_json(text: &str) -> String {
    let mut out = String::new();
    write_string(text, &mut out);
    let inner = out.strip_prefix('"').and_then(|out| out.strip_suffix('"'));
    inner.map(str::to_owned).unwrap_or_default()
}

fn escape_text(text: &str, slashes: bool) -> Vec<u8> {
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
