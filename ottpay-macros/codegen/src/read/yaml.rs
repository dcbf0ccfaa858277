//! Parses text into a tree of nodes with positions. No other module uses the YAML crate.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::budget::BudgetBreach;
use serde_yaml::{Error, Location, Spanned};

use super::document::without_empty_documents;
use super::located::Located;
use super::node::{Content, Node};
use crate::diagnostic::{Diagnostics, Mistake, Place, Position};

/// The largest nesting depth of maps and lists; the language needs seven levels.
const MAX_DEPTH: usize = 16;

const FEATURE: &str = "the language does not support anchors, aliases, tags or merge keys";

/// Why a text is not a document of the language.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) mistake: Mistake,
    pub(super) at: Position,
    pub(super) message: String,
    pub(super) help: String,
}

impl Failure {
    /// Whether a single slip may have caused the failure.
    pub(super) fn may_be_a_slip(&self) -> bool {
        matches!(self.mistake, Mistake::Syntax | Mistake::YamlFeature | Mistake::WrongForm)
    }
}

/// Parses one document. Reports each duplicate key at its own position.
pub(super) fn parse(text: &str, file: &Arc<str>, diagnostics: &mut Diagnostics) -> Result<Node, Failure> {
    let options = serde_yaml::options! {
        // Each duplicate key is reported at its own position, see `reject_doubled_keys`.
        duplicate_keys: serde_yaml::DuplicateKeyPolicy::PassThrough,
        // `yes`, `no`, `on` and `off` are strings.
        strict_booleans: true,
        with_snippet: false,
        // `.inf` and `.nan` are numbers, and are rejected where a number does not belong.
        non_finite_float_policy: serde_yaml::NonFiniteFloatPolicy::PassThrough,
        budget: serde_yaml::budget! { max_depth: MAX_DEPTH, max_aliases: 0, max_anchors: 0, max_merge_keys: 0 },
    };
    match serde_yaml::from_str_with_options::<Node>(&without_empty_documents(text), options) {
        Ok(mut root) => {
            let lines: Vec<&str> = text.strip_prefix('\u{feff}').unwrap_or(text).lines().collect();
            complete_node(&mut root, file, &lines);
            if let Some(at) = find_tag(&root, &lines) {
                let help = "a string that begins with `!` needs quotes";
                return Err(Failure {
                    mistake: Mistake::YamlFeature,
                    at,
                    message: FEATURE.to_owned(),
                    help: help.to_owned(),
                });
            }
            reject_doubled_keys(&root, diagnostics);
            Ok(root)
        }
        Err(error) => Err(explain_error(&error, text, file)),
    }
}

/// Explains in this project's words why the text is not valid YAML, or uses a feature outside the language.
fn explain_error(error: &Error, text: &str, file: &Arc<str>) -> Failure {
    let at = error.location().map_or_else(|| Position::start(file.clone()), |location| to_position(&location, file));
    let (mistake, message, help) = match error.without_snippet() {
        Error::MultipleDocuments { .. } => {
            let help = "remove the line `---`, and move the second document to another file";
            (
                Mistake::SeveralDocuments,
                "a file may contain only one document, and another document begins here".to_owned(),
                help,
            )
        }
        Error::Budget { breach: BudgetBreach::Depth { .. }, .. } => {
            let message = format!("maps and lists are nested more than {MAX_DEPTH} deep");
            (Mistake::TooDeep, message, "the language needs fewer levels: is a bracket not closed?")
        }
        Error::Budget {
            breach: BudgetBreach::Aliases { .. } | BudgetBreach::Anchors { .. } | BudgetBreach::MergeKeys { .. },
            ..
        } => {
            let help = "write it out, or declare a type in types.yaml that fields share; a string that begins with `&` or `*` \
                        needs quotes";
            (Mistake::YamlFeature, FEATURE.to_owned(), help)
        }
        Error::Budget { breach: BudgetBreach::Nodes { .. } | BudgetBreach::Events { .. }, .. } => {
            let help = "remove what is not needed: is this the right file?";
            (Mistake::TooMany, "the file has more entries than any specification needs".to_owned(), help)
        }
        Error::UnknownAnchor { .. } | Error::UnsupportedTag { .. } => {
            let help = "write it out; a string that begins with `*` or `!` needs quotes";
            (Mistake::YamlFeature, FEATURE.to_owned(), help)
        }
        error if error.to_string().contains("recursion limit") => {
            (Mistake::TooDeep, "maps and lists are nested too deep".to_owned(), "is a bracket not closed?")
        }
        Error::NullIntoString { .. } | Error::Unexpected { .. } => {
            (Mistake::WrongForm, "a key must be a name".to_owned(), "write it as `name: …`")
        }
        error => match find_tab(text, &at) {
            Some(tab) => {
                let (message, help) = ("the indentation contains a tab".to_owned(), "indent with spaces".to_owned());
                return Failure { mistake: Mistake::Tab, at: tab, message, help };
            }
            None => {
                let message = format!("not valid YAML: {}", strip_place(&error.to_string()));
                let help = "check the indentation of this line and of the ones before; a string that contains `: ` or \
                            ` #`, or begins with one of ``{}[],&*!|>%@`` or a backtick, needs quotes; a key needs `: ` \
                            after it; brackets and quotes must be closed";
                (Mistake::Syntax, message, help)
            }
        },
    };
    Failure { mistake, at, message, help: help.to_owned() }
}

/// Removes the position at the beginning or end of the library's message.
fn strip_place(message: &str) -> &str {
    let message = message.split_once(": ").filter(|(head, _)| head.contains("line")).map_or(message, |(_, rest)| rest);
    message.rsplit_once(" at line ").map_or(message, |(message, _)| message)
}

/// Finds the first tab in the indentation of the line at which the parser failed, of the next line that is not empty,
/// or of the previous line.
fn find_tab(text: &str, at: &Position) -> Option<Position> {
    let tab = |line: u32| {
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        let indentation = text.lines().nth(index)?.chars().take_while(|character| character.is_whitespace());
        let column = indentation.zip(1..).find(|(character, _)| *character == '\t')?.1;
        Some(Position { file: at.file.clone(), line, column })
    };
    let stopped = usize::try_from(at.line).unwrap_or(usize::MAX);
    let next = text.lines().zip(1_u32..).skip(stopped).find(|(line, _)| !line.trim().is_empty());
    tab(at.line).or_else(|| tab(next?.1)).or_else(|| tab(at.line.saturating_sub(1)))
}

/// Completes a document: the parser knows no file name, and does not keep the spelling of scalars.
fn complete_node(node: &mut Node, file: &Arc<str>, lines: &[&str]) {
    node.at.file = file.clone();
    node.spelling = find_spelling(node, lines);
    match &mut node.content {
        Content::List(items) => items.iter_mut().for_each(|item| complete_node(item, file, lines)),
        Content::Map(entries) => {
            for (key, value) in entries {
                key.at.file = file.clone();
                complete_node(value, file, lines);
            }
        }
        _ => {}
    }
}

/// Returns the spelling of a scalar, if it is on one line.
fn find_spelling(node: &Node, lines: &[&str]) -> Option<String> {
    let index = usize::try_from(node.at.line).ok()?.checked_sub(1)?;
    let line = lines.get(index)?;
    let token = Place { position: node.at.clone(), line: None }.token_range(line);
    let spelling = line.get(token)?;
    let is_spelled = match &node.content {
        Content::Text(text) => {
            let inner = spelling.strip_prefix(['"', '\'']).and_then(|rest| rest.strip_suffix(['"', '\'']));
            spelling == text || inner.is_some_and(|inner| inner == text)
        }
        Content::Number(_) => spelling.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)),
        Content::Bool(_) => true,
        // The position of an absent value is that of the next token.
        Content::Null => matches!(spelling, "~" | "null" | "Null" | "NULL"),
        Content::List(_) | Content::Map(_) => false,
    };
    is_spelled.then(|| spelling.to_owned())
}

/// Returns the position of a tag before a node; the parser drops tags silently.
fn find_tag(node: &Node, lines: &[&str]) -> Option<Position> {
    let found = match &node.content {
        Content::List(items) => items.iter().find_map(|item| find_tag(item, lines)),
        Content::Map(entries) => entries.iter().find_map(|(_, value)| find_tag(value, lines)),
        _ => None,
    };
    let of_node = || {
        let index = usize::try_from(node.at.line).ok()?.checked_sub(1)?;
        let column = usize::try_from(node.at.column).ok()?.checked_sub(1)?;
        let line = lines.get(index).filter(|line| line.contains('!'))?;
        let before: String = line.chars().take(column).collect();
        let word = before.trim_end().rsplit(' ').next().filter(|word| word.starts_with('!'))?;
        let length = before.trim_end().chars().count() - word.chars().count();
        Some(Position { column: u32::try_from(length).ok()?.saturating_add(1), ..node.at.clone() })
    };
    found.or_else(of_node)
}

fn reject_doubled_keys(node: &Node, diagnostics: &mut Diagnostics) {
    match &node.content {
        Content::List(items) => items.iter().for_each(|item| reject_doubled_keys(item, diagnostics)),
        Content::Map(entries) => {
            let mut first = BTreeMap::new();
            for (key, value) in entries {
                if let Some(earlier) = first.insert(&key.value, &key.at) {
                    let message = format!("the key `{}` appears twice", key.value);
                    let related = (earlier, "first here");
                    let help = "remove one of the two";
                    diagnostics.report_beside(Mistake::DoubledKey, &key.at, message, related, help);
                }
                reject_doubled_keys(value, diagnostics);
            }
        }
        _ => {}
    }
}

fn to_position(location: &Location, file: &Arc<str>) -> Position {
    let number = |value: u64| u32::try_from(value).unwrap_or(u32::MAX).max(1);
    Position { file: file.clone(), line: number(location.line()), column: number(location.column()) }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Content>::deserialize(deserializer)?;
        Ok(Self { at: to_position(&spanned.referenced, &Arc::default()), content: spanned.value, spelling: None })
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, a list or a map")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Content, E> {
        Ok(Content::Text(text.to_owned()))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Content, E> {
        Ok(Content::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Content, E> {
        Ok(Content::Number(value.to_string()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Content, E> {
        Ok(Content::Number(value.to_string()))
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Content, E> {
        Ok(Content::Number(value.to_string()))
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Content, E> {
        Ok(Content::Number(value.to_string()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Content, E> {
        Ok(Content::Number(value.to_string()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Content, E> {
        Ok(Content::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Content, E> {
        Ok(Content::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Content, D::Error> {
        Content::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Content, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Content::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Content, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            let at = to_position(&key.referenced, &Arc::default());
            entries.push((Located { value: key.value, at }, map.next_value()?));
        }
        Ok(Content::Map(entries))
    }
}
