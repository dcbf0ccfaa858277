//! The macros that turn folders of YAML into typed OTT Pay clients. The work is done by `ottpay-codegen`, an ordinary
//! library.

mod argument;

use std::env;
use std::path::PathBuf;

use ottpay_codegen::{CargoPackage, Library};
use proc_macro::TokenStream;
use quote::{ToTokens as _, quote};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, LitStr, bracketed};

use self::argument::FolderName;

mod keyword {
    syn::custom_keyword!(serde);
}

/// Generates the client that the YAML files of a folder describe. `client!("spec")` is relative to the package,
/// `client!("./spec")` to the file that contains it.
///
/// A mistake in a file is a compile error with its line and a suggestion.
#[proc_macro]
pub fn client(input: TokenStream) -> TokenStream {
    let Whole { name, has_serde } = syn::parse_macro_input!(input as Whole);
    let watched = name.watch_variables();
    match name.find_folder() {
        Ok(folder) => {
            let code = ottpay_codegen::compile_client(&folder.with_serde(has_serde)).into_tokens(name.span());
            quote!(#code #watched).into()
        }
        Err(errors) => errors.into(),
    }
}

/// Generates the macro that passes the shared part of the library's specification to [`actions`].
#[proc_macro]
pub fn library(input: TokenStream) -> TokenStream {
    let Whole { name, has_serde } = syn::parse_macro_input!(input as Whole);
    match name.find_folder() {
        Ok(folder) => ottpay_codegen::compile_library(&folder.with_serde(has_serde)).into(),
        // `client` has the same argument, and reports the same problem.
        Err(_) => TokenStream::new(),
    }
}

/// Generates private actions. Users call `ottpay::actions!`, which adds the shared part of the library's specification.
#[proc_macro]
pub fn actions(input: TokenStream) -> TokenStream {
    let Actions { path, name, library, has_serde } = syn::parse_macro_input!(input as Actions);
    let watched = name.watch_variables();
    match name.find_folder() {
        Ok(folder) => {
            let folder = folder.with_serde(has_serde);
            let compiled = ottpay_codegen::compile_actions(&folder, &library);
            let package = package().filter(|_| compiled.report().is_empty());
            let warning = package.and_then(|package| folder.warn_of_missed_files(&package, name.span()));
            let code = compiled.into_tokens_for(&path, name.span());
            quote!(#code #watched #warning).into()
        }
        Err(errors) => errors.into(),
    }
}

/// The input of `client` and `library`: the folder, then `serde` if the library has that feature.
struct Whole {
    name: FolderName,
    has_serde: bool,
}

impl Parse for Whole {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Self { name: input.parse()?, has_serde: parse_serde(input)? })
    }
}

fn parse_serde(input: ParseStream<'_>) -> syn::Result<bool> {
    input.parse::<Option<keyword::serde>>().map(|found| found.is_some())
}

/// The input of `actions`: the path of the library, the folder, `serde` if the library has that feature, then the
/// shared files of the library, the methods of its client, and name and text of each of its reads.
struct Actions {
    path: proc_macro2::TokenStream,
    name: FolderName,
    library: Library,
    has_serde: bool,
}

impl Parse for Actions {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        // This is `$crate`, the library under any name.
        let path = Ident::parse_any(input)?.into_token_stream();
        let argument;
        bracketed!(argument in input);
        let name = argument.parse()?;
        let has_serde = parse_serde(input)?;
        let text = || input.parse::<LitStr>().map(|text| text.value());
        let (gateway, types, callbacks, methods) = (text()?, text()?, text()?, text()?);
        let mut reads = Vec::new();
        while !input.is_empty() {
            reads.push((text()?, text()?));
        }
        let library = Library { gateway, types, callbacks, methods, reads };
        Ok(Self { path, name, library, has_serde })
    }
}

/// Returns the package that is being compiled, if cargo compiles it: other tools have their own rules for rebuilds.
fn package() -> Option<CargoPackage> {
    env::var_os("CARGO")?;
    let out_dir = env::var_os("OUT_DIR").map(PathBuf::from);
    Some(CargoPackage { name: env::var("CARGO_PKG_NAME").ok()?, folder: argument::package(), out_dir })
}
