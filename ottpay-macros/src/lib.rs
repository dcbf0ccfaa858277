//! The macro that turns a folder of YAML into a typed OTT Pay client. A thin shim: everything it does is in
//! `ottpay-codegen`, which is an ordinary library.

use std::env;
use std::panic::catch_unwind;
use std::path::PathBuf;

use proc_macro::TokenStream;
use quote::quote;
use syn::LitStr;

/// Emits the client that the YAML files of a folder describe. The folder is relative to the package:
/// `client!("spec");`.
///
/// Problems of the files become compile errors that name file, line and column.
#[proc_macro]
pub fn client(input: TokenStream) -> TokenStream {
    let folder = syn::parse_macro_input!(input as LitStr).value();
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let expanded = catch_unwind(|| ottpay_codegen::expand(&package.join(&folder), &folder));
    let messages = match expanded {
        Ok(Ok(tokens)) => return tokens.into(),
        Ok(Err(diagnostics)) => diagnostics.into_sorted().iter().map(ToString::to_string).collect(),
        Err(_) => vec![format!("this is a bug in the generator of ottpay, and not in `{folder}`; please report it")],
    };
    quote!(#(::core::compile_error!(#messages);)*).into()
}
