//! The keys of the language as Markdown tables, generated from the shapes that the reader uses.

use std::fmt::Write;

use crate::read::{
    KeyShape, Map as _, MapShape, RawAcknowledgement, RawAction, RawCallback, RawCode, RawEnum, RawExample, RawField,
    RawGateway, RawMethod, RawNoQuery, RawObject, RawQuery, RawWord, Shape, in_one_line,
};

/// Every map of the language with its heading, in the order in which a reader needs them.
const MAPS: [(&str, &MapShape); 13] = [
    ("An action", RawAction::SHAPE),
    ("A field", RawField::SHAPE),
    ("One of several methods", RawMethod::SHAPE),
    ("A query", RawQuery::SHAPE),
    ("The lack of a query", RawNoQuery::SHAPE),
    ("An example", RawExample::SHAPE),
    ("An enum", RawEnum::SHAPE),
    ("A value of an enum", RawWord::SHAPE),
    ("An object", RawObject::SHAPE),
    ("A callback", RawCallback::SHAPE),
    ("The gateway", RawGateway::SHAPE),
    ("A response code", RawCode::SHAPE),
    ("The answer to a callback", RawAcknowledgement::SHAPE),
];

/// Writes the tables of all keys, each under a heading of the third level.
pub fn render_language() -> String {
    let mut text = String::new();
    for (headline, shape) in MAPS {
        let about = in_one_line(shape.about);
        let _ = writeln!(text, "### {headline}\n\n{about}\n\n| key | value | meaning |\n|---|---|---|");
        for key in shape.keys {
            let _ = writeln!(text, "| `{}` | {} | {} |", key.name, name_shape(key), describe_key(key));
        }
        text.push('\n');
    }
    text
}

fn name_shape(key: &KeyShape) -> &'static str {
    match key.shape {
        Shape::Text if key.words.is_some() => "a keyword",
        Shape::Text => "a string",
        Shape::Flag => "`true`",
        Shape::Number => "a number",
        Shape::Texts => "a list of strings",
        Shape::Map(_) => "a map",
        Shape::Maps(_) => "a map of names",
        Shape::MapsInOrder(..) => "a list of maps, or a map",
        Shape::Values => "a map of strings",
        Shape::NamedValues => "a map of names to maps of strings",
    }
}

fn describe_key(key: &KeyShape) -> String {
    let required = match key.unless {
        Some(other) => format!("**Required**, unless there is `{other}`. "),
        None if key.required => "**Required.** ".to_owned(),
        None => String::new(),
    };
    let words = key.words.map_or_else(String::new, |words| {
        let words: Vec<_> = words().iter().map(|word| format!("`{word}`")).collect();
        match &*words {
            [only] => format!(" The keyword is {only}."),
            several => format!(" One of {}.", several.join(", ")),
        }
    });
    format!("{required}{}{words}", in_one_line(key.doc))
}
