//! Reads YAML into entries with their places; no other module uses the YAML crate. Values keep their written form, so
//! that `0020` keeps its zeros.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_yaml::{Error, Location, Spanned};

use super::error::{Mistakes, Place};
use super::step::Located;
use crate::line::escape;

/// The maximum depth of maps and lists; the `fields` of a step are the deepest map.
const MAX_DEPTH: usize = 8;

/// The content of a file before it is parsed.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) entries: Vec<Entry>,
    pub(super) steps: Option<Vec<Entries>>,
    /// Unknown keys.
    pub(super) unknown: Vec<Located<String>>,
}

/// A key and its value.
pub(super) type Entry = (Located<String>, Located<String>);

/// The entries of one step.
#[derive(Debug)]
pub(super) struct Entries {
    pub(super) entries: Vec<Entry>,
    /// The map `fields`, with the place of its key.
    pub(super) fields: Option<(Place, Vec<Entry>)>,
}

/// Reads one document. Returns `None` and reports a mistake if the YAML is invalid.
pub(super) fn read(text: &str, mistakes: &mut Mistakes) -> Option<Document> {
    let options = serde_yaml::options! {
        strict_booleans: true,
        with_snippet: false,
        budget: serde_yaml::budget! { max_depth: MAX_DEPTH, max_aliases: 0, max_anchors: 0, max_merge_keys: 0 },
    };
    match serde_yaml::from_str_with_options(text, options) {
        Ok(document) => Some(document),
        Err(error) => {
            let place = error.location().map_or(Place { line: 1, column: 1 }, |location| to_place(&location));
            mistakes.report(place, explain(&error));
            None
        }
    }
}

fn explain(error: &Error) -> String {
    match error.without_snippet() {
        Error::NullIntoString { .. } => "the value is missing; write it after the colon".to_owned(),
        Error::Unexpected { expected, .. } if expected.starts_with("string") || expected.contains("scalar") => {
            "expected a string; only `steps` is a list, and only `fields` is a map".to_owned()
        }
        Error::Unexpected { expected, .. } if expected.starts_with("map") => {
            "expected a map; write the beginning of a file as `scenario: TITLE`, a step as `- pay: T1`, and fields as \
             `fields: { amount: 1999 }`"
                .to_owned()
        }
        Error::Unexpected { expected, .. } if expected.starts_with("seq") => {
            "expected a list of steps, such as `- pay: T1`".to_owned()
        }
        Error::DuplicateMappingKey { key: Some(key), .. } => {
            format!("duplicate key `{}`; each step of a list begins with `- `", escape(key))
        }
        Error::MultipleDocuments { .. } => "a second YAML document begins here; move it to its own file".to_owned(),
        Error::Budget { .. } => {
            "anchors, aliases, merge keys and deep nesting are not supported; write the value in full".to_owned()
        }
        error => {
            let text = error.to_string();
            // The message of the crate repeats the place, which is reported with the mistake.
            let text = text.split(" at line ").next().unwrap_or_default();
            let text = text.split_once(": ").filter(|(head, _)| head.contains("line ")).map_or(text, |(_, rest)| rest);
            format!("not valid YAML: {text}; check the indentation, and put strings with `: ` or ` #` in quotes")
        }
    }
}

fn to_place(location: &Location) -> Place {
    Place { line: location.line().max(1), column: location.column().max(1) }
}

fn to_located(spanned: Spanned<String>) -> Located<String> {
    Located { at: to_place(&spanned.referenced), value: spanned.value }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(DocumentVisitor)
    }
}

struct DocumentVisitor;

impl<'de> Visitor<'de> for DocumentVisitor {
    type Value = Document;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map with `scenario` and `steps`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Document, A::Error> {
        let mut document = Document { entries: Vec::new(), steps: None, unknown: Vec::new() };
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            match &*key.value {
                "steps" => document.steps = Some(map.next_value()?),
                "scenario" | "callbacks" => document.entries.push((to_located(key), to_located(map.next_value()?))),
                _ => {
                    // Collected, because an error here would end the parsing and hide the other mistakes.
                    document.unknown.push(to_located(key));
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(document)
    }
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(StepVisitor)
    }
}

struct StepVisitor;

impl<'de> Visitor<'de> for StepVisitor {
    type Value = Entries;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a step")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
        let mut step = Entries { entries: Vec::new(), fields: None };
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            match &*key.value {
                "fields" => step.fields = Some((to_place(&key.referenced), map.next_value::<Fields>()?.0)),
                _ => step.entries.push((to_located(key), to_located(map.next_value()?))),
            }
        }
        Ok(step)
    }
}

/// The map `fields`.
struct Fields(Vec<Entry>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of fields")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Vec::new();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            fields.push((to_located(key), to_located(map.next_value()?)));
        }
        Ok(Fields(fields))
    }
}
