//! The macros that turn folders of YAML into typed OTT Pay clients. A thin shim: everything they do is in
//! `ottpay-codegen`, which is an ordinary library.

use std::env;
use std::path::PathBuf;

use ottpay_codegen::{Folder, Library};
use proc_macro::TokenStream;
use quote::quote;
use syn::LitStr;
use syn::parse::{Parse, ParseStream};

/// Emits the client that the YAML files of a folder describe. `client!("spec")` is relative to the package,
/// `client!("./spec")` to the file that calls the macro.
///
/// Problems of the files become compile errors that show the line and say what to do.
#[proc_macro]
pub fn client(input: TokenStream) -> TokenStream {
    let name = syn::parse_macro_input!(input as LitStr);
    match folder(&name) {
        Ok(folder) => ottpay_codegen::client(&folder).into_tokens(name.span()).into(),
        Err(errors) => errors,
    }
}

/// Emits the macro by which the library hands what its specification shares to [`actions`].
#[proc_macro]
pub fn library(input: TokenStream) -> TokenStream {
    let name = syn::parse_macro_input!(input as LitStr);
    match folder(&name) {
        Ok(folder) => ottpay_codegen::library(&folder).into(),
        // `client` has the same argument, and reports the same problem.
        Err(_) => TokenStream::new(),
    }
}

/// Emits actions of one's own. Users call `ottpay::actions!`, which adds what the library shares.
#[proc_macro]
pub fn actions(input: TokenStream) -> TokenStream {
    let Actions { name, library } = syn::parse_macro_input!(input as Actions);
    match folder(&name) {
        Ok(folder) => ottpay_codegen::actions(&folder, &library).into_tokens(name.span()).into(),
        Err(errors) => errors,
    }
}

/// The folder, then the files of the library and the methods of its client.
struct Actions {
    name: LitStr,
    library: Library,
}

impl Parse for Actions {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let text = || input.parse::<LitStr>().map(|text| text.value());
        Ok(Self {
            name: input.parse()?,
            library: Library { gateway: text()?, types: text()?, callbacks: text()?, methods: text()? },
        })
    }
}

/// The folder that is named, or the error that it cannot be.
fn folder(name: &LitStr) -> Result<Folder, TokenStream> {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let calling_file = name.span().unwrap().local_file();
    Folder::named(&name.value(), &package, calling_file.as_deref()).map_err(|report| {
        let errors = report.errors(name.span());
        quote!(#(#errors;)*).into()
    })
}
