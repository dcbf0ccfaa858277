//! The steps of the generator. A panic in one item does not affect the others.

use proc_macro2::TokenStream;

use super::guard::catch_panics;
use crate::check::{Checker, Library, Spec};
use crate::diagnostic::Diagnostics;
use crate::emit::{emit_action, emit_specification};
use crate::read::RawSpec;

/// Checks a raw model. Invalid items are marked, so that stand-ins can be emitted for them.
pub(super) fn check_raw(raw: RawSpec, library: Option<Library>, diagnostics: &mut Diagnostics) -> Spec {
    let mut checker = Checker::new(raw, library, diagnostics);
    while let Some(file) = checker.next_file() {
        catch_panics(&file, diagnostics, |diagnostics| checker.check_next(diagnostics));
    }
    checker.finish(diagnostics)
}

/// Emits a checked model. An action for which the emitter panics is treated as invalid.
pub(super) fn emit_checked(spec: &mut Spec, diagnostics: &mut Diagnostics) -> TokenStream {
    let mut actions = Vec::new();
    let mut failed = Vec::new();
    for action in &spec.actions {
        match catch_panics(&action.source.file, diagnostics, |_| emit_action(spec, action)) {
            Some(emitted) => actions.push(emitted),
            None => failed.push(action.name.clone()),
        }
    }
    for method in failed {
        spec.replace_by_stand_ins(&method);
    }
    emit_specification(spec, &actions)
}
