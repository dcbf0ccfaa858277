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
    /// Returns the problems.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Returns the code, and a compile error for each problem.
    ///
    /// Invalid items become stand-ins, so that code that uses them causes no further errors. `span` is where the folder
    /// is named, and where the compiler reports the errors. The library is `::ottpay`.
    pub fn into_tokens(self, span: Span) -> TokenStream {
        self.into_tokens_for(&quote!(::ottpay), span)
    }

    /// Like [`Compiled::into_tokens`], for a caller with another path to the library.
    pub fn into_tokens_for(self, library: &TokenStream, span: Span) -> TokenStream {
        let (names, code) = (name_library(library), self.code);
        let mut errors = self.report.compile_errors(span).into_iter();
        let Some(first) = errors.next() else { return quote!(#names #code) };
        // The error is the length of an array: the compiler reports it once, wherever the type is used.
        quote! {
            #[doc(hidden)]
            pub type __Unusable = [(); #first];
            #(#errors;)*
            #names
            #code
        }
    }
}
