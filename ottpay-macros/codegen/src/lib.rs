//! Compiles a folder of YAML into the typed client of `ottpay`.
//!
//! Three steps, a module each: [`read`] turns YAML into a raw model that remembers where everything stands, [`check`]
//! turns that into a model in which every name resolves and every rule holds, and [`emit`] turns the checked model into
//! Rust. Beside them, [`reference`](mod@reference) turns the checked model into Markdown for people.
//!
//! [`client`] and [`actions`] do all three. The macros, the tests and every tool are thin faces of this crate.

pub mod check;
mod compile;
mod diagnostic;
pub mod emit;
mod names;
pub mod read;
pub mod reference;
#[cfg(feature = "schema")]
pub mod schema;
mod word_sets;

pub use compile::{Compiled, Folder, Library, actions, client, guarded, library};
pub use diagnostic::{Diagnostic, Diagnostics, MAX_SHOWN, Mistake, Place, Position, Report};
