//! Plain links: the buyer's browser opens them, nothing is sealed and nothing is posted.

pub(crate) mod browser;

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::BASE64_STANDARD;
use base64::{Engine as _, alphabet};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::client::{Client, Override};
use crate::envelope::Fields;
use crate::field::{Problem, Url, UrlError};
use crate::info::{Encoding, FieldInfo};
use crate::reply::FieldError;
use crate::request::Values;

/// Everything but the characters that RFC 3986 leaves as they are. A blank becomes `%20`, which every decoder reads.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The longest query that is read, in bytes.
const MAX_QUERY: usize = 16 * 1024;

/// The greatest number of parameters of a query.
const MAX_PARAMETERS: usize = 200;

/// Base64 with or without its padding: an `=` at the end of an address is easily lost.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

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
    Url::received(format!("{}?{}", client.address(values.info(), &Override::default()), parameters.join("&")))
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
    /// More than 200 parameters.
    #[error("expected a query of at most 200 parameters, got more")]
    TooMany,
    /// A parameter stands twice, so nobody can say which one counts.
    #[error("a parameter of the query stands twice")]
    Duplicate,
    /// A parameter is missing or unreadable.
    #[error(transparent)]
    Field(FieldError),
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

/// The address with these parameters, each encoded as it is declared: what [`read`] reads. For gateways and sandboxes.
///
/// # Errors
/// [`UrlError`] if the address is not absolute.
pub fn write<'a>(
    address: Url,
    declared: &'static [FieldInfo],
    fields: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Url, UrlError> {
    fields.into_iter().try_fold(address, |address, (name, text)| {
        let is_encoded = declared.iter().any(|field| field.name == name && field.encoding == Encoding::Base64);
        if is_encoded {
            address.with_parameter(name, &BASE64_STANDARD.encode(text))
        } else {
            address.with_parameter(name, text)
        }
    })
}

fn parameters(query: &str) -> Result<Vec<(String, String)>, QueryError> {
    if query.len() > MAX_QUERY {
        return Err(QueryError::TooLong { length: query.len() });
    }
    // The whole address does as well as what stands behind its `?`: a name of a parameter has none of these.
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

/// Text that came in Base64.
pub(crate) fn base64_text(text: &str) -> Option<String> {
    // A form decoder makes blanks of the `+` that nobody escaped; and addresses have an alphabet of their own.
    let standard = text.trim_matches(['\r', '\n', '\t']).replace([' ', '-'], "+").replace('_', "/");
    let bytes = LENIENT.decode(standard).ok()?;
    String::from_utf8(bytes).ok()
}
