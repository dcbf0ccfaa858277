//! Checks the enum values and currencies that a field accepts.

use std::collections::BTreeMap;

use ottpay_vocabulary::currency;

use crate::check::model::Kind;
use crate::check::types::Types;
use crate::diagnostic::{Diagnostics, Mistake, Position};
use crate::names::suggestion;
use crate::read::RawField;

/// Rejects values in `only` and `const` that are not values of the enum.
pub(super) fn reject_unknown_words(raw: &RawField, kind: Kind, types: &Types, diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<&str, &Position> = BTreeMap::new();
    for word in &raw.only {
        if let Some(earlier) = seen.insert(&word.value, &word.at) {
            let message = format!("`only` of the field `{}` contains `{}` twice", raw.wire.value, word.value);
            let help = "remove one of the two";
            diagnostics.report_beside(Mistake::RepeatedWord, &word.at, message, (earlier, "here"), help);
        }
    }
    for word in raw.only.iter().filter(|word| kind == Kind::Currency && !currency::is_code(&word.value)) {
        let message =
            format!("`only` of the field `{}` contains `{}`, which is not a currency code", raw.wire.value, word.value);
        diagnostics.report(Mistake::UnknownWord, &word.at, message, "write three capital letters, such as `CAD`");
    }
    let Kind::Enum(index) = kind else {
        if let Some(first) = raw.only.first().filter(|_| kind != Kind::Currency) {
            let message = format!("`only` of the field `{}` needs an enum or `currency` as type", raw.wire.value);
            let help = "declare one in types.yaml, or remove `only`";
            diagnostics.report(Mistake::Misplaced, &first.at, message, help);
        }
        return;
    };
    let Some(declared) = types.enums.get(index) else { return };
    for word in raw.only.iter().chain(&raw.constant) {
        if !declared.words.iter().any(|known| known.word == word.value) {
            let help = suggestion(&word.value, declared.words.iter().map(|known| known.word.as_str()));
            let message = format!(
                "`only` of the field `{}` contains `{}`, which is not a value of `{}`",
                raw.wire.value, word.value, declared.name
            );
            let related = (&declared.source, "the type");
            diagnostics.report_beside(Mistake::UnknownWord, &word.at, message, related, help);
        }
    }
}
