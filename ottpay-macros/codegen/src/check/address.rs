//! Checks base URLs and paths.

use ottpay_vocabulary::{url, wire};

use crate::diagnostic::{Diagnostics, Mistake};
use crate::read::Located;

/// Checks that a base URL is `https`, because paths are appended to it; a link may be plain HTTP.
pub(super) fn check_base_url(base: &Located<String>, plain_http: bool, diagnostics: &mut Diagnostics) {
    let is_base = url::parse_base(&base.value).is_ok_and(|parts| parts.is_https || plain_http);
    if !is_base || base.value.ends_with('/') {
        let help = "write it as `https://HOST`, without a slash at the end";
        diagnostics.report(Mistake::BadAddress, &base.at, "the base URL must use https", help);
    }
}

pub(super) fn check_path(path: &Located<String>, diagnostics: &mut Diagnostics) {
    if let Err(error) = wire::check_path(&path.value) {
        let message = format!("`{}` is not a path: {error}", path.value);
        diagnostics.report(Mistake::BadAddress, &path.at, message, "write it as `/processV2`");
    }
}
