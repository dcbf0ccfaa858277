//! Reads JSON token by token.

use serde::de::IgnoredAny;

use super::json_error::JsonError;
use super::scan::find_stop;
use super::span::{Form, Member, Span};
use super::surrogate::escaped_unit;
use super::unescape::{LoneHalf, unescape, write_compact};

/// How deeply a value inside an object may be nested. The documented messages need one level. Bounded, because nested
/// values are read recursively.
const MAX_DEPTH: usize = 16;

/// The largest number of members of an object. The longest documented message has about twenty.
pub(super) const MAX_MEMBERS: usize = 500;

/// The position of the reader. Every method returns `None` if the text is not JSON.
pub(super) struct Reader<'a> {
    text: &'a str,
    pub(super) at: usize,
    stand_in: Option<&'a str>,
    /// Appended to the text: strings without their escapes, and compact nested values.
    pub(super) decoded: String,
    /// The first part that is JSON, but not usable.
    pub(super) fault: Option<JsonError>,
    /// Whether there was neither an escape nor whitespace between two tokens.
    pub(super) is_plain: bool,
}

/// A string of the text: the part between its quotation marks, and whether it contains an escape.
struct Quoted {
    inner: Span,
    has_escape: bool,
}

impl<'a> Reader<'a> {
    /// Starts at the beginning of a text; `stand_in` replaces each half of a surrogate pair.
    pub(super) fn new(text: &'a str, stand_in: Option<&'a str>) -> Self {
        Self { text, at: 0, stand_in, decoded: String::new(), fault: None, is_plain: true }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn skip_white_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
            self.is_plain = false;
        }
    }

    /// Moves past this byte and the whitespace before it.
    fn skip(&mut self, byte: u8) -> Option<()> {
        // Usually there is no whitespace.
        if self.peek()? != byte {
            self.skip_white_space();
            if self.peek()? != byte {
                return None;
            }
        }
        self.at += 1;
        Some(())
    }

    /// Moves past an object and returns the number of its members. Members beyond the limit are read but not kept.
    pub(super) fn read_members(&mut self, members: &mut Vec<Member>) -> Option<usize> {
        self.skip(b'{')?;
        if self.skip(b'}').is_some() {
            return Some(0);
        }
        let mut count = 0;
        loop {
            self.skip_white_space();
            let name = self.skip_string()?;
            // Half of a surrogate pair in a name ends reading at once. In a value it is a fault, reported after the
            // rest has been read. `serde_json` distinguishes them in the same way.
            let name = self.decode(name).ok()?;
            self.skip(b':')?;
            self.skip_white_space();
            let (value, form) = self.read_value()?;
            count += 1;
            if count <= MAX_MEMBERS {
                members.push(Member { name, value, form });
            }
            if self.skip(b',').is_none() {
                return self.skip(b'}').map(|()| count);
            }
        }
    }

    fn read_value(&mut self) -> Option<(Span, Form)> {
        let start = self.at;
        let form = match self.peek()? {
            b'"' => {
                let text = self.skip_string()?;
                let decoded = self.decode(text);
                return Some((self.span_or_fault(decoded), Form::Text));
            }
            b'[' | b'{' => {
                let is_compact = self.skip_nested(MAX_DEPTH)?;
                let nested = Span { start, end: self.at };
                let compact = if is_compact { Ok(nested) } else { self.append(nested, write_compact) };
                return Some((self.span_or_fault(compact), Form::Nested));
            }
            b't' => self.skip_word("true").map(|()| Form::Bool)?,
            b'f' => self.skip_word("false").map(|()| Form::Bool)?,
            b'n' => self.skip_word("null").map(|()| Form::Null)?,
            _ => self.skip_number().map(|()| Form::Number)?,
        };
        Some((Span { start, end: self.at }, form))
    }

    /// Moves past a list or an object with at most this many levels. Returns whether it is compact.
    fn skip_nested(&mut self, levels: usize) -> Option<bool> {
        let Some(levels) = levels.checked_sub(1) else {
            self.fault.get_or_insert(JsonError::TooDeep);
            return self.skip_deep().map(|()| false);
        };
        let earlier_fault = self.fault;
        let is_list = self.peek()? == b'[';
        let end = if is_list { b']' } else { b'}' };
        self.at += 1;
        let (mut count, mut is_compact) = (0_usize, true);
        let mut spaced = |reader: &mut Self| {
            let before = reader.at;
            reader.skip_white_space();
            is_compact &= reader.at == before;
        };
        spaced(self);
        if self.peek()? == end {
            self.at += 1;
            return Some(is_compact);
        }
        let mut has_escape = false;
        loop {
            count += 1;
            if !is_list {
                has_escape |= self.skip_string()?.has_escape;
                spaced(self);
                self.skip(b':')?;
                spaced(self);
            }
            match self.peek()? {
                b'"' => has_escape |= self.skip_string()?.has_escape,
                b'[' | b'{' => has_escape |= !self.skip_nested(levels)?,
                b't' => self.skip_word("true")?,
                b'f' => self.skip_word("false")?,
                b'n' => self.skip_word("null")?,
                _ => self.skip_number()?,
            }
            spaced(self);
            if self.skip(b',').is_none() {
                break;
            }
            spaced(self);
        }
        self.skip(end)?;
        if !is_list && count > MAX_MEMBERS {
            // This replaces a fault inside the object, because the object begins before it.
            self.fault = earlier_fault.or(Some(JsonError::TooMany));
        }
        Some(is_compact && !has_escape)
    }

    /// Moves past a value of any depth, without recursion.
    fn skip_deep(&mut self) -> Option<()> {
        let mut values = serde_json::Deserializer::from_str(self.text.get(self.at..)?).into_iter::<IgnoredAny>();
        values.next()?.ok()?;
        self.at += values.byte_offset();
        Some(())
    }

    fn skip_word(&mut self, word: &str) -> Option<()> {
        self.text.get(self.at..)?.starts_with(word).then(|| self.at += word.len())
    }

    pub(super) fn skip_number(&mut self) -> Option<()> {
        if self.peek()? == b'-' {
            self.at += 1;
        }
        match self.peek()? {
            // A digit after a leading zero is an error, because it cannot follow a value.
            b'0' => self.at += 1,
            _ => self.skip_digits()?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.skip_digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.skip_digits()?;
        }
        Some(())
    }

    fn skip_digits(&mut self) -> Option<()> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn skip_string(&mut self) -> Option<Quoted> {
        if self.peek()? != b'"' {
            return None;
        }
        self.at += 1;
        let start = self.at;
        let mut has_escape = false;
        loop {
            self.at += find_stop(self.text.as_bytes().get(self.at..)?);
            match self.peek()? {
                b'"' => {
                    let inner = Span { start, end: self.at };
                    self.at += 1;
                    return Some(Quoted { inner, has_escape });
                }
                b'\\' => {
                    has_escape = true;
                    self.is_plain = false;
                    self.at += match self.text.as_bytes().get(self.at + 1)? {
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 2,
                        b'u' => self.text.get(self.at..).and_then(escaped_unit).map(|_| 6)?,
                        _ => return None,
                    };
                }
                // A control character.
                _ => return None,
            }
        }
    }

    /// Returns the position of a string without its escapes.
    fn decode(&mut self, quoted: Quoted) -> Result<Span, LoneHalf> {
        let Quoted { inner, has_escape } = quoted;
        if has_escape { self.append(inner, unescape) } else { Ok(inner) }
    }

    /// Appends a derived string, and returns its position after the text.
    fn append(
        &mut self,
        part: Span,
        write: fn(&str, Option<&str>, &mut String) -> Result<(), LoneHalf>,
    ) -> Result<Span, LoneHalf> {
        let start = self.text.len() + self.decoded.len();
        // The result is never longer than its source.
        self.decoded.reserve(self.text.len() - part.start);
        write(part.slice(self.text), self.stand_in, &mut self.decoded)?;
        Ok(Span { start, end: self.text.len() + self.decoded.len() })
    }

    /// Returns the position of a value, or an empty one if it contains half of a surrogate pair.
    fn span_or_fault(&mut self, value: Result<Span, LoneHalf>) -> Span {
        value.unwrap_or_else(|LoneHalf| {
            self.fault.get_or_insert(JsonError::NotJson);
            Span { start: 0, end: 0 }
        })
    }
}
