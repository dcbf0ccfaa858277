//! How emitted code reaches the library: by the path that the caller of the macro has for it, whatever name that is.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::quote;

/// Stands for the library until its path is known, and is the name under which documentation links to it.
const LIBRARY: &str = "__ottpay";

/// The library.
pub(super) fn library() -> TokenStream {
    quote!(::__ottpay)
}

/// The one door to the runtime.
pub(super) fn rt() -> TokenStream {
    quote!(::__ottpay::__private)
}

/// A name for the library to which documentation links, in the module of the caller.
pub(super) fn emit_alias() -> TokenStream {
    quote! {
        #[doc(hidden)]
        #[allow(unused_imports)]
        use ::__ottpay as __ottpay;
    }
}

/// The code with the path of the library in its place.
pub(crate) fn name_library(code: TokenStream, path: &TokenStream) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    for token in code {
        match token {
            TokenTree::Group(group) => {
                let mut named = Group::new(group.delimiter(), name_library(group.stream(), path));
                named.set_span(group.span());
                out.push(named.into());
            }
            TokenTree::Ident(name) if name == LIBRARY && ends_with_colons(&out) => {
                out.truncate(out.len().saturating_sub(2));
                out.extend(path.clone());
            }
            other => out.push(other),
        }
    }
    out.into_iter().collect()
}

fn ends_with_colons(tokens: &[TokenTree]) -> bool {
    let is_colon = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':');
    matches!(tokens, [.., first, second] if is_colon(first) && is_colon(second))
}
