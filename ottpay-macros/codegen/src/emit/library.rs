//! How emitted code reaches the library: by two names at its root, the only ones that depend on the caller's path to it.
//! Everything else names these, because every token of a path is paid for wherever it is written. Hidden modules import
//! them; the modules of builders and replies have them from the root.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// The library. Documentation links to it by this name, too. An identifier and not a stream of one: in a macro each stream
/// that is put into another one is copied by calls of the compiler.
pub(super) fn library() -> Ident {
    Ident::new("__ottpay", Span::call_site())
}

/// The one door to the runtime.
pub(super) fn rt() -> Ident {
    Ident::new("__rt", Span::call_site())
}

/// The names, for the root. `path` is the library as the caller of the macro calls it.
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

/// The names, for a module in the module that has them.
pub(super) fn import_library() -> TokenStream {
    quote!(
        use super::{__ottpay, __rt};
    )
}
