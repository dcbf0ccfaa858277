//! Converts prose of the YAML files to Markdown. Prose is free text, so nothing in it may become code that rustdoc
//! compiles, HTML, or a link.
//!
//! It supports paragraphs, lists, code and strong text from Markdown; everything else appears as written. This module
//! parses prose itself; otherwise, every shop would have to compile a Markdown parser along with the macro. The tests
//! read the result with rustdoc's parser.

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
