//! Rules for everything around the fields: paths, versions, the constants of actions, and cited pages.

use std::fmt;

/// The members of a request's outer message, which the client writes.
pub const ENVELOPE_MEMBERS: [&str; 5] = ["action", "version", "merchant_id", "data", "md5"];

/// The members of every outer message that contain the fields: encrypted, and their digest.
pub const SEALED_MEMBERS: [&str; 2] = ["data", "md5"];

/// Checks a path of the gateway. It is appended to the base URL, so it must not change the host or leave its folder.
///
/// # Errors
/// [`PathError`] if it is not a valid path.
pub fn check_path(path: &str) -> Result<(), PathError> {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "/-._~".contains(character);
    let has_dots = path.split('/').any(|segment| matches!(segment, "." | ".."));
    if path.starts_with('/') && path.chars().all(is_plain) && !has_dots { Ok(()) } else { Err(PathError) }
}

/// Checks the version of an action.
///
/// # Errors
/// [`VersionError`] if it is empty, or has characters other than printable ASCII without spaces.
pub fn check_version(version: &str) -> Result<(), VersionError> {
    if is_printable(version) { Ok(()) } else { Err(VersionError) }
}

/// Checks the constant of an action, such as `CC_PURCHASE`.
///
/// # Errors
/// [`ConstantError`] if it is empty, or has characters other than letters, digits and `_`.
pub fn check_constant(constant: &str) -> Result<(), ConstantError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if !constant.is_empty() && constant.bytes().all(is_plain) { Ok(()) } else { Err(ConstantError) }
}

/// Checks the citation of a vendor's page by site and path: `docs.ottpay.com/payment-api/common-rules`.
///
/// # Errors
/// [`PageError`] if it has another form.
pub fn check_page(page: &str) -> Result<(), PageError> {
    let (host, path) = page.split_once('/').unwrap_or((page, ""));
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "/-._~%".contains(character);
    if host.contains('.') && !path.is_empty() && page.chars().all(is_plain) { Ok(()) } else { Err(PageError) }
}

fn is_printable(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Declares an error type without content, with its message.
macro_rules! errors {
    ($($(#[$meta:meta])* $name:ident: $message:literal)*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name;

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($message)
            }
        }

        impl std::error::Error for $name {}
    )*};
}

errors! {
    /// A string that is not a path of the gateway.
    PathError: "expected a path such as /processV2: a slash, then letters, digits and `/-._~`, without `.` or `..` as a segment"
    /// A string that is not a version.
    VersionError: "expected a version such as 1.0: printable ASCII without spaces"
    /// A string that is not the constant of an action.
    ConstantError: "expected a constant such as ACTIVEPAY: letters, digits and `_`"
    /// A string that does not cite a page.
    PageError: "expected site and path of a page, such as docs.ottpay.com/payment-api/common-rules"
}
