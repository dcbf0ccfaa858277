//! Names and paths in the emitted code.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use crate::check::{Action, Callback, EXTENSION, Spec};
use crate::names::{camel, is_keyword};

/// An identifier, escaped if the word is reserved.
pub(super) fn ident(name: &str) -> Ident {
    if is_keyword(name) { Ident::new_raw(name, Span::call_site()) } else { Ident::new(name, Span::call_site()) }
}

/// State parameter of a builder for one of its fields.
pub(super) fn state_parameter(name: &str) -> Ident {
    format_ident!("Has{}", camel(name))
}

/// Where the methods are, for documentation: the client of the specification, or the trait that extends the library's.
pub(super) fn client_name(spec: &Spec) -> &'static str {
    if spec.extends { EXTENSION } else { "Client" }
}

/// The hidden module of an action, seen from the root: its compiled description and the traits of its fields. Everything
/// that is generated beside the public types has a module of its own, so that no two names can meet.
pub(super) fn action_module(action: &Action) -> TokenStream {
    let name = ident(&action.name);
    quote!(__actions::#name)
}

/// The hidden module of a callback, seen from the root.
pub(super) fn callback_module(callback: &Callback) -> TokenStream {
    let name = ident(&callback.name);
    quote!(self::__spec::callbacks::#name)
}
