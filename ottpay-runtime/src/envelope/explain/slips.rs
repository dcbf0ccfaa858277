//! What happens to a sign key when it is stored, copied or read.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

/// A key derived from the right one, and what happened to it.
pub(super) type Slip = (String, Zeroizing<Vec<u8>>);

/// What may surround a key that was copied with it: before, after, and its description.
const AROUND: [(&str, &str, &str); 36] = [
    ("", "\n", "a line break was read with the sign key; remove whitespace around it"),
    ("", "\r\n", "a line break (CR LF) was read with the sign key; remove whitespace around it"),
    ("", "\r", "a carriage return was read with the sign key; remove whitespace around it"),
    ("", " ", "a space was read with the sign key; remove whitespace around it"),
    (" ", "", "a space was read with the sign key; remove whitespace around it"),
    (" ", " ", "spaces were read with the sign key; remove whitespace around it"),
    ("", "\t", "a tab was read with the sign key; remove whitespace around it"),
    ("\t", "", "a tab was read with the sign key; remove whitespace around it"),
    ("", "\u{a0}", "a no-break space was copied with the sign key; remove it"),
    ("\u{a0}", "", "a no-break space was copied with the sign key; remove it"),
    ("\u{a0}", "\u{a0}", "no-break spaces were copied with the sign key; remove them"),
    ("\u{3000}", "", "an ideographic space was copied with the sign key; remove it"),
    ("", "\u{3000}", "an ideographic space was copied with the sign key; remove it"),
    ("\u{feff}", "", "a byte order mark was read with the sign key; remove it"),
    ("\u{feff}", "\n", "a byte order mark and a line break were read with the sign key; remove them"),
    ("\u{feff}", "\r\n", "a byte order mark and a line break were read with the sign key; remove them"),
    ("\u{200b}", "", "a zero-width space was copied with the sign key; remove it"),
    ("", "\u{200b}", "a zero-width space was copied with the sign key; remove it"),
    ("\u{200b}", "\u{200b}", "zero-width spaces were copied with the sign key; remove them"),
    ("", "\0", "a zero byte was read with the sign key; remove it"),
    ("", "\\n", "the sign key was stored with a literal \\n after it; remove it"),
    ("", "\\r\\n", "the sign key was stored with a literal \\r\\n after it; remove it"),
    ("\"", "\"", "the sign key was stored with quotation marks around it, which were read too; remove them"),
    ("'", "'", "the sign key was stored with single quotes around it, which were read too; remove them"),
    ("\u{201c}", "\u{201d}", "the sign key was stored with typographic quotes around it; remove them"),
    ("\u{2018}", "\u{2019}", "the sign key was stored with typographic quotes around it; remove them"),
    ("`", "`", "the sign key was stored with backticks around it; remove them"),
    ("\\\"", "\\\"", "the sign key was stored with escaped quotation marks around it; remove them"),
    ("\"", "\"\n", "the sign key was stored with quotation marks and a line break around it; remove them"),
    ("'", "'\n", "the sign key was stored with single quotes and a line break around it; remove them"),
    ("$'", "'", "the sign key was stored with the quotes of a shell, $'…', around it; remove them"),
    ("b'", "'", "the sign key is a Python bytes literal, b'…'; decode it to a string"),
    ("", ";", "a semicolon was read with the sign key; remove it"),
    ("", ",", "a comma was read with the sign key; remove it"),
    ("<", ">", "the sign key was stored in angle brackets; remove them"),
    ("=", "", "an equals sign was read with the sign key; remove it"),
];

/// Names under which keys are stored.
const NAMES: [&str; 12] = [
    "OTTPAY_SIGN_KEY",
    "OTT_SIGN_KEY",
    "SIGN_KEY",
    "SIGNKEY",
    "signKey",
    "sign_key",
    "signkey",
    "OTTPAY_KEY",
    "KEY",
    "key",
    "SECRET",
    "secret",
];

/// The words that programs write for a missing value.
const MISSING: [&str; 8] = ["undefined", "null", "None", "nil", "NULL", "false", "NaN", "[object Object]"];

/// Returns every key that may have been made from this one, the likeliest first.
pub(super) fn list_slips(key: &[u8]) -> Vec<Slip> {
    let mut slips = Vec::new();
    let mut add = |fault: &str, bytes: Vec<u8>| slips.push((fault.to_owned(), Zeroizing::new(bytes)));
    add(
        "the sender used the sign key in upper case; both sides must use the key exactly as issued",
        key.to_ascii_uppercase(),
    );
    add(
        "the sender used the sign key in lower case; both sides must use the key exactly as issued",
        key.to_ascii_lowercase(),
    );
    for (before, after, fault) in AROUND {
        add(fault, [before.as_bytes(), key, after.as_bytes()].concat());
    }
    add_encodings(key, &mut add);
    if let Some((_, rest)) = key.split_first() {
        add("the first character of the sign key is missing", rest.to_vec());
    }
    if let Some((_, rest)) = key.split_last() {
        add("the last character of the sign key is missing", rest.to_vec());
    }
    add("the sender used the sign key twice in a row; it was pasted twice", [key, key].concat());
    for name in NAMES {
        for (export, between, quote) in
            [("", "=", ""), ("export ", "=", ""), ("", "=", "\""), ("", "=", "'"), ("", ": ", ""), ("", " = ", "")]
        {
            let line = format!("{export}{name}{between}{quote}");
            add(
                "the sign key was stored as a whole line, with its name before it; use only the value after the name",
                [line.as_bytes(), key, quote.as_bytes()].concat(),
            );
        }
        for (before, after) in [("", ""), ("$", ""), ("${", "}"), ("%", "%")] {
            add(
                "the sender used the name of the setting instead of the sign key; use the value of the setting",
                format!("{before}{name}{after}").into_bytes(),
            );
        }
    }
    for word in MISSING {
        add(
            &format!("the sender used the word `{word}` as the sign key: the key was not set, or not read"),
            word.into(),
        );
    }
    slips
}

/// Adds the key in other encodings, and decoded from them.
fn add_encodings(key: &[u8], add: &mut impl FnMut(&str, Vec<u8>)) {
    let base64 = BASE64_STANDARD.encode(key);
    add("the sender used the sign key in Base64; decode it first", base64.into_bytes());
    add("the sender used the sign key in hex; decode it first", base16ct::lower::encode_string(key).into_bytes());
    add("the sender used the sign key in hex; decode it first", base16ct::upper::encode_string(key).into_bytes());
    if let Ok(bytes) = base16ct::mixed::decode_vec(key) {
        add("the sign key was decoded from hex; use its characters without decoding", bytes);
    }
    if let Ok(bytes) = BASE64_STANDARD.decode(key) {
        add("the sign key was decoded from Base64; use its characters without decoding", bytes);
    }
    let Ok(text) = std::str::from_utf8(key) else { return };
    add("the sender used the sign key in UTF-16; use its bytes in UTF-8", encode_utf16(text));
    // Unicode has the full-width forms in the order of ASCII, 0xfee0 after it.
    let full_width = text.chars().map(|character| match u32::from(character) {
        code @ 0x21..=0x7e => char::from_u32(code + 0xfee0).unwrap_or(character),
        _ => character,
    });
    add("the sender used the sign key in full-width characters; use ASCII", full_width.collect::<String>().into());
    let escaped: String = form_urlencoded::byte_serialize(key).collect();
    add("the sender used the percent-encoded sign key; decode it first", escaped.into_bytes());
    add(
        "percent-escapes in the sign key were decoded; both sides must use the key exactly as issued",
        percent_decode_str(text).collect(),
    );
    add("whitespace inside the sign key was removed", text.split_whitespace().collect::<String>().into());
    let html = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    add("the sender used the sign key with HTML escapes; decode it first", html.into());
    let groups: Vec<String> = text.chars().collect::<Vec<_>>().chunks(4).map(|group| group.iter().collect()).collect();
    for between in [" ", "-"] {
        add(
            "the sender used the sign key in groups of four characters; write it without separators",
            groups.join(between).into(),
        );
    }
    add("the sender used the letter O for each zero in the sign key", text.replace('0', "O").into());
    add("the sender used a zero for each letter O in the sign key", text.replace('O', "0").into());
}

fn encode_utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}
