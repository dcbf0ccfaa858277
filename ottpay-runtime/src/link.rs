//! Plain links: the buyer's browser opens them, nothing is sealed and nothing is posted.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::client::Client;
use crate::envelope::Fields;
use crate::field::{Problem, Url};
use crate::info::{Encoding, FieldInfo};
use crate::reply::{FieldError, Received, Reply};
use crate::request::Values;

/// Everything but the characters that RFC 3986 leaves as they are. A blank becomes `%20`, which every decoder reads.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The longest query that is read, in bytes.
const MAX_QUERY: usize = 16 * 1024;

/// The address with the parameters in the order of the table.
pub(crate) fn address(client: &Client, values: &Values) -> Url {
    let parameters: Vec<String> = values
        .iter()
        .map(|(field, text)| {
            let text = match field.encoding {
                Encoding::Base64 => &BASE64_STANDARD.encode(text),
                Encoding::Plain => text,
            };
            format!("{}={}", field.name, utf8_percent_encode(text, ESCAPED))
        })
        .collect();
    Url::received(format!("{}?{}", client.address(values.info(), None), parameters.join("&")))
}

/// Why the parameters of an address could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// More than 16 KiB.
    #[error("expected a query of at most 16384 bytes, got {length}")]
    TooLong {
        /// The length of the query.
        length: usize,
    },
    /// A parameter stands twice, so nobody can say which one counts.
    #[error("a parameter of the query stands twice")]
    Duplicate,
    /// A parameter is missing or unreadable.
    #[error(transparent)]
    Field(FieldError),
}

/// For generated code: reads what came back with the buyer. Nothing in it is signed.
#[doc(hidden)]
pub fn returned<R: Reply>(query: &str) -> Result<R, QueryError> {
    let fields = Fields::of_texts(parameters(query)?).ok_or(QueryError::Duplicate)?;
    R::read(Received::alone(fields)).map_err(QueryError::Field)
}

/// Reads the query of a link as the gateway does, those of the declared parameters decoded that are in Base64; for
/// gateways, sandboxes and tests.
///
/// # Errors
/// [`QueryError`] if it is too long, has a parameter twice, or one that is not the Base64 it should be.
pub fn read(query: &str, declared: &'static [FieldInfo]) -> Result<Fields, QueryError> {
    let mut decoded = parameters(query)?;
    for (name, text) in &mut decoded {
        let field = declared.iter().find(|field| field.name == *name && field.encoding == Encoding::Base64);
        if let Some(field) = field {
            let problem = || QueryError::Field(FieldError { field: field.name, problem: Problem::NotBase64 });
            *text = base64_text(text).ok_or_else(problem)?;
        }
    }
    Fields::of_texts(decoded).ok_or(QueryError::Duplicate)
}

fn parameters(query: &str) -> Result<Vec<(String, String)>, QueryError> {
    match query.strip_prefix('?').unwrap_or(query) {
        query if query.len() > MAX_QUERY => Err(QueryError::TooLong { length: query.len() }),
        query => Ok(form_urlencoded::parse(query.as_bytes()).into_owned().collect()),
    }
}

/// Text that came in Base64.
pub(crate) fn base64_text(text: &str) -> Option<String> {
    // A form decoder makes blanks of the `+` that nobody escaped.
    let bytes = BASE64_STANDARD.decode(text.trim().replace(' ', "+")).ok()?;
    String::from_utf8(bytes).ok()
}
