//! Values in Base64 where there is no envelope: written as the vendor's pages say, and read as leniently as they arrive.

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::BASE64_STANDARD;
use base64::{Engine as _, alphabet};

/// Base64 with or without its padding: an `=` at the end of an address is easily lost.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A text in Base64.
pub(crate) fn encode_text(text: &str) -> String {
    BASE64_STANDARD.encode(text)
}

/// Text that came in Base64.
pub(crate) fn decode_text(text: &str) -> Option<String> {
    // A form decoder makes spaces of an unescaped `+`; and addresses have an alphabet of their own.
    let standard = text.trim_matches(['\r', '\n', '\t']).replace([' ', '-'], "+").replace('_', "/");
    let bytes = LENIENT.decode(standard).ok()?;
    String::from_utf8(bytes).ok()
}
