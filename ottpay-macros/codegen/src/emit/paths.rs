//! Names and paths in the generated code.

use proc_macro2::{Ident, Punct, Spacing, Span, TokenStream};
use quote::{ToTokens, TokenStreamExt as _, format_ident, quote};

use crate::check::{Action, Callback, EXTENSION, Spec};
use crate::names::{is_keyword, to_camel};

/// Returns an identifier, escaped if the word is reserved.
pub(super) fn ident(name: &str) -> Ident {
    if is_keyword(name) { Ident::new_raw(name, Span::call_site()) } else { Ident::new(name, Span::call_site()) }
}

/// Returns a builder's state parameter for one of its fields.
pub(super) fn state_parameter(name: &str) -> Ident {
    format_ident!("Has{}", to_camel(name))
}

/// Returns the type or trait that has the methods: the specification's client, or the trait that extends the library's.
pub(super) fn client_name(spec: &Spec) -> &'static str {
    if spec.extends { EXTENSION } else { "Client" }
}

/// Returns the hidden module of an action, relative to the root: its compiled description and the traits of its fields.
/// Everything that is generated besides public types has a separate module, so that names cannot clash.
pub(super) fn action_module(action: &Action) -> ActionModule {
    ActionModule { actions: Ident::new("__actions", Span::call_site()), name: ident(&action.name) }
}

/// The path of an action's hidden module. It is inserted for every field, so it is not a `TokenStream`, see
/// [`library`](super::library::library).
pub(super) struct ActionModule {
    actions: Ident,
    name: Ident,
}

impl ToTokens for ActionModule {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append(self.actions.clone());
        tokens.append(Punct::new(':', Spacing::Joint));
        tokens.append(Punct::new(':', Spacing::Alone));
        tokens.append(self.name.clone());
    }
}

/// Emits the path of a callback's hidden module, relative to the root.
pub(super) fn callback_module(callback: &Callback) -> TokenStream {
    let name = ident(&callback.name);
    quote!(self::__spec::callbacks::#name)
}
