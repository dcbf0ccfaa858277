//! Values of the vocabulary as Rust: what words and codes mean, and what a field is.

use std::fmt::Debug;

use ottpay_vocabulary::{CodeClass, StatusClass};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::library::rt;
use crate::check::{Class, Word};

/// The name of a variant of the vocabulary: what its derived `Debug` prints.
pub(super) fn variant(value: impl Debug) -> Ident {
    format_ident!("{value:?}")
}

/// The variant of `StatusClass` for a word.
pub(super) fn status_class(word: &Word) -> Ident {
    variant(match word.class {
        Some(Class::Status(class)) => class,
        _ => StatusClass::Unknown,
    })
}

/// What a response code means.
pub(super) fn code_class(class: Option<CodeClass>) -> TokenStream {
    let rt = rt();
    match class.map(variant) {
        None => quote!(::core::option::Option::None),
        Some(class) => quote!(::core::option::Option::Some(#rt::CodeClass::#class)),
    }
}
