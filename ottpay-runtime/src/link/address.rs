//! URLs with parameters.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::encoding::encode_text;
use crate::field::{Url, UrlError};
use crate::request::Values;
use crate::spec::{Encoding, FieldInfo};

/// Every character except those that RFC 3986 leaves unescaped. A space becomes `%20`, which every decoder reads.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Builds the URL with the parameters in the order of the action's fields.
pub(crate) fn link_address(base: &str, values: &Values) -> Url {
    let parameters: Vec<String> = values
        .iter()
        .map(|(field, text)| {
            let text = match field.encoding {
                Encoding::Base64 => &encode_text(text),
                Encoding::Plain => text,
            };
            format!("{}={}", field.name, utf8_percent_encode(text, ESCAPED))
        })
        .collect();
    Url::new_unchecked(format!("{base}?{}", parameters.join("&")))
}

/// Appends parameters to a URL, each with its declared encoding, so that [`read`](super::read) can read them. For
/// gateways and sandboxes.
///
/// # Errors
/// [`UrlError`] if the URL is not absolute.
pub fn write<'a>(
    address: Url,
    declared: &'static [FieldInfo],
    fields: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Url, UrlError> {
    fields.into_iter().try_fold(address, |address, (name, text)| {
        let is_encoded = declared.iter().any(|field| field.name == name && field.encoding == Encoding::Base64);
        if is_encoded { address.with_parameter(name, &encode_text(text)) } else { address.with_parameter(name, text) }
    })
}
