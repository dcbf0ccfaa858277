//! The vendor's pages that documentation cites.

use crate::diagnostic::{Diagnostics, Mistake};
use crate::read::Located;

/// The page as `host/path`, without a scheme.
pub(super) fn parse_page(page: Option<Located<String>>, diagnostics: &mut Diagnostics) -> Option<String> {
    let page = page?;
    let (host, path) = page.value.split_once('/').unwrap_or((&page.value, ""));
    let plain = |character: char| character.is_ascii_alphanumeric() || "/-._~%".contains(character);
    if !host.contains('.') || path.is_empty() || !page.value.chars().all(plain) {
        let help = "write site and path, such as `docs.ottpay.com/payment-api/common-rules`";
        diagnostics.report(Mistake::BadPage, &page.at, "a page is cited by site and path", help);
    }
    Some(page.value)
}
