//! The vendor's pages that documentation cites.

use ottpay_vocabulary::wire;

use crate::diagnostic::{Diagnostics, Mistake};
use crate::read::Located;

/// The page as `host/path`, without a scheme.
pub(super) fn parse_page(page: Option<Located<String>>, diagnostics: &mut Diagnostics) -> Option<String> {
    let page = page?;
    if wire::check_page(&page.value).is_err() {
        let help = "write site and path, such as `docs.ottpay.com/payment-api/common-rules`";
        diagnostics.report(Mistake::BadPage, &page.at, "a page is cited by site and path", help);
    }
    Some(page.value)
}
