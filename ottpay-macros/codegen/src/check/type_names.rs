//! Checks the names of types and of enum variants.

use std::collections::BTreeMap;

use super::taken_names::{find_hidden, propose_type};
use crate::diagnostic::{Diagnostics, Mistake, Position};
use crate::names::is_camel;
use crate::read::Located;

/// Rejects a type name that is not in CamelCase, or that would hide another one in the user's module.
pub(super) fn check_type_name(name: &Located<String>, diagnostics: &mut Diagnostics) {
    let Located { value: name, at } = name;
    if !is_camel(name) {
        let message = match &**name {
            "Self" => "the type `Self` has the name of a Rust keyword".to_owned(),
            _ => format!("the type name `{name}` is not in CamelCase"),
        };
        let help = format!("write `{}`", propose_type(name));
        diagnostics.report(Mistake::ImpossibleName, at, message, help);
    } else if let Some(hidden) = find_hidden(name) {
        let message = format!("the Rust type `{name}` would hide {hidden}");
        let help = format!("give it another name, for example `{}`", propose_type(name));
        diagnostics.report(Mistake::TakenName, at, message, help);
    }
}

/// Rejects a variant that is not in CamelCase, that is reserved for unlisted values, or that another value has.
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
