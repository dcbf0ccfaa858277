//! Values of the vocabulary as Rust code: the classes of statuses and codes, and the types of fields.

use std::fmt::Debug;

use ottpay_vocabulary::{CodeClass, StatusClass};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::library::rt;
use crate::check::{Class, Word};

/// Returns the name of a variant of the vocabulary, which its derived `Debug` prints.
pub(super) fn variant(value: impl Debug) -> Ident {
    format_ident!("{value:?}")
}

/// Returns the variant of `StatusClass` for a value.
pub(super) fn status_class(word: &Word) -> Ident {
    variant(match word.class {
        Some(Class::Status(class)) => class,
        _ => StatusClass::Unknown,
    })
}

/// Emits the class of a response code.
pub(super) fn code_class(class: Option<CodeClass>) -> TokenStream {
    let rt = rt();
    match class.map(variant) {
        None => quote!(::core::option::Option::None),
        Some(class) => quote!(::core::option::Option::Some(#rt::CodeClass::#class)),
    }
}
