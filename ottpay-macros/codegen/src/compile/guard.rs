//! Turns panics of the generator into problems.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::diagnostic::{Diagnostics, Mistake, Position};

/// Runs a step of the generator for a file. A panic becomes an ordinary problem, which names the file.
pub fn catch_panics<T>(
    file: &str,
    diagnostics: &mut Diagnostics,
    step: impl FnOnce(&mut Diagnostics) -> T,
) -> Option<T> {
    // A problem is added as a whole, so a panic cannot leave a part of one.
    let done = catch_unwind(AssertUnwindSafe(|| step(diagnostics)));
    if done.is_err() {
        let message = "this is a bug in ottpay's generator, found while expanding this file";
        let help = "please report it together with this file";
        diagnostics.report(Mistake::GeneratorBug, &Position::start(file), message, help);
    }
    done.ok()
}
