//! What words and codes mean, as values of the runtime.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::paths::{ident, rt};
use crate::check::{Class, CodeClass, Word};

/// The variant of the runtime's `StatusClass` for a word.
pub(super) fn status_class(word: &Word) -> Ident {
    match word.class {
        Some(Class::Status(class)) => ident(class),
        _ => ident("Unknown"),
    }
}

/// What a response code means.
pub(super) fn code_class(class: Option<CodeClass>) -> TokenStream {
    let rt = rt();
    let class = match class {
        None => return quote!(::core::option::Option::None),
        Some(CodeClass::Accepted) => quote!(Accepted),
        Some(CodeClass::Refused) => quote!(Refused),
        Some(CodeClass::Open) => quote!(Open),
    };
    quote!(::core::option::Option::Some(#rt::CodeClass::#class))
}
