//! Text of the raw model for the checked one.

use crate::read::Located;

/// The text of a key; empty if it is missing, which reading has reported.
pub(super) fn text_or_empty(located: Option<Located<String>>) -> String {
    located.map(|located| located.value).unwrap_or_default()
}
