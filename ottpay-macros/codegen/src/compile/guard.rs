//! Panics of the generator, turned into problems.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::diagnostic::{Diagnostics, Mistake, Position};

/// Runs a step of the generator that concerns a file. A panic in it becomes a problem like any other, so that it is known
/// on which file it came about.
pub fn catch_panics<T>(
    file: &str,
    diagnostics: &mut Diagnostics,
    step: impl FnOnce(&mut Diagnostics) -> T,
) -> Option<T> {
    let done = catch_unwind(AssertUnwindSafe(|| step(diagnostics)));
    if done.is_err() {
        let message = "this is a bug in the generator of ottpay, met in this file and not caused by it";
        let help = "please report it with the file; nothing is wrong with the others";
        diagnostics.report(Mistake::GeneratorBug, &Position::start(file), message, help);
    }
    done.ok()
}
