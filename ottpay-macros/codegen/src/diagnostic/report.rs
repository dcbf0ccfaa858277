//! The problems of a specification, ready to be shown.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use super::message::Diagnostic;
use super::place::Place;

/// The largest number of problems to show at once.
pub const MAX_SHOWN: usize = 20;

/// All problems, in reading order.
#[derive(Debug, Clone, Default)]
pub struct Report {
    found: Vec<Diagnostic>,
}

impl Report {
    /// Creates a report of problems that are in reading order.
    pub(super) fn new(found: Vec<Diagnostic>) -> Self {
        Self { found }
    }

    /// Renames the folder of the files.
    pub(crate) fn with_folder_renamed(mut self, folder: &str, name: &str) -> Self {
        let rename = |place: &mut Place| {
            let inner =
                place.position.file.strip_prefix(folder).filter(|rest| rest.is_empty() || rest.starts_with('/'));
            if let Some(inner) = inner {
                place.position.file = format!("{name}{inner}").into();
            }
        };
        for found in &mut self.found {
            rename(&mut found.place);
            found.related.as_mut().into_iter().for_each(|(place, _)| rename(place));
        }
        self
    }

    /// Returns every problem.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.found
    }

    /// Returns whether there are no problems.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Returns the problems to show, each as a compile error at `span`.
    pub fn compile_errors(&self, span: Span) -> Vec<TokenStream> {
        self.messages().iter().map(|text| quote_spanned!(span=> ::core::compile_error!(#text))).collect()
    }

    /// Returns the problems to show, one string each; the last one states how many were omitted.
    pub fn messages(&self) -> Vec<String> {
        let mut texts: Vec<String> = self.found.iter().take(MAX_SHOWN).map(ToString::to_string).collect();
        match self.found.len().saturating_sub(MAX_SHOWN) {
            0 => {}
            1 => texts.push("1 more problem is not shown; fix these first".to_owned()),
            more => texts.push(format!("{more} more problems are not shown; fix these first")),
        }
        texts
    }
}
