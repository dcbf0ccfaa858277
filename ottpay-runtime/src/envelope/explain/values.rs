//! The changes that senders make to values before they digest them.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use encoding_rs::{BIG5, GB18030, GBK, WINDOWS_1252};
use md5::{Digest, Md5};
use ottpay_vocabulary::number::is_digits;

use super::notation::print_dotnet;
use super::{charsets, escapes, notation};
use crate::envelope::java::format_double;
use crate::envelope::value::Value;

/// A way to change a value, with its explanation.
pub(super) struct Change {
    pub(super) fault: &'static str,
    pub(super) make: fn(Value<'_>, &str) -> Vec<u8>,
}

macro_rules! change {
    ($fault:expr, $make:expr) => {
        Change { fault: $fault, make: $make }
    };
}

/// Add the next mistake found in production here.
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
    change!("`.0` was appended to every number, even to fractions; digest numbers as they are sent", |value, text| {
        match value {
            Value::Number(number) => format!("{number}.0").into(),
            _ => text.into(),
        }
    }),
    change!(
        "`.0` was appended to every number, even to fractions and strings of digits; digest values as they are sent",
        |value, text| {
            match value {
                Value::Number(number) | Value::Text(number) if is_decimal(number) => format!("{number}.0").into(),
                _ => text.into(),
            }
        }
    ),
    change!(
        "strings of digits were read as numbers and written as Java writes them; send and digest them as strings",
        |value, text| {
            match value {
                Value::Text(number) if is_decimal(number) => format_double(number).into(),
                _ => text.into(),
            }
        }
    ),
    change!("trailing zeros of decimals were lost; digest values as they are sent", |value, text| match value {
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
    change!("null was written as `nil`; leave the field out", |value, text| write_null_as(value, text, "nil")),
    change!("null was written as `NULL`; leave the field out", |value, text| write_null_as(value, text, "NULL")),
    change!("null was written as `0`; leave the field out", |value, text| write_null_as(value, text, "0")),
    change!("empty values were written as `null`; digest nothing for them", |_, text| write_empty_as(text, "null")),
    change!("empty values were written as `undefined`; digest nothing for them", |_, text| write_empty_as(
        text,
        "undefined"
    )),
    change!("empty values were written as `None`; digest nothing for them", |_, text| write_empty_as(text, "None")),
    change!("empty values were written as quotation marks; digest nothing for them", |_, text| write_empty_as(
        text, "\"\""
    )),
    change!("empty values were written as the digest of an empty string; digest nothing for them", |_, text| {
        write_empty_as(text, "D41D8CD98F00B204E9800998ECF8427E")
    }),
    change!("empty values were written as the digest of an empty string; digest nothing for them", |_, text| {
        write_empty_as(text, "d41d8cd98f00b204e9800998ecf8427e")
    }),
    change!("true and false were written as `True` and `False`", |value, text| match value {
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        _ => text.into(),
    }),
    change!("true was written as `1` and false as nothing, as PHP does", |value, text| match value {
        Value::Bool(true) => "1".into(),
        Value::Bool(false) => Vec::new(),
        _ => text.into(),
    }),
    change!("true and false were written as `1` and `0`", |value, text| match value {
        Value::Bool(true) => "1".into(),
        Value::Bool(false) => "0".into(),
        _ => text.into(),
    }),
    change!("true and false were written as `TRUE` and `FALSE`", |value, text| match value {
        Value::Bool(true) => "TRUE".into(),
        Value::Bool(false) => "FALSE".into(),
        _ => text.into(),
    }),
    change!("values that are false or 0, even as strings, were omitted, as PHP's array_filter does", |value, text| {
        match value {
            Value::Bool(false) => Vec::new(),
            _ if text == "0" => Vec::new(),
            _ => text.into(),
        }
    }),
    change!("values that are false, 0 or null were omitted; digest every value that is sent", |value, text| {
        match value {
            Value::Bool(false) | Value::Null => Vec::new(),
            Value::Number(number) if number.parse() == Ok(0.0) => Vec::new(),
            _ => text.into(),
        }
    }),
    change!("values that are not strings were omitted; digest every value that is sent", |value, text| match value {
        Value::Text(_) => text.into(),
        _ => Vec::new(),
    }),
    change!("lists and objects were omitted; digest every value that is sent", |value, text| match value {
        Value::Nested(_) => Vec::new(),
        _ => text.into(),
    }),
    change!(
        "values that are not strings were written as JavaScript's String() does; digest lists and objects as JSON",
        notation::print_javascript
    ),
    change!(
        "values that are not strings were written as PHP does, with `Array` for lists and objects; digest lists and \
         objects as JSON",
        notation::print_php
    ),
    change!(
        "values that are not strings were written as Python's str() does; digest lists and objects as JSON",
        |value, text| notation::PYTHON.print_value(value, text)
    ),
    change!("lists and objects were written as Python's str() does; digest them as JSON", |value, text| {
        notation::PYTHON.print_nested(value, text)
    }),
    change!(
        "values that are not strings were written as Go's fmt does, map[…]; digest lists and objects as JSON",
        |value, text| notation::GO.print_value(value, text)
    ),
    change!("lists and objects were written as Go's fmt does, map[…]; digest them as JSON", |value, text| {
        notation::GO.print_nested(value, text)
    }),
    change!("lists and objects were written as Ruby's inspect does; digest them as JSON", |value, text| notation::RUBY
        .print_nested(value, text)),
    change!("lists and objects were written as Ruby's inspect does; digest them as JSON", |value, text| {
        notation::OLD_RUBY.print_nested(value, text)
    }),
    change!("lists and objects were written as Java prints collections, {a=b}; digest them as JSON", |value, text| {
        notation::JAVA.print_nested(value, text)
    }),
    change!("lists and objects were written as Swift prints them; digest them as JSON", |value, text| notation::SWIFT
        .print_nested(value, text)),
    change!("lists and objects were written as Dart prints them; digest them as JSON", |value, text| notation::DART
        .print_nested(value, text)),
    change!("lists and objects were written as Groovy prints them; digest them as JSON", |value, text| {
        notation::GROOVY.print_nested(value, text)
    }),
    change!("lists and objects were written as Scala prints them; digest them as JSON", |value, text| notation::SCALA
        .print_nested(value, text)),
    change!(DOTNET, |value, text| {
        print_dotnet(
            value,
            text,
            "System.Object[]",
            "System.Collections.Generic.Dictionary`2[System.String,System.Object]",
        )
    }),
    change!(DOTNET, |value, text| {
        print_dotnet(
            value,
            text,
            "System.String[]",
            "System.Collections.Generic.Dictionary`2[System.String,System.String]",
        )
    }),
    change!(DOTNET, |value, text| {
        let list = "System.Collections.Generic.List`1[System.Object]";
        print_dotnet(value, text, list, "System.Collections.Generic.Dictionary`2[System.String,System.Object]")
    }),
    change!(DOTNET, |value, text| {
        let list = "System.Collections.Generic.List`1[System.String]";
        print_dotnet(value, text, list, "System.Collections.Generic.Dictionary`2[System.String,System.String]")
    }),
    change!(DOTNET, |value, text| {
        print_dotnet(value, text, "System.Collections.ArrayList", "System.Collections.Hashtable")
    }),
    change!("numbers were written as JavaScript does; digest them as they are sent", |value, text| match value {
        Value::Number(_) | Value::Nested(_) => notation::JAVASCRIPT_JSON.print_value(value, text),
        _ => text.into(),
    }),
    change!("the members of nested objects were sorted; digest them as they are sent", |value, text| {
        notation::SORTED_JSON.print_nested(value, text)
    }),
    change!("nested JSON was written with spaces, as Python's json.dumps does; digest compact JSON", |value, text| {
        notation::SPACED_JSON.print_nested(value, text)
    }),
    change!("nested JSON was written with spaces, as Python's json.dumps does; digest compact JSON", |value, text| {
        notation::SPACED_UNICODE_JSON.print_nested(value, text)
    }),
    change!(
        "nested JSON was written with spaces and sorted; digest compact JSON, with members as they are sent",
        |value, text| { notation::SPACED_SORTED_JSON.print_nested(value, text) }
    ),
    change!("nested JSON was written with \\uXXXX escapes; digest the text itself", |value, text| {
        notation::ASCII_JSON.print_nested(value, text)
    }),
    change!("nested JSON was written with the escapes of PHP's json_encode; digest the text itself", |value, text| {
        notation::PHP_JSON.print_nested(value, text)
    }),
    change!(INDENTED, |value, text| notation::print_indented(value, text, "  ", "\n")),
    change!(INDENTED, |value, text| notation::print_indented(value, text, "    ", "\n")),
    change!(INDENTED, |value, text| notation::print_indented(value, text, "  ", "\r\n")),
    change!(INDENTED, |value, text| notation::print_indented(value, text, "    ", "\r\n")),
    change!(INDENTED, |value, text| notation::print_indented(value, text, "\t", "\n")),
    change!("only the values inside lists and objects were digested; digest compact JSON", |value, text| {
        notation::FLAT.print_nested(value, text)
    }),
    change!("only the values inside lists and objects were digested, sorted; digest compact JSON", |value, text| {
        notation::FLAT_SORTED.print_nested(value, text)
    }),
    change!("each value was digested separately; digest all values together", |_, text| {
        base16ct::upper::encode_string(&Md5::digest(text)).into()
    }),
    change!("each value was digested separately; digest all values together", |_, text| {
        base16ct::lower::encode_string(&Md5::digest(text)).into()
    }),
    change!("each value was digested separately; digest all values together", |_, text| Md5::digest(text).to_vec()),
    change!("each value except empty ones was digested separately; digest all values together", |_, text| {
        if text.is_empty() { Vec::new() } else { base16ct::upper::encode_string(&Md5::digest(text)).into() }
    }),
    change!("each value except empty ones was digested separately; digest all values together", |_, text| {
        if text.is_empty() { Vec::new() } else { base16ct::lower::encode_string(&Md5::digest(text)).into() }
    }),
    change!("characters outside ASCII became `?`; digest the UTF-8 bytes", |_, text| {
        text.chars().map(|character| u8::try_from(character).ok().filter(u8::is_ascii).unwrap_or(b'?')).collect()
    }),
    change!("text was digested in GBK; digest the UTF-8 bytes", |_, text| charsets::encode(text, GBK)),
    change!("text was digested in GB18030; digest the UTF-8 bytes", |_, text| charsets::encode(text, GB18030)),
    change!("text was digested in Big5; digest the UTF-8 bytes", |_, text| charsets::encode(text, BIG5)),
    change!("text was digested in Latin-1; digest the UTF-8 bytes", |_, text| charsets::encode_latin1(text)),
    change!("text was digested in Windows-1252, which is similar to Latin-1; digest the UTF-8 bytes", |_, text| {
        charsets::encode(text, WINDOWS_1252)
    }),
    change!("UTF-8 was read as Latin-1 and encoded again; digest the UTF-8 bytes", |_, text| {
        charsets::encode_twice_by_latin1(text)
    }),
    change!("UTF-8 was read as Windows-1252 and encoded again; digest the UTF-8 bytes", |_, text| {
        charsets::encode_twice_by_windows1252(text)
    }),
    change!("only one byte of each character was digested; digest the UTF-8 bytes", |_, text| {
        charsets::keep_low_bytes(text)
    }),
    change!("halves of surrogate pairs were encoded one by one (CESU-8); digest the UTF-8 bytes", |_, text| {
        charsets::encode_cesu8(text)
    }),
    change!("`?` was digested for each byte outside ASCII; digest the UTF-8 bytes", |_, text| {
        text.bytes().map(|byte| if byte.is_ascii() { byte } else { b'?' }).collect()
    }),
    change!("characters outside ASCII were omitted; digest the UTF-8 bytes", |_, text| {
        text.bytes().filter(u8::is_ascii).collect()
    }),
    change!("emoji and other characters of four bytes were omitted; digest the text itself", |_, text| {
        text.chars().filter(|character| character.len_utf8() < 4).collect::<String>().into()
    }),
    change!("emoji and other characters of four bytes became `?`; digest the text itself", |_, text| {
        text.chars().map(|character| if character.len_utf8() < 4 { character } else { '?' }).collect::<String>().into()
    }),
    change!("text was digested as UTF-16; digest the UTF-8 bytes", |_, text| {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }),
    change!("text was digested as UTF-16; digest the UTF-8 bytes", |_, text| {
        text.encode_utf16().flat_map(u16::to_be_bytes).collect()
    }),
    change!("line ends (LF) became CR LF; digest strings as they are sent", |_, text| {
        text.replace("\r\n", "\n").replace('\n', "\r\n").into()
    }),
    change!("line ends (CR LF) became LF; digest strings as they are sent", |_, text| text
        .replace("\r\n", "\n")
        .into()),
    change!("line ends were removed; digest strings as they are sent", |_, text| text.replace(['\r', '\n'], "").into()),
    change!("text was digested in Base64; digest the text itself", |_, text| BASE64_STANDARD.encode(text).into()),
    change!("text was digested in hex; digest the text itself", |_, text| {
        base16ct::lower::encode_string(text.as_bytes()).into()
    }),
    change!("amounts were written in dollars, with two decimals; digest cents, as they are sent", |value, text| {
        match value {
            Value::Number(cents) | Value::Text(cents) if is_digits(cents) && cents.len() < 13 => write_dollars(cents),
            _ => text.into(),
        }
    }),
    change!("text was digested with its JSON escapes, such as \\uXXXX; digest the text itself", |_, text| {
        escapes::escape_text(text, false)
    }),
    change!("text was digested with its JSON escapes, including \\/; digest the text itself", |_, text| {
        escapes::escape_text(text, true)
    }),
    change!("text was digested with \\/ instead of each slash; digest the text itself", |_, text| {
        text.replace('/', "\\/").into()
    }),
    change!("text was digested with its JSON escapes; digest the text itself", |_, text| escapes::escape_json(text)
        .into()),
    change!("backslashes were put before quotation marks, as addslashes does; digest the text itself", |_, text| {
        text.replace('\\', "\\\\").replace('\'', "\\'").replace('"', "\\\"").into()
    }),
    change!("text was digested with its quotation marks; digest the text itself", |value, text| match value {
        Value::Text(_) => format!("\"{}\"", escapes::escape_json(text)).into(),
        _ => text.into(),
    }),
    change!("text was digested with HTML escapes, such as &amp;; digest the text itself", |_, text| {
        escapes::escape_html(text).into()
    }),
    change!("text was digested with HTML escapes, such as &#039;; digest the text itself", |_, text| {
        escapes::escape_html(text).replace('\'', "&#039;").into()
    }),
    change!("text was digested with HTML escapes, such as &#39;; digest the text itself", |_, text| {
        escapes::escape_html(text).replace('\'', "&#39;").into()
    }),
    change!("HTML escapes in text, such as &amp;, were decoded; digest strings as they are sent", |_, text| {
        escapes::unescape_html(text).into()
    }),
    change!("text was digested percent-encoded, with `+` for spaces; digest the text itself", |_, text| {
        escapes::encode_form(text).into()
    }),
    change!("text was digested percent-encoded; digest the text itself", |_, text| {
        escapes::encode_form(text).replace('+', "%20").into()
    }),
    change!(
        "text was digested percent-encoded, as by JavaScript's encodeURIComponent; digest the text itself",
        |_, text| { escapes::encode_uri_component(text).into() }
    ),
    change!("text was digested percent-encoded, as by JavaScript's encodeURI; digest the text itself", |_, text| {
        escapes::encode_uri(text).into()
    }),
    change!("text was digested percent-encoded in lower case; digest the text itself", |_, text| {
        escapes::lower_escapes(&escapes::encode_form(text)).into()
    }),
    change!("text was digested percent-encoded twice; digest the text itself", |_, text| {
        escapes::encode_form(&escapes::encode_form(text)).into()
    }),
    change!(
        "percent-escapes in text were decoded, and `+` became a space; digest strings as they are sent",
        |_, text| { percent_encoding::percent_decode_str(&text.replace('+', " ")).collect() }
    ),
    change!("percent-escapes in text were decoded; digest strings as they are sent", |_, text| {
        percent_encoding::percent_decode_str(text).collect()
    }),
    change!("spaces were removed; digest values as they are sent", |_, text| text.replace(' ', "").into()),
    change!("consecutive whitespace became one space; digest values as they are sent", |_, text| {
        text.split_whitespace().collect::<Vec<_>>().join(" ").into()
    }),
    change!("all whitespace was removed; digest values as they are sent", |_, text| {
        text.split_whitespace().collect::<String>().into()
    }),
    change!("letters were converted to lower case; digest values as they are sent", |_, text| text
        .to_lowercase()
        .into()),
    change!("letters were converted to upper case; digest values as they are sent", |_, text| text
        .to_uppercase()
        .into()),
];

const DOTNET: &str = "values that are not strings were written as .NET's ToString does, with type names for lists and \
                      objects; digest lists and objects as JSON";
const INDENTED: &str = "nested JSON was written on several lines; digest compact JSON";

/// Formats a whole number of cents in dollars.
fn write_dollars(cents: &str) -> Vec<u8> {
    let cents = format!("{:0>3}", cents.trim_start_matches('0'));
    let (dollars, cents) = cents.split_at_checked(cents.len() - 2).unwrap_or(("0", "00"));
    format!("{dollars}.{cents}").into()
}

fn write_empty_as(text: &str, word: &str) -> Vec<u8> {
    if text.is_empty() { word.into() } else { text.into() }
}

fn write_null_as(value: Value<'_>, text: &str, word: &str) -> Vec<u8> {
    if value == Value::Null { word.into() } else { text.into() }
}

fn is_decimal(text: &str) -> bool {
    let digits = text.replacen('.', "", 1);
    is_digits(&digits) && text.len() < 20
}
