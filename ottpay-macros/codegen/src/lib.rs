//! Compiles a folder of YAML into the typed client of `ottpay`.
//!
//! There are three steps, each a module that knows only the ones before it: [`read`] parses YAML into a raw model that
//! remembers all positions, [`check`] turns that into a model in which every name resolves and every rule holds, and
//! `emit` turns the checked model into Rust. Separately, [`reference`](mod@reference) turns the checked model into
//! Markdown for people.
//!
//! `compile` puts them together: [`compile_client`] and [`compile_actions`] perform all three steps, [`check_folder`] the first two.
//! The macros, the tests and every tool are thin wrappers of this crate.
//!
//! The feature `schema` adds the module `schema`, which writes the JSON Schema of the files for editors.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod check;
mod compile;
mod diagnostic;
mod emit;
mod layout;
mod names;
mod prose;
pub mod read;
pub mod reference;
#[cfg(feature = "schema")]
pub mod schema;

pub use compile::{
    CargoPackage, Compiled, Folder, Library, catch_panics, check_folder, compile_actions, compile_client,
    compile_library,
};
pub use diagnostic::{Diagnostic, Diagnostics, MAX_SHOWN, Mistake, Place, Position, Report, Warning};
pub use layout::{MAX_WIDTH, wide_lines};
