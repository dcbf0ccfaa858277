//! Reads the members of an outer object from bytes. If a string is not well-formed, only that string is lost, never the
//! message.
//!
//! A JSON parser rejects a whole object because of one string in another character set, half of a surrogate pair or a
//! raw line break. Nothing outside `data` is authenticated, so nothing outside it may prevent a genuine `data` from
//! being opened.
//!
//! The object itself must be complete: braces, names in quotation marks, colons and commas. Values are not examined,
//! except that a backslash may only occur inside their strings. Nothing here is recursive, so deep nesting costs no
//! stack.

use std::borrow::Cow;

use super::scan::find_stop;
use super::surrogate::read_escape;

/// A name or a value as it is written.
#[derive(Clone, Copy)]
pub(super) enum Written<'a> {
    /// The text between the quotation marks of a string that needs no decoding.
    Plain(&'a str),
    /// Anything else, including the quotation marks of a string.
    Other(&'a [u8]),
}

/// Passes name and value of each member, as they are written, to `add`; `None` if the bytes are not a single object.
///
/// In GBK and Big5 the second byte of a character may be a backslash. Bytes that are not UTF-8 and do not form an
/// object byte by byte are therefore read again in pairs.
pub(super) fn read<'a, T>(
    object: &'a [u8],
    new: impl Fn() -> T,
    add: impl Fn(&mut T, Written<'a>, Written<'a>),
) -> Option<T> {
    let utf8 = std::str::from_utf8(object).ok();
    let read = |takes_pairs| {
        let mut collected = new();
        let cursor = Cursor { text: object, utf8, at: 0, takes_pairs };
        cursor.read_members(|name, value| add(&mut collected, name, value))?;
        Some(collected)
    };
    read(false).or_else(|| utf8.is_none().then(|| read(true))?)
}

struct Cursor<'a> {
    text: &'a [u8],
    /// The same text, if it is UTF-8.
    utf8: Option<&'a str>,
    at: usize,
    /// Whether a byte of at least 0x81 and the next one form a character.
    takes_pairs: bool,
}

impl<'a> Cursor<'a> {
    fn read_members(mut self, mut add: impl FnMut(Written<'a>, Written<'a>)) -> Option<()> {
        self.skip(b'{')?;
        if self.skip(b'}').is_none() {
            loop {
                self.skip_white_space();
                let name = self.read_string()?;
                self.skip(b':')?;
                self.skip_white_space();
                let value = self.value()?;
                add(name, value);
                if self.skip(b',').is_none() {
                    self.skip(b'}')?;
                    break;
                }
            }
        }
        self.skip_white_space();
        self.peek().is_none().then_some(())
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn skip_white_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// Moves past this byte and the whitespace before it. If another byte follows, moves only past the whitespace and
    /// returns `None`.
    fn skip(&mut self, byte: u8) -> Option<()> {
        self.skip_white_space();
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn read_string(&mut self) -> Option<Written<'a>> {
        let start = self.at;
        if self.peek()? != b'"' {
            return None;
        }
        self.at += 1;
        let mut utf8 = self.utf8;
        loop {
            // In pairs, a backslash may be half of a character and not a stop.
            if !self.takes_pairs {
                self.at += self.text.get(self.at..).map_or(0, find_stop);
            }
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'"' => {
                    return match utf8 {
                        Some(text) => text.get(start + 1..self.at - 1).map(Written::Plain),
                        None => self.text.get(start..self.at).map(Written::Other),
                    };
                }
                b'\\' => {
                    utf8 = None;
                    self.at += 1;
                }
                // In GBK and Big5 the second byte of a character is at least 0x40.
                0x81..=0xfe if self.takes_pairs && self.peek().is_some_and(|second| second >= 0x40) => self.at += 1,
                // A control character, or a character that is not UTF-8.
                _ => utf8 = None,
            }
        }
    }

    /// Reads a string, a list or an object to its end, or anything else up to whitespace, a comma or a brace.
    fn value(&mut self) -> Option<Written<'a>> {
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' if depth == 0 => return self.read_string(),
                b'"' => _ = self.read_string()?,
                b'[' | b'{' => {
                    depth += 1;
                    self.at += 1;
                }
                b']' | b'}' if depth > 0 => {
                    depth -= 1;
                    self.at += 1;
                }
                // Not possible in JSON: the end of a string was missed, because a backslash was half of a character.
                b'\\' => return None,
                _ if depth > 0 => {
                    self.at += 1;
                    continue;
                }
                _ => self.skip_bare()?,
            }
            if depth == 0 {
                return self.text.get(start..self.at).map(Written::Other);
            }
        }
    }

    /// Skips a number or a word, such as `null`, `NaN` or something that resembles one.
    fn skip_bare(&mut self) -> Option<()> {
        let start = self.at;
        let ends = |byte: u8| byte.is_ascii_whitespace() || b",:\"'\\[]{}".contains(&byte);
        while self.peek().is_some_and(|byte| !ends(byte)) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }
}

/// Decodes a well-formed string; `None` for anything else.
pub(super) fn decode(string: Written<'_>) -> Option<Cow<'_, str>> {
    match string {
        Written::Plain(text) => Some(Cow::Borrowed(text)),
        Written::Other(string) => decode_string(string),
    }
}

fn decode_string(string: &[u8]) -> Option<Cow<'_, str>> {
    let inner = string.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    match find_stop(inner) == inner.len() {
        true => std::str::from_utf8(inner).ok().map(Cow::Borrowed),
        false => serde_json::from_slice(string).ok().map(Cow::Owned),
    }
}

/// Decodes a string as far as possible: U+FFFD replaces bytes that are not UTF-8, halves of surrogate pairs, and
/// backslashes that begin no escape. Control characters are kept.
pub(super) fn decode_lossy(string: Written<'_>) -> Cow<'_, str> {
    let bytes = match string {
        Written::Plain(text) => return Cow::Borrowed(text),
        Written::Other(bytes) => bytes,
    };
    if let Some(text) = decode_string(bytes) {
        return text;
    }
    let inner = bytes.strip_prefix(b"\"").and_then(|inner| inner.strip_suffix(b"\"")).unwrap_or(bytes);
    let inner: Cow<'_, str> = String::from_utf8_lossy(inner);
    let mut out = String::with_capacity(inner.len());
    let mut rest = &*inner;
    while let Some((before, escape)) = rest.find('\\').and_then(|at| rest.split_at_checked(at)) {
        out.push_str(before);
        let (character, length) = read_escape(escape).unwrap_or((None, 1));
        out.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
        rest = escape.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;

    use super::*;
    use crate::envelope::random_json::object;

    /// Returns the string with its quotation marks.
    fn to_json_string(written: Written<'_>) -> Cow<'_, [u8]> {
        match written {
            Written::Plain(text) => Cow::Owned(format!("\"{text}\"").into_bytes()),
            Written::Other(bytes) => Cow::Borrowed(bytes),
        }
    }

    /// Name and value of each member.
    fn members(object: &[u8]) -> Option<Vec<(Written<'_>, Written<'_>)>> {
        super::read(object, Vec::new, |members, name, value| members.push((name, value)))
    }

    fn read(object: &[u8]) -> Option<Vec<(String, String)>> {
        let lossy = |value: Written<'_>| String::from_utf8_lossy(&to_json_string(value)).into_owned();
        Some(
            members(object)?.into_iter().map(|(name, value)| (decode_lossy(name).into_owned(), lossy(value))).collect(),
        )
    }

    #[test]
    fn a_member_is_found_whatever_the_one_before_it_is() {
        for odd in [
            &b"\"\xc4\xfa\xba\xc3\""[..],
            // In GBK, where its last byte is a backslash.
            b"\"\xb3\x5c\"",
            b"\"caf\xe9\"",
            b"\"caf\xe9 \\\"x\\\"\"",
            b"\"\\ud83c\"",
            b"\"two\nlines\0\"",
            b"\"\\q\\u12\\\\\"",
            b"NaN",
            b"-Infinity",
            b"1e999999999",
            b"007",
            b"caf\xe9",
            b"[[[{\"a\":\"]\"}],\xff}]",
            b"{\"data\":\"x\",\"a\":[1,2,,]}",
            b"{}",
        ] {
            for white in [&b""[..], b" \r\n\t"] {
                let object =
                    [b"{", white, b"\"m\"", white, b":", white, odd, white, b",\"data\":\"D\"", white, b"}", white];
                let read = read(&object.concat()).unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(odd)));
                assert_eq!((read[0].0.as_str(), read.len()), ("m", 2));
                assert_eq!(read[1], ("data".to_owned(), "\"D\"".to_owned()));
            }
        }
    }

    /// Taken byte by byte, the backslash hides the quotation mark after it, and an escaped one later in the object seems
    /// to be the end of the string: nothing in between would be seen.
    #[test]
    fn half_of_a_character_never_hides_the_members_after_it() {
        for odd in [
            &b"\"\xd3\x5c\""[..],
            b"{\"a\":\"\xd3\x5c\"}",
            b"{\"a\":\"\xd3\x5c\",\"b\":\"1\"}",
            b"{\"\xd3\x5c\":1}",
            b"{\"a\":[{\"b\":\"\xa5\x5c\"}],\"c\":[\"1\"]}",
            b"[\"\xd3\x5c\",\"b\"]",
            b"[\"\xd3\x5c\",\"\xd3\x5c\"]",
            b"[\"\x83\x5c\",\",\"]",
        ] {
            for last in [
                &b"\"\""[..],
                b"\"5\\\" pipe\"",
                b"\"\xd3\x5c\"",
                b"\"\\\\\"",
                b"{\"m\":\"5\\\" pipe\"}",
                b"[\"\xd3\x5c\",\"\\\"\"]",
                b"[\"\\\"\",\"\\\"\"]",
            ] {
                let object = [b"{\"m\":", odd, b",\"data\":\"D\",\"md5\":\"M\",\"x\":", last, b"}"].concat();
                let read = read(&object).unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&object)));
                let names: Vec<_> = read.iter().map(|(name, _)| name.as_str()).collect();
                assert_eq!(names, ["m", "data", "md5", "x"], "{}", String::from_utf8_lossy(&object));
            }
        }
    }

    #[test]
    fn only_one_complete_object_is_read() {
        for object in [
            "",
            "{",
            "}",
            "[]",
            "x{}",
            "{}x",
            "{}{}",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1",
            "{\"a\":1,}",
            "{,}",
            "{\"a\":1 2}",
            "{a:1}",
            "{'a':1}",
            "{\"a\":'1'}",
            "{\"a\":\"1\"\"b\":2}",
            "{\"a\":\"1\" \"b\":2}",
            "{\"a\":[1}",
            "{\"a\":\"1}",
            "{\"a\":\"1\\\"}",
            "{\"a\":]}",
            "{\"a\":{\"b\":1}",
            "{\"a\"=1}",
            "{\"a\":1;\"b\":2}x",
            "{\"a\":\\}",
            "{\"a\":1\\}",
            "{\"a\":[\\],\"b\":2}",
            "{\"a\":{\"b\":1\\}}",
            // In UTF-8 no backslash is half of a character.
            "{\"a\":\"你\\\",\"b\":2}",
            "{\"a\":[\"é\\\",\"b\"],\"c\":2}",
        ] {
            assert_eq!(read(object.as_bytes()), None, "{object}");
        }
    }

    #[test]
    fn text_is_read_as_well_as_it_can_be() {
        for (string, expected) in [
            (&br#""\u4f60\n\"""#[..], "你\n\""),
            (b"\"caf\xe9 \\\"x\\\" \\/\\b\\f\\r\\t\"", "caf\u{fffd} \"x\" /\u{8}\u{c}\r\t"),
            (b"\"two\nlines\"", "two\nlines"),
            (br#""a\ud83cb\udf1f\ud83c\udf1f""#, "a\u{fffd}b\u{fffd}\u{1f31f}"),
            (br#""\q\u12\u+123\""#, "\u{fffd}q\u{fffd}u12\u{fffd}u+123\u{fffd}"),
            // A damaged name never becomes another name.
            (br#""d\ata""#, "d\u{fffd}ata"),
            (b"\"da\xffta\"", "da\u{fffd}ta"),
            (br#""d\u0061ta""#, "data"),
        ] {
            assert_eq!(decode_lossy(Written::Other(string)), expected);
        }
    }

    #[test]
    fn deep_nesting_costs_no_stack() {
        let depth = 1_000_000;
        let object = format!("{{\"a\":{}{},\"b\":1}}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(members(object.as_bytes()).unwrap().len(), 2);
        assert!(members(&object.as_bytes()[..depth]).is_none());
    }

    #[test]
    fn well_formed_objects_are_read_as_a_json_parser_reads_them() {
        let random = &mut Rng::with_seed(0x2545_f491_4f6c_dd1d);
        for _ in 0..5_000 {
            let object = object(random, 3);
            let parsed: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&object).unwrap();
            let mut read = serde_json::Map::new();
            for (name, value) in members(object.as_bytes()).unwrap() {
                read.insert(decode_lossy(name).into_owned(), serde_json::from_slice(&to_json_string(value)).unwrap());
                if let Ok(string) = serde_json::from_slice::<String>(&to_json_string(value)) {
                    assert_eq!(decode_lossy(value), string);
                }
            }
            assert_eq!(read, parsed, "{object}");
        }
    }

    #[test]
    fn any_bytes_are_read_or_not_without_a_panic() {
        let random = &mut Rng::with_seed(0x9e37_79b9_7f4a_7c15);
        for _ in 0..20_000 {
            let mut object = object(random, 2).into_bytes();
            for _ in 0..random.usize(..4) {
                let at = random.usize(..object.len());
                object[at] = b"\"\\{}[],:u\x00\x0a\x81\xe9\xff \xf0"[random.usize(..16)];
            }
            if serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&object).is_ok() {
                assert!(members(&object).is_some(), "{}", String::from_utf8_lossy(&object));
            }
            for (name, value) in members(&object).unwrap_or_default() {
                assert!(to_json_string(name).len() >= 2 && !to_json_string(value).is_empty());
                for written in [name, value] {
                    // A plain string is the same as its decoded form.
                    assert_eq!(decode(written), decode_string(&to_json_string(written)));
                    decode_lossy(written);
                }
            }
        }
    }
}
