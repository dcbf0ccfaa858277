//! Decodes the escapes of JSON strings, and makes nested JSON compact.

use super::surrogate::read_escape;
use super::write::write_string;

/// Half of a surrogate pair without a replacement.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LoneHalf;

/// Appends a decoded string. `inner` is the text between its quotation marks, with complete escapes. `stand_in`
/// replaces half of a surrogate pair.
pub(super) fn unescape(inner: &str, stand_in: Option<&str>, out: &mut String) -> Result<(), LoneHalf> {
    let mut rest = inner;
    while let Some((plain, escape)) = rest.find('\\').and_then(|at| rest.split_at_checked(at)) {
        out.push_str(plain);
        // The reader has checked that escapes are complete.
        let (character, length) = read_escape(escape).ok_or(LoneHalf)?;
        match character {
            Some(character) => out.push(character),
            None => out.push_str(stand_in.ok_or(LoneHalf)?),
        }
        rest = escape.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    Ok(())
}

/// Appends nested JSON that has been read before, without whitespace between its tokens, and with the shortest escapes
/// in its strings.
pub(super) fn write_compact(json: &str, stand_in: Option<&str>, out: &mut String) -> Result<(), LoneHalf> {
    let mut text = String::new();
    for (token, kind) in Tokens::new(json) {
        match kind {
            Token::Text if token.contains('\\') => {
                text.clear();
                unescape(token, stand_in, &mut text)?;
                write_string(&text, out);
            }
            Token::Text => {
                out.push('"');
                out.push_str(token);
                out.push('"');
            }
            Token::Other => out.push_str(token),
        }
    }
    Ok(())
}

/// The kind of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// The text between the quotation marks of a string.
    Text,
    /// A bracket, a brace, a comma, a colon, a number or a word.
    Other,
}

/// The tokens of JSON that has been read before, without whitespace.
pub(super) struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(json: &'a str) -> Self {
        Self { rest: json }
    }

    /// Returns the next token without consuming it.
    #[cfg(feature = "explain")]
    pub(super) fn peek(&self) -> Option<(&'a str, Token)> {
        Self { rest: self.rest }.next()
    }

    /// Splits off this many bytes.
    fn split_off(&mut self, length: usize) -> Option<&'a str> {
        let (token, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(token)
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = (&'a str, Token);

    fn next(&mut self) -> Option<Self::Item> {
        self.rest = self.rest.trim_ascii_start();
        match *self.rest.as_bytes().first()? {
            b'"' => {
                self.split_off(1);
                let text = self.split_off(find_end(self.rest.as_bytes())?)?;
                self.split_off(1);
                Some((text, Token::Text))
            }
            b'[' | b']' | b'{' | b'}' | b',' | b':' => Some((self.split_off(1)?, Token::Other)),
            _ => {
                let ends = |byte: u8| byte.is_ascii_whitespace() || b"[]{},:\"".contains(&byte);
                let length = self.rest.bytes().position(ends).unwrap_or(self.rest.len());
                Some((self.split_off(length)?, Token::Other))
            }
        }
    }
}

/// Finds the quotation mark that ends a string.
fn find_end(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        match text.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_json_is_made_compact() {
        for (json, compact) in [
            ("[]", "[]"),
            ("{ \"a\" : [ 1 , -2.50e+3,\ttrue ] ,\n\"b\":null }", "{\"a\":[1,-2.50e+3,true],\"b\":null}"),
            (r#"["a b","\u0041\/\n\u001f\"\\","\ud83c\udf75"]"#, "[\"a b\",\"A/\\n\\u001f\\\"\\\\\",\"\u{1f375}\"]"),
            (r#"{"\u0061 ":{"b":""}}"#, r#"{"a ":{"b":""}}"#),
        ] {
            let mut out = String::new();
            assert_eq!(write_compact(json, None, &mut out), Ok(()));
            assert_eq!(out, compact);
        }
    }

    #[test]
    fn half_of_a_pair_needs_a_stand_in() {
        let mut out = String::new();
        assert_eq!(write_compact(r#"["\ud83c"]"#, None, &mut out), Err(LoneHalf));
        out.clear();
        assert_eq!(write_compact(r#"["\ud83cx\udf75"]"#, Some("?"), &mut out), Ok(()));
        assert_eq!(out, r#"["?x?"]"#);
    }
}
