//! The macro that turns a folder of YAML into a typed OTT Pay client. A thin shim: everything it does is in
//! `ottpay-codegen`, which is an ordinary library.

use std::env;
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
    match ottpay_codegen::expand(&package.join(&folder), &folder) {
        Ok(tokens) => tokens.into(),
        Err(diagnostics) => {
            let messages = diagnostics.into_sorted().into_iter().map(|diagnostic| diagnostic.to_string());
            quote!(#(::core::compile_error!(#messages);)*).into()
        }
    }
}
