//! Standard input and files, up to a size.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use ottpay::envelope::{Message, MessageError, Value};

use crate::failure::Failure;

/// The most that is read, in bytes.
pub(crate) const LIMIT: u64 = 1024 * 1024;

/// Where text comes from, for messages.
pub(crate) struct Text {
    /// `standard input`, or the file.
    pub(crate) from: String,
    /// What is in it.
    pub(crate) body: Vec<u8>,
}

/// All of standard input.
pub(crate) fn standard() -> Result<Text, Failure> {
    read(io::stdin().lock(), "standard input".to_owned())
}

/// A whole file.
pub(crate) fn file(path: &Path) -> Result<Text, Failure> {
    let from = path.display().to_string();
    let file = File::open(path).map_err(|error| unreadable(&from, &error))?;
    read(file, from)
}

fn read(source: impl Read, from: String) -> Result<Text, Failure> {
    let mut body = Vec::new();
    source.take(LIMIT + 1).read_to_end(&mut body).map_err(|error| unreadable(&from, &error))?;
    match is_small(&body) {
        true => Ok(Text { from, body }),
        false => {
            Err(Failure::usage(format!("{from} is larger than 1 MiB")).help("no message of OTT Pay is that large"))
        }
    }
}

/// Whether somebody would read it.
pub(crate) fn is_small(body: &[u8]) -> bool {
    u64::try_from(body.len()).is_ok_and(|length| length <= LIMIT)
}

fn unreadable(from: &str, error: &io::Error) -> Failure {
    Failure::usage(format!("{from} cannot be read: {error}"))
}

impl Text {
    /// The members of a JSON object of strings.
    pub(crate) fn strings(&self) -> Result<BTreeMap<String, String>, Failure> {
        let from = &self.from;
        let wrong = |what: String| {
            Failure::usage(format!("{from}{what}"))
                .help("expected a JSON object of strings, such as {\"order_id\":\"T1\",\"amount\":\"100\"}")
        };
        let body = self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body);
        if body.trim_ascii().is_empty() {
            return Err(wrong(" is empty".to_owned()));
        }
        match serde_json::from_slice::<serde_json::Value>(body) {
            Ok(value) if value.is_object() => {}
            Ok(_) => return Err(wrong(" is JSON, but no object".to_owned())),
            Err(error) => {
                // The parser's words have nothing of the text in them, and name the place once more.
                let (line, column, said) = (error.line(), error.column(), error.to_string());
                let said = said.split(" at line ").next().unwrap_or_default();
                let said = match said {
                    _ if error.is_eof() => "the end is missing",
                    _ if said.contains("hex escape") => "an escape \\uXXXX is cut off, or half of a surrogate pair",
                    _ if said.contains("control character") => "a line break or another control character in a string",
                    "key must be a string" => "expected a name in double quotation marks",
                    "trailing comma" => "nothing comes after the comma",
                    "trailing characters" => "something stands behind the object",
                    "expected ident" | "expected value" => "expected a value, such as \"T1\"",
                    "invalid escape" => "JSON has no such escape",
                    other => other,
                };
                return Err(wrong(format!(":{line}:{column}: this is no JSON: {said}")));
            }
        }
        let (_, fields) = Message::read_plain(body).map_err(|error| match error {
            MessageError::DuplicateMember => wrong(": two members have the same name".to_owned()),
            MessageError::TooManyMembers => wrong(" has more than 500 members".to_owned()),
            other => wrong(format!(": {other}")),
        })?;
        let strings = fields.iter().map(|(name, value)| match value {
            Value::Text(text) => Ok((name.to_owned(), text.clone())),
            _ => {
                let kind = match value {
                    Value::Number(_) => "a number",
                    Value::Bool(_) => "a boolean",
                    Value::Null => "null",
                    _ => "a list or an object",
                };
                Err(Failure::usage(format!("{from}: the value of `{name}` is {kind}, expected a string"))
                    .help("write every value in quotation marks: how others are digested, OTT Pay does not say"))
            }
        });
        strings.collect()
    }
}
