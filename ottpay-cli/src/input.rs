//! Standard input and files, up to a size.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use ottpay::envelope::{Message, Value};

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
    match u64::try_from(body.len()).is_ok_and(|length| length <= LIMIT) {
        true => Ok(Text { from, body }),
        false => {
            Err(Failure::usage(format!("{from} is larger than 1 MiB")).help("no message of OTT Pay is that large"))
        }
    }
}

fn unreadable(from: &str, error: &io::Error) -> Failure {
    Failure::usage(format!("{from} cannot be read: {error}"))
}

impl Text {
    /// The members of a JSON object of strings.
    pub(crate) fn strings(&self) -> Result<BTreeMap<String, String>, Failure> {
        let from = &self.from;
        let shape = "expected a JSON object of strings, such as {\"order_id\":\"T1\",\"amount\":\"100\"}";
        let (_, fields) = Message::read_plain(&self.body)
            .map_err(|error| Failure::usage(format!("{from} is no JSON object of strings: {error}")).help(shape))?;
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
