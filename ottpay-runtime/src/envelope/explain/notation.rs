//! How languages print values that are not strings.

use super::tree::Tree;
use super::written::Member;
use crate::envelope::value::Value;
use crate::envelope::write::write_string;

/// How a language prints such values.
pub(super) struct Notation {
    /// The beginning, separator and end of a list; the beginning of an object, what follows a name, separator and end.
    list: [&'static str; 3],
    object: [&'static str; 4],
    text: fn(&str, &mut String),
    name: fn(&str, &mut String),
    null: &'static str,
    booleans: [&'static str; 2],
    number: fn(&str) -> String,
    is_sorted: bool,
}

const JSON: Notation = Notation {
    list: ["[", ",", "]"],
    object: ["{", ":", ",", "}"],
    text: write_string,
    name: write_string,
    null: "null",
    booleans: ["false", "true"],
    number: str::to_owned,
    is_sorted: false,
};

pub(super) const SORTED_JSON: Notation = Notation { is_sorted: true, ..JSON };
pub(super) const SPACED_JSON: Notation =
    Notation { list: ["[", ", ", "]"], object: ["{", ": ", ", ", "}"], text: write_ascii, name: write_ascii, ..JSON };
pub(super) const SPACED_SORTED_JSON: Notation = Notation { is_sorted: true, ..SPACED_JSON };
pub(super) const SPACED_UNICODE_JSON: Notation = Notation { text: write_string, name: write_string, ..SPACED_JSON };
pub(super) const PHP_JSON: Notation = Notation { text: write_php, name: write_php, ..JSON };
pub(super) const ASCII_JSON: Notation = Notation { text: write_ascii, name: write_ascii, ..JSON };
pub(super) const JAVASCRIPT_JSON: Notation = Notation { number: format_javascript, ..JSON };
pub(super) const PYTHON: Notation = Notation {
    list: ["[", ", ", "]"],
    object: ["{", ": ", ", ", "}"],
    text: write_python,
    name: write_python,
    null: "None",
    booleans: ["False", "True"],
    number: format_python,
    is_sorted: false,
};
pub(super) const GO: Notation = Notation {
    list: ["[", " ", "]"],
    object: ["map[", ":", " ", "]"],
    text: write_bare,
    name: write_bare,
    null: "<nil>",
    number: format_go,
    is_sorted: true,
    ..JSON
};
pub(super) const RUBY: Notation =
    Notation { list: ["[", ", ", "]"], object: ["{", " => ", ", ", "}"], null: "nil", number: format_python, ..JSON };
pub(super) const OLD_RUBY: Notation = Notation { object: ["{", "=>", ", ", "}"], ..RUBY };
pub(super) const SWIFT: Notation =
    Notation { list: ["[", ", ", "]"], object: ["[", ": ", ", ", "]"], null: "nil", number: format_python, ..JSON };
pub(super) const DART: Notation =
    Notation { list: ["[", ", ", "]"], object: ["{", ": ", ", ", "}"], text: write_bare, name: write_bare, ..JSON };
pub(super) const GROOVY: Notation = Notation { object: ["[", ":", ", ", "]"], ..DART };
pub(super) const JAVA: Notation = Notation { object: ["{", "=", ", ", "}"], ..DART };
pub(super) const SCALA: Notation = Notation { list: ["List(", ", ", ")"], object: ["Map(", " -> ", ", ", ")"], ..DART };
/// Only the values inside, without anything between them.
pub(super) const FLAT: Notation =
    Notation { list: ["", "", ""], object: ["", "", "", ""], text: write_bare, name: |_, _| {}, null: "", ..JSON };
pub(super) const FLAT_SORTED: Notation = Notation { is_sorted: true, ..FLAT };

/// Ways to write a whole object.
pub(super) const OBJECTS: [&Notation; 6] =
    [&JSON, &SPACED_JSON, &SPACED_UNICODE_JSON, &PHP_JSON, &ASCII_JSON, &SORTED_JSON];

impl Notation {
    /// Prints an object with these members.
    pub(super) fn print_object(&self, members: &[Member<'_>]) -> String {
        let members: Vec<_> =
            members.iter().map(|(name, value)| ((*name).to_owned(), Tree::from_value(*value))).collect();
        let mut out = String::new();
        self.write_members(&members.iter().collect::<Vec<_>>(), &mut out);
        out
    }

    fn write_members(&self, members: &[&(String, Tree)], out: &mut String) {
        let [open, colon, between, close] = self.object;
        write_joined(out, open, between, close, members, |(name, value), out| {
            (self.name)(name, out);
            out.push_str(colon);
            self.write(value, out);
        });
    }

    /// Prints a value in this notation, but a string unchanged.
    pub(super) fn print_value(&self, value: Value<'_>, text: &str) -> Vec<u8> {
        if matches!(value, Value::Text(_)) {
            return text.into();
        }
        let mut out = String::new();
        self.write(&Tree::from_value(value), &mut out);
        out.into()
    }

    /// Prints a list or an object in this notation, and everything else unchanged.
    pub(super) fn print_nested(&self, value: Value<'_>, text: &str) -> Vec<u8> {
        if matches!(value, Value::Nested(_)) { self.print_value(value, text) } else { text.into() }
    }

    fn write(&self, value: &Tree, out: &mut String) {
        match value {
            Tree::Text(text) => (self.text)(text, out),
            Tree::Number(number) => out.push_str(&(self.number)(number)),
            Tree::Bool(value) => {
                let [no, yes] = self.booleans;
                out.push_str(if *value { yes } else { no });
            }
            Tree::Null => out.push_str(self.null),
            Tree::List(items) => {
                let [open, between, close] = self.list;
                write_joined(out, open, between, close, items, |item, out| self.write(item, out));
            }
            Tree::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                if self.is_sorted {
                    members.sort_by(|(a, _), (b, _)| a.cmp(b));
                }
                self.write_members(&members, out);
            }
        }
    }
}

/// Prints a value like JavaScript's `String(value)`.
pub(super) fn print_javascript(value: Value<'_>, text: &str) -> Vec<u8> {
    fn write(value: &Tree, out: &mut String) {
        match value {
            Tree::Text(text) => out.push_str(text),
            Tree::Number(number) => out.push_str(&format_javascript(number)),
            Tree::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Tree::Null => {}
            Tree::List(items) => write_joined(out, "", ",", "", items, write),
            Tree::Object(_) => out.push_str("[object Object]"),
        }
    }
    match value {
        Value::Text(_) => text.into(),
        Value::Null => "null".into(),
        _ => {
            let mut out = String::new();
            write(&Tree::from_value(value), &mut out);
            out.into()
        }
    }
}

/// Prints a value as PHP converts it to a string.
pub(super) fn print_php(value: Value<'_>, text: &str) -> Vec<u8> {
    match value {
        Value::Text(_) => text.into(),
        Value::Number(number) => format_php(number).into(),
        Value::Bool(true) => "1".into(),
        Value::Bool(false) | Value::Null => Vec::new(),
        Value::Nested(_) => "Array".into(),
    }
}

/// Prints a value like .NET's `ToString`, which prints the type's name for a collection.
pub(super) fn print_dotnet(value: Value<'_>, text: &str, list: &str, object: &str) -> Vec<u8> {
    match value {
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Null => Vec::new(),
        Value::Nested(nested) => if nested.as_json().starts_with('[') { list } else { object }.into(),
        Value::Text(_) | Value::Number(_) => text.into(),
    }
}

/// Prints JSON over several lines.
pub(super) fn print_indented(value: Value<'_>, text: &str, indent: &str, line_end: &str) -> Vec<u8> {
    fn write(value: &Tree, indent: &str, line_end: &str, depth: usize, out: &mut String) {
        let inner = format!("{line_end}{}", indent.repeat(depth + 1));
        let (outer, between) = (format!("{line_end}{}", indent.repeat(depth)), format!(",{inner}"));
        match value {
            Tree::List(items) if items.is_empty() => out.push_str("[]"),
            Tree::Object(members) if members.is_empty() => out.push_str("{}"),
            Tree::List(items) => {
                write_joined(out, &format!("[{inner}"), &between, &format!("{outer}]"), items, |item, out| {
                    write(item, indent, line_end, depth + 1, out);
                });
            }
            Tree::Object(members) => {
                let (open, close) = (format!("{{{inner}"), format!("{outer}}}"));
                write_joined(out, &open, &between, &close, members, |(name, value), out| {
                    write_string(name, out);
                    out.push_str(": ");
                    write(value, indent, line_end, depth + 1, out);
                });
            }
            other => JSON.write(other, out),
        }
    }
    if !matches!(value, Value::Nested(_)) {
        return text.into();
    }
    let mut out = String::new();
    write(&Tree::from_value(value), indent, line_end, 0, &mut out);
    out.into()
}

/// Writes items between `start` and `end`, with `between` after each but the last.
fn write_joined<T>(
    out: &mut String,
    start: &str,
    between: &str,
    end: &str,
    items: &[T],
    mut write: impl FnMut(&T, &mut String),
) {
    out.push_str(start);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(between);
        }
        write(item, out);
    }
    out.push_str(end);
}

fn write_bare(text: &str, out: &mut String) {
    out.push_str(text);
}

/// Writes a JSON string in which every character outside ASCII is escaped.
fn write_ascii(text: &str, out: &mut String) {
    let mut json = String::new();
    write_string(text, &mut json);
    for character in json.chars() {
        match character.is_ascii() {
            true => out.push(character),
            false => {
                character.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")))
            }
        }
    }
}

/// Writes a string like PHP's `json_encode`.
fn write_php(text: &str, out: &mut String) {
    let mut json = String::new();
    write_ascii(text, &mut json);
    out.push_str(&json.replace('/', "\\/"));
}

/// Writes a string like Python's `repr`.
fn write_python(text: &str, out: &mut String) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if character == quote => out.extend(['\\', quote]),
            _ => out.push(character),
        }
    }
    out.push(quote);
}

/// The shortest digits that identify a double.
struct Digits {
    sign: &'static str,
    digits: String,
    /// The number of digits before the point.
    point: i32,
}

impl Digits {
    fn read(text: &str) -> Option<Self> {
        let number = text.parse::<f64>().ok().filter(|number| number.is_finite())?;
        let shortest = format!("{number:e}");
        let (mantissa, exponent) = shortest.split_once('e')?;
        let sign = if mantissa.starts_with('-') { "-" } else { "" };
        let digits = mantissa.trim_start_matches('-').replace('.', "");
        Some(Self { sign, digits, point: exponent.parse::<i32>().ok()? + 1 })
    }

    /// Formats the number without an exponent, and without a point if it is whole.
    fn format_plain(&self) -> String {
        let Self { sign, digits, point } = self;
        let length = i32::try_from(digits.len()).unwrap_or(i32::MAX);
        let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or_default());
        match *point {
            point if point <= 0 => format!("{sign}0.{}{digits}", zeros(-point)),
            point if point >= length => format!("{sign}{digits}{}", zeros(point - length)),
            point => {
                let (whole, fraction) =
                    digits.split_at_checked(usize::try_from(point).unwrap_or_default()).unwrap_or((digits, ""));
                format!("{sign}{whole}.{fraction}")
            }
        }
    }

    /// Formats the number with an exponent of at least this many digits.
    fn format_scientific(&self, whole: &str, letter: char, width: usize) -> String {
        let (first, rest) = self.digits.split_at_checked(1).unwrap_or((&self.digits, ""));
        let fraction = if rest.is_empty() { whole.to_owned() } else { format!(".{rest}") };
        let exponent = self.point - 1;
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{}{first}{fraction}{letter}{sign}{:0width$}", self.sign, exponent.unsigned_abs())
    }
}

fn format_javascript(text: &str) -> String {
    match Digits::read(text) {
        None => text.to_owned(),
        Some(number) if number.digits == "0" => "0".to_owned(),
        // JavaScript writes an exponent below 1e-6 and from 1e21 on.
        Some(number) if (-5..=21).contains(&number.point) => number.format_plain(),
        Some(number) => number.format_scientific("", 'e', 1),
    }
}

fn format_python(text: &str) -> String {
    match Digits::read(text) {
        Some(number) if text.contains(['.', 'e', 'E']) => {
            let plain = number.format_plain();
            // Python writes an exponent below 1e-4 and from 1e16 on.
            match number.point {
                -3..=16 if plain.contains('.') => plain,
                -3..=16 => format!("{plain}.0"),
                _ => number.format_scientific("", 'e', 2),
            }
        }
        _ => text.to_owned(),
    }
}

/// Formats a number as Go's `fmt` prints a `float64`.
fn format_go(text: &str) -> String {
    match Digits::read(text) {
        None => text.to_owned(),
        // Go writes an exponent below 1e-4 and from 1e6 on.
        Some(number) if number.digits == "0" || (-3..=6).contains(&number.point) => number.format_plain(),
        Some(number) => number.format_scientific("", 'e', 2),
    }
}

fn format_php(text: &str) -> String {
    match Digits::read(text) {
        Some(number) if text.contains(['.', 'e', 'E']) => match number.point {
            _ if number.digits == "0" => "0".to_owned(),
            -3..=15 => number.format_plain(),
            _ => number.format_scientific(".0", 'E', 1),
        },
        _ => text.to_owned(),
    }
}
