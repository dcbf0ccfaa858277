//! Prose of the YAML files as Markdown. It is free text, so nothing in it may become code that rustdoc compiles, HTML,
//! or a link.
//!
//! Of Markdown, prose has paragraphs, lists, code and strong text; anything else appears as it is written. That is
//! decided here and not by a Markdown parser, which every shop would compile with the macro. The tests read the result
//! with the parser of rustdoc.

mod blocks;
mod code;
mod escape;
mod inline;
mod lines;
#[cfg(test)]
mod tests;
mod visible;

pub(crate) use self::blocks::paragraphs;
pub(crate) use self::code::code;
pub(crate) use self::lines::{in_cell, line};
