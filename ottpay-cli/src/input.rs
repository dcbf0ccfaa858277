//! Standard input and files, up to a limit.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use ottpay::envelope::{Message, MessageError, Value};

use crate::failure::Failure;

/// Maximum size in bytes.
pub(crate) const LIMIT: u64 = 1024 * 1024;

/// What was read.
pub(crate) struct Input {
    /// `standard input`, or the file, for messages.
    pub(crate) from: String,
    /// Its bytes.
    pub(crate) body: Vec<u8>,
}

/// Reads standard input to its end.
pub(crate) fn read_stdin() -> Result<Input, Failure> {
    read(io::stdin().lock(), "standard input".to_owned())
}

/// Reads a file to its end.
pub(crate) fn read_file(path: &Path) -> Result<Input, Failure> {
    let from = path.display().to_string();
    let file = File::open(path).map_err(|error| describe_read_error(&from, &error))?;
    read(file, from)
}

fn read(source: impl Read, from: String) -> Result<Input, Failure> {
    let mut body = Vec::new();
    // One byte more than the limit, so that a larger input is noticed.
    source.take(LIMIT + 1).read_to_end(&mut body).map_err(|error| describe_read_error(&from, &error))?;
    match fits_limit(&body) {
        true => Ok(Input { from, body }),
        false => Err(Failure::usage(format!("{from} is larger than 1 MiB")).help("messages of OTT Pay are smaller")),
    }
}

/// Whether a body is within [`LIMIT`].
pub(crate) fn fits_limit(body: &[u8]) -> bool {
    u64::try_from(body.len()).is_ok_and(|length| length <= LIMIT)
}

fn describe_read_error(from: &str, error: &io::Error) -> Failure {
    Failure::usage(format!("cannot read {from}: {error}"))
}

impl Input {
    /// Parses a JSON object of strings.
    pub(crate) fn parse_strings(&self) -> Result<BTreeMap<String, String>, Failure> {
        let from = &self.from;
        let wrong = |what: String| {
            Failure::usage(format!("{from}{what}"))
                .help("expected a JSON object of strings, such as {\"order_id\":\"T1\",\"amount\":\"100\"}")
        };
        let body = self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body);
        if body.trim_ascii().is_empty() {
            return Err(wrong(" is empty".to_owned()));
        }
        // serde_json only names the line and the column of a mistake. The client's own reader, which keeps numbers as
        // they are written and rejects duplicate members, reads the fields.
        match serde_json::from_slice::<serde_json::Value>(body) {
            Ok(value) if value.is_object() => {}
            Ok(_) => return Err(wrong(" is JSON, but not an object".to_owned())),
            Err(error) => {
                // The parser's message contains nothing of the input, and repeats the position at its end.
                let (line, column, said) = (error.line(), error.column(), error.to_string());
                let said = said.split(" at line ").next().unwrap_or_default();
                let said = match said {
                    _ if error.is_eof() => "it ends too early",
                    _ if said.contains("hex escape") => {
                        "an escape \\uXXXX is truncated, or is half of a surrogate pair"
                    }
                    _ if said.contains("control character") => "a line break or another control character in a string",
                    "key must be a string" => "expected a name in double quotation marks",
                    "trailing comma" => "expected a value after the comma",
                    "trailing characters" => "expected nothing after the object",
                    "expected ident" | "expected value" => "expected a value, such as \"T1\"",
                    "invalid escape" => "JSON does not have this escape",
                    other => other,
                };
                return Err(wrong(format!(":{line}:{column}: this is not JSON: {said}")));
            }
        }
        let (_, fields) = Message::read_plain(body).map_err(|error| match error {
            MessageError::DuplicateMember => wrong(": two members have the same name".to_owned()),
            MessageError::TooManyMembers => wrong(" has more than 500 members".to_owned()),
            other => wrong(format!(": {other}")),
        })?;
        let strings = fields.iter().map(|(name, value)| match value {
            Value::Text(text) => Ok((name.to_owned(), text.to_owned())),
            _ => {
                let kind = match value {
                    Value::Number(_) => "a number",
                    Value::Bool(_) => "a boolean",
                    Value::Null => "null",
                    _ => "a list or an object",
                };
                Err(Failure::usage(format!("{from}: the value of `{name}` is {kind}, expected a string"))
                    .help("quote every value: OTT Pay does not document how other types are digested"))
            }
        });
        strings.collect()
    }
}
