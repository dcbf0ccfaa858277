//! Checks base addresses and paths.

use crate::diagnostic::{Diagnostics, Mistake};
use crate::read::Located;

pub(super) fn check_base_url(url: &Located<String>, plain_http: bool, diagnostics: &mut Diagnostics) {
    let plain = |character: char| character.is_ascii_alphanumeric() || "/-._~:[]".contains(character);
    let https = url.value.strip_prefix("https://");
    let rest = https.or_else(|| url.value.strip_prefix("http://").filter(|_| plain_http));
    if !rest.is_some_and(|rest| !rest.is_empty() && !rest.ends_with('/') && rest.chars().all(plain)) {
        let help = "write it as `https://HOST`, without a slash at the end";
        diagnostics.report(Mistake::BadAddress, &url.at, "the base address must be https", help);
    }
}

pub(super) fn check_path(path: &Located<String>, diagnostics: &mut Diagnostics) {
    // The rule by which the client takes a path, too.
    let plain = |character: char| character.is_ascii_alphanumeric() || "/-._~".contains(character);
    if !path.value.starts_with('/') || !path.value.chars().all(plain) {
        let help = "write it as `/processV2`";
        diagnostics.report(Mistake::BadAddress, &path.at, "a path begins with a slash and has no query", help);
    }
}
