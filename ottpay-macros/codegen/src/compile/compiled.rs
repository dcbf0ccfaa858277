//! The code of a specification with its compile errors.

use proc_macro2::{Span, TokenStream};
use quote::quote;

use crate::diagnostic::Report;
use crate::emit::name_library;

/// The result of compiling a specification.
#[derive(Debug)]
pub struct Compiled {
    pub(super) code: TokenStream,
    pub(super) report: Report,
}

impl Compiled {
    /// The problems.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The code, and an error for each problem. What is invalid is a stand-in, so that code that uses it gives no
    /// errors of its own. `span` is where the folder is named; the compiler points there. The library is `::ottpay`.
    pub fn into_tokens(self, span: Span) -> TokenStream {
        self.into_tokens_for(&quote!(::ottpay), span)
    }

    /// Like [`Compiled::into_tokens`], for a caller who reaches the library by another path.
    pub fn into_tokens_for(self, library: &TokenStream, span: Span) -> TokenStream {
        let (names, code) = (name_library(library), self.code);
        let mut errors = self.report.errors(span).into_iter();
        let Some(first) = errors.next() else { return quote!(#names #code) };
        // An error as the length of an array: the compiler does not follow it up, wherever that type is used.
        quote! {
            #[doc(hidden)]
            pub type __Unusable = [(); #first];
            #(#errors;)*
            #names
            #code
        }
    }
}
