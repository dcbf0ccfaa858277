//! Every problem of a specification, ready to be shown.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use super::message::Diagnostic;

/// How many problems are shown at once.
pub const MAX_SHOWN: usize = 20;

/// Every problem that was found, in the order in which people read them.
#[derive(Debug, Clone, Default)]
pub struct Report {
    found: Vec<Diagnostic>,
}

impl Report {
    /// The problems, in the order in which people read them.
    pub(super) fn new(found: Vec<Diagnostic>) -> Self {
        Self { found }
    }

    /// Every problem.
    pub fn all(&self) -> &[Diagnostic] {
        &self.found
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The problems to be shown, each as a compile error at `span`.
    pub fn errors(&self, span: Span) -> Vec<TokenStream> {
        self.texts().iter().map(|text| quote_spanned!(span=> ::core::compile_error!(#text))).collect()
    }

    /// The problems to be shown, each as one string; the last has the number of those left out.
    pub fn texts(&self) -> Vec<String> {
        let mut texts: Vec<String> = self.found.iter().take(MAX_SHOWN).map(ToString::to_string).collect();
        match self.found.len().saturating_sub(MAX_SHOWN) {
            0 => {}
            1 => texts.push("1 more problem is not shown; mend these first".to_owned()),
            more => texts.push(format!("{more} more problems are not shown; mend these first")),
        }
        texts
    }
}
