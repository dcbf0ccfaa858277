//! Names of types and of the variants of enums.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostics, Mistake, Position};
use crate::names::{camel, is_camel, snake};
use crate::read::Located;

/// Rejects a name of a type that is not in CamelCase.
pub(super) fn check_type_name(name: &Located<String>, diagnostics: &mut Diagnostics) {
    let Located { value: name, at } = name;
    if !is_camel(name) {
        let camel = camel(&snake(name));
        let help = if camel == *name { "give it another name".to_owned() } else { format!("write `{camel}`") };
        let message = format!("the type `{name}` needs a name in CamelCase");
        diagnostics.report(Mistake::ImpossibleName, at, message, help);
    }
}

/// Rejects a variant that is not in CamelCase, that is the one of unlisted words, or that another word has.
pub(super) fn check_variant(
    variant: &str,
    at: &Position,
    of: &str,
    word: &Located<String>,
    variants: &mut BTreeMap<String, Located<String>>,
    diagnostics: &mut Diagnostics,
) {
    if !is_camel(variant) || variant == "Other" {
        let message = format!("`{variant}` cannot be the name of a variant of `{of}`");
        let help = "give it a `name:` in CamelCase, not `Other`";
        diagnostics.report(Mistake::ImpossibleName, at, message, help);
    } else if let Some(earlier) = variants.insert(variant.to_owned(), word.clone()) {
        let message = format!("`{}` and `{}` both give the variant `{of}::{variant}`", word.value, earlier.value);
        let related = (&earlier.at, "the first");
        let help = "give one of them another `name:`";
        diagnostics.report_beside(Mistake::NameClash, &word.at, message, related, help);
    }
}
