//! Text in the bytes of a character set other than UTF-8.

use encoding_rs::{Encoding, WINDOWS_1252};

/// Encodes text in a character set, with `?` for missing characters.
pub(super) fn encode(text: &str, set: &'static Encoding) -> Vec<u8> {
    let (bytes, _, has_unmappable) = set.encode(text);
    if !has_unmappable {
        return bytes.into_owned();
    }
    // For a missing character `encoding_rs` writes a numeric HTML reference, which other libraries do not.
    let mut out = Vec::with_capacity(text.len());
    let mut buffer = [0; 4];
    for character in text.chars() {
        match set.encode(character.encode_utf8(&mut buffer)) {
            (_, _, true) => out.push(b'?'),
            (bytes, _, false) => out.extend_from_slice(&bytes),
        }
    }
    out
}

pub(super) fn encode_latin1(text: &str) -> Vec<u8> {
    text.chars().map(|character| u8::try_from(u32::from(character)).unwrap_or(b'?')).collect()
}

/// Returns the lower byte of each UTF-16 code unit, which remains in a string of bytes.
pub(super) fn keep_low_bytes(text: &str) -> Vec<u8> {
    text.encode_utf16().map(|unit| unit.to_le_bytes()[0]).collect()
}

/// Returns UTF-8 that was read as Latin-1 and encoded as UTF-8 again.
pub(super) fn encode_twice_by_latin1(text: &str) -> Vec<u8> {
    text.bytes().map(char::from).collect::<String>().into_bytes()
}

/// Returns UTF-8 that was read as Windows-1252 and encoded as UTF-8 again.
pub(super) fn encode_twice_by_windows1252(text: &str) -> Vec<u8> {
    WINDOWS_1252.decode_without_bom_handling(text.as_bytes()).0.into_owned().into_bytes()
}

/// Writes three bytes for each half of a surrogate pair, like programs that encode UTF-16 unit by unit.
pub(super) fn encode_cesu8(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for unit in text.encode_utf16() {
        let [high, low] = unit.to_be_bytes();
        match unit {
            0..0x80 => out.push(low),
            0x80..0x800 => out.extend([0xc0 | high << 2 | low >> 6, 0x80 | low & 0x3f]),
            _ => out.extend([0xe0 | high >> 4, 0x80 | (high & 0xf) << 2 | low >> 6, 0x80 | low & 0x3f]),
        }
    }
    out
}

/// Reads text that was encoded as UTF-16, recognised by its byte order mark or by the zeros next to ASCII.
pub(super) fn decode_utf16(bytes: &[u8]) -> Option<String> {
    let (bytes, is_little) = match bytes {
        [0xff, 0xfe, rest @ ..] => (rest, true),
        [0xfe, 0xff, rest @ ..] => (rest, false),
        [first, 0, ..] if *first != 0 => (bytes, true),
        [0, second, ..] if *second != 0 => (bytes, false),
        _ => return None,
    };
    if bytes.len() % 2 != 0 {
        return None;
    }
    let units = bytes.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok());
    let units = units.map(|pair| if is_little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) });
    char::decode_utf16(units).collect::<Result<String, _>>().ok()
}
