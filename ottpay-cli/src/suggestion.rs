//! Suggestions for misspelt names.

use ottpay_vocabulary::find_nearest;

/// Returns `did you mean NAME? `, or an empty string.
pub(crate) fn did_you_mean<'a>(given: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    find_nearest(given, names).map_or_else(String::new, |name| format!("did you mean `{name}`? "))
}
