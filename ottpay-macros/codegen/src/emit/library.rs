//! How generated code refers to the library: by two names at its root, the only ones that depend on the caller's path
//! to it.
//!
//! All other code uses these names, because a longer path would cost compile time at each use. Hidden modules import
//! them; the modules of builders and replies get them from the root.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// Returns the name of the library, which links in the documentation use as well. It is an identifier and not a
/// `TokenStream`, because inside a macro, inserting a stream into another one copies it by calls of the compiler.
pub(super) fn library() -> Ident {
    Ident::new("__ottpay", Span::call_site())
}

/// Returns the name of the module that re-exports the runtime.
pub(super) fn rt() -> Ident {
    Ident::new("__rt", Span::call_site())
}

/// Emits the names for the root. `path` is the library as the macro's caller calls it.
pub(crate) fn name_library(path: &TokenStream) -> TokenStream {
    quote! {
        #[doc(hidden)]
        #[allow(unused_imports)]
        use #path as __ottpay;
        #[doc(hidden)]
        #[allow(unused_imports)]
        use #path::__private as __rt;
    }
}

/// Emits an import of the names into a module of the root.
pub(super) fn import_library() -> TokenStream {
    quote!(
        use super::{__ottpay, __rt};
    )
}
