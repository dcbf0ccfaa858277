//! The reference of all actions, as one Markdown document.
//!
//! It belongs in a folder next to the specification: its links to YAML files begin with `../`.

mod action;
mod anchors;
mod callback;
mod context;
mod document;
mod example;
mod fields;
mod gateway;
mod introduction;
mod language;
mod markdown;
mod notes;
mod types;

pub use document::render_markdown;
pub use language::render_language;
