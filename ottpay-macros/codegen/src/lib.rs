//! Compiles a folder of YAML into the typed client of `ottpay`.
//!
//! Three steps, a module each: [`read`] turns YAML into a raw model that remembers where everything stands, [`check`]
//! turns that into a model in which every name resolves and every rule holds, and [`emit`] turns the checked model into
//! Rust. An unchecked model cannot be emitted: it is another type.
//! Beside them, [`reference`](mod@reference) turns the checked model into Markdown for people.
//!
//! The macro, the tests and every tool are thin faces of this crate.

pub mod check;
mod diagnostic;
pub mod emit;
mod names;
pub mod read;
pub mod reference;

use std::path::Path;

pub use diagnostic::{Diagnostic, Diagnostics, Position};
use proc_macro2::TokenStream;

/// Reads, checks and emits the specification in `folder`. `shown` is what messages and documentation call the folder,
/// normally its path relative to the package.
///
/// # Errors
/// Every problem of every file.
pub fn expand(folder: &Path, shown: &str) -> Result<TokenStream, Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    let raw = read::folder(folder, shown, &mut diagnostics);
    Ok(emit::client(&check::spec(raw, diagnostics)?))
}
