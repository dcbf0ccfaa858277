//! The parameters of a URL that was opened.

use crate::encoding::{decode_text, encode_text};
use crate::envelope::Fields;
use crate::field::Problem;
use crate::reply::FieldError;
use crate::spec::{Encoding, FieldInfo};

/// The longest query in bytes.
const MAX_QUERY: usize = 16 * 1024;

/// The largest number of parameters in a query.
const MAX_PARAMETERS: usize = 200;

/// Why the parameters of a URL could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// More than 16 KiB.
    #[error("expected a query of at most 16384 bytes, got {length}")]
    TooLong {
        /// The length of the query.
        length: usize,
    },
    /// More than 200 parameters.
    #[error("expected a query of at most 200 parameters, got more")]
    TooMany,
    /// A duplicate parameter: which one counts is not defined.
    #[error("the query has a duplicate parameter")]
    Duplicate,
    /// A parameter is missing or unreadable.
    #[error(transparent)]
    Field(FieldError),
}

/// Reads the query of a link as the gateway does, and decodes the declared Base64 parameters; for gateways, sandboxes
/// and tests.
///
/// # Errors
/// [`QueryError`] if the query is too long, has a duplicate parameter, or a Base64 parameter is invalid.
pub fn read(query: &str, declared: &'static [FieldInfo]) -> Result<Fields, QueryError> {
    let mut decoded = parse_parameters(query)?;
    for (name, text) in &mut decoded {
        let field = declared.iter().find(|field| field.name == *name && field.encoding == Encoding::Base64);
        if let Some(field) = field {
            let problem = || QueryError::Field(FieldError { field: field.name, problem: Problem::NotBase64 });
            *text = decode_text(text).ok_or_else(problem)?;
        }
    }
    Fields::from_texts(decoded).ok_or(QueryError::Duplicate)
}

/// Finds the Base64 parameters that [`read`] accepts although they do not have the standard form: without padding, in
/// another alphabet, or with spaces for `+`.
pub fn find_loose_base64(query: &str, declared: &'static [FieldInfo]) -> Vec<&'static str> {
    let Ok(parameters) = parse_parameters(query) else { return Vec::new() };
    let is_loose = |text: &str| decode_text(text).is_some_and(|decoded| encode_text(&decoded) != text);
    let in_base64 = declared.iter().filter(|field| field.encoding == Encoding::Base64);
    let loose = in_base64.filter(|field| parameters.iter().any(|(name, text)| *name == field.name && is_loose(text)));
    loose.map(|field| field.name).collect()
}

/// Returns the decoded parameters in the order in which they appear.
pub(super) fn parse_parameters(query: &str) -> Result<Vec<(String, String)>, QueryError> {
    if query.len() > MAX_QUERY {
        return Err(QueryError::TooLong { length: query.len() });
    }
    // The whole URL is accepted, too, not only the part after its `?`: the name of a parameter contains none of these
    // characters.
    let query = query.trim().trim_start_matches('\u{feff}');
    let address = query.find(['=', '&']).map_or(query, |end| query.get(..end).unwrap_or_default());
    let query = match address.split_once('?') {
        Some((address, _)) => query.get(address.len() + 1..).unwrap_or_default(),
        None if address.contains('/') => "",
        None => query,
    };
    let query = query.split_once('#').map_or(query, |(query, _)| query);
    let read: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().take(MAX_PARAMETERS + 1).collect();
    if read.len() > MAX_PARAMETERS { Err(QueryError::TooMany) } else { Ok(read) }
}
