//! The kinds of values in the language, and how they are read.

use super::entries::{limit_entries, parse_entries, parse_text};
use super::located::Located;
use super::map::Map;
use super::node::{Content, Node};
use super::shape::Shape;
use crate::diagnostic::{Diagnostics, Mistake, Position};

/// A value of a key. For an absent key, it is the default.
pub(crate) trait Value: Default {
    /// The shape, for the schema.
    const SHAPE: Shape;

    /// Whether it is empty.
    fn is_absent(&self) -> bool;

    /// Reads the value.
    fn read(found: Found, diagnostics: &mut Diagnostics) -> Self;
}

/// A value as it was found under a key.
pub(crate) struct Found {
    pub(crate) node: Node,
    /// The position of the key.
    pub(crate) key: Position,
    /// A description for messages: "`aliases` of the field `tip`".
    pub(crate) what: String,
}

impl Found {
    /// Reports a value of the wrong form. `why` explains the problem if the rest of the message does not.
    fn report_wrong(&self, expected: &str, why: &str, help: impl Into<String>, diagnostics: &mut Diagnostics) {
        let message = format!("{} must be {expected}, found {}{why}", self.what, self.node.describe());
        diagnostics.report(Mistake::WrongForm, &self.node.at, message, help);
    }
}

/// An optional string.
impl Value for Option<Located<String>> {
    const SHAPE: Shape = Shape::Text;

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn read(found: Found, diagnostics: &mut Diagnostics) -> Self {
        parse_text(found.node, &found.what, diagnostics)
    }
}

/// A key that is `true` or absent, with its position if it is `true`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flag(Option<Position>);

impl Flag {
    /// Returns whether it is `true`.
    pub fn is_set(&self) -> bool {
        self.0.is_some()
    }

    /// Returns the position of the key, if it is `true`.
    pub fn position(&self) -> Option<&Position> {
        self.0.as_ref()
    }
}

impl Value for Flag {
    const SHAPE: Shape = Shape::Flag;

    fn is_absent(&self) -> bool {
        !self.is_set()
    }

    fn read(found: Found, diagnostics: &mut Diagnostics) -> Self {
        match found.node.content {
            Content::Bool(value) => Self(value.then_some(found.key)),
            _ => {
                let help = match &found.node.content {
                    Content::Text(text) if is_word(text, &["true", "yes", "on", "y"]) => "write `true`, without quotes",
                    Content::Text(text) if is_word(text, &["false", "no", "off", "n"]) => "remove the key",
                    _ => "write `true`, without quotes, or remove the key",
                };
                found.report_wrong("true or false", "", help, diagnostics);
                Self::default()
            }
        }
    }
}

/// Whether a string is one of these words, in any case.
fn is_word(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Explains why something is not a whole number of at least 0, if that is not obvious, and what to write instead.
fn explain_number(node: &Node) -> (&'static str, String) {
    let digits = "write a number in digits, such as `10`".to_owned();
    let bare = || node.short_spelling().unwrap_or_default().trim_matches(['"', '\'']).parse::<usize>();
    // `parse` accepts the sign as well, but then the fault is not leading zeros.
    let is_signed = node.short_spelling().is_some_and(|spelling| spelling.starts_with('+'));
    match &node.content {
        Content::Number(number) => match number.strip_prefix('-').unwrap_or(number) {
            "inf" => (", which is infinite", "write a number in digits, or remove the key".to_owned()),
            "NaN" => (", which YAML reads as \"not a number\"", digits),
            _ if number.starts_with('-') && number != "-0" => {
                (", which is negative", "write a number of at least 0".to_owned())
            }
            _ if bare().is_ok() && !is_signed => (", which has leading zeros", format!("write `{number}`")),
            magnitude if !magnitude.bytes().all(|byte| byte.is_ascii_digit()) => {
                (", which is not whole", "write a whole number, in digits".to_owned())
            }
            magnitude if magnitude.parse::<usize>().is_err() => {
                (", which is too large", "write a smaller number".to_owned())
            }
            magnitude => (", which is not written as a whole number", format!("write `{magnitude}`")),
        },
        Content::Text(_) => match bare() {
            Ok(number) => ("", format!("remove the quotes: `{number}`")),
            Err(_) => ("", digits),
        },
        Content::Null => ("", "write a number in digits, or remove the key".to_owned()),
        _ => ("", digits),
    }
}

/// Whether a number is written in decimal digits without leading zeros.
fn is_written_whole(node: &Node) -> bool {
    // Without a spelling, nothing shows that it was written in another way.
    let Some(digits) = node.spelling.as_deref() else { return true };
    let has_zeros = digits.len() > 1 && digits.starts_with('0');
    !has_zeros && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// An optional whole number.
impl Value for Option<Located<usize>> {
    const SHAPE: Shape = Shape::Number;

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn read(found: Found, diagnostics: &mut Diagnostics) -> Self {
        if let Content::Number(text) = &found.node.content
            && let Ok(value) = text.parse()
            && is_written_whole(&found.node)
        {
            return Some(Located { value, at: found.node.at });
        }
        let (why, help) = explain_number(&found.node);
        found.report_wrong("a whole number of at least 0", why, help, diagnostics);
        None
    }
}

/// A list of strings; empty if absent.
impl Value for Vec<Located<String>> {
    const SHAPE: Shape = Shape::Texts;

    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn read(found: Found, diagnostics: &mut Diagnostics) -> Self {
        let Content::List(mut items) = found.node.content else {
            let help = match (&found.node.content, found.node.short_spelling()) {
                (Content::Map(_) | Content::Null, _) | (_, None) => {
                    "write it as `[A, B]`, or each entry on a line that begins with `- `".to_owned()
                }
                (Content::Text(_), Some(spelling)) => format!("write it as a list: `[{spelling}]`"),
                (_, Some(spelling)) => format!("write it as a list: `[\"{spelling}\"]`"),
            };
            found.report_wrong("a list", "", help, diagnostics);
            return Self::new();
        };
        if items.is_empty() {
            let message = format!("{} is an empty list", found.what);
            diagnostics.report(Mistake::Empty, &found.node.at, message, "add an entry, or remove the key");
        }
        limit_entries(&mut items, |node| &node.at, &found.what, diagnostics);
        let what = format!("an entry of {}", found.what);
        items.into_iter().filter_map(|item| parse_text(item, &what, diagnostics)).collect()
    }
}

/// An optional map.
impl<M: Map> Value for Option<M> {
    const SHAPE: Shape = Shape::Map(M::SHAPE);

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn read(found: Found, diagnostics: &mut Diagnostics) -> Self {
        let name = Located { value: String::new(), at: found.node.at.clone() };
        Some(M::read(name, found.node, diagnostics))
    }
}

/// Maps by name; empty if absent.
impl<M: Map> Value for Vec<M> {
    const SHAPE: Shape = Shape::Maps(M::SHAPE);

    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn read(found: Found, diagnostics: &mut Diagnostics) -> Self {
        let entries = parse_entries(found.node, &found.what, diagnostics);
        entries.into_iter().map(|(name, node)| M::read(name, node, diagnostics)).collect()
    }
}
