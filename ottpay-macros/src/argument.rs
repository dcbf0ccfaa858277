//! The argument of the macros: a folder, as a string literal, or composed of `concat!` and `env!`.

use std::env;
use std::path::PathBuf;

use ottpay_codegen::Folder;
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, Lit, LitStr, Token, parenthesized};

/// A folder as the macro's argument names it.
pub(crate) struct FolderName {
    name: String,
    /// The position of its first part.
    span: Span,
    /// The environment variables that are part of it.
    variables: Vec<LitStr>,
}

impl Parse for FolderName {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut folder = Self { name: String::new(), span: input.span(), variables: Vec::new() };
        folder.read_part(input)?;
        input.parse::<Option<Token![,]>>()?;
        Ok(folder)
    }
}

impl FolderName {
    /// Reads a literal, `concat!(…)` of such parts, or `env!("NAME")`.
    fn read_part(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        if input.peek(Lit) {
            let literal: Lit = input.parse()?;
            // The file in which the path begins determines where the folder is searched.
            if self.name.is_empty() {
                self.span = literal.span();
            }
            match &literal {
                Lit::Str(text) => self.name.push_str(&text.value()),
                // `concat!` accepts these literals as well.
                Lit::Char(character) => self.name.push(character.value()),
                Lit::Int(number) => self.name.push_str(number.base10_digits()),
                Lit::Bool(value) => self.name.push_str(if value.value { "true" } else { "false" }),
                _ => return Err(syn::Error::new(literal.span(), EXPECTED)),
            }
            return Ok(());
        }
        // Created before anything is read, so that it points at the beginning.
        let unexpected = input.error(EXPECTED);
        for part in ["core", "std"] {
            if input.peek(Ident) && input.peek2(Token![::]) && input.fork().parse::<Ident>()? == part {
                input.parse::<Ident>()?;
                input.parse::<Token![::]>()?;
            }
        }
        let name = input.parse::<Ident>().map_err(|_| unexpected.clone())?;
        input.parse::<Token![!]>().map_err(|_| unexpected.clone())?;
        let arguments;
        parenthesized!(arguments in input);
        match name.to_string().as_str() {
            "concat" => {
                while !arguments.is_empty() {
                    self.read_part(&arguments)?;
                    if !arguments.is_empty() {
                        arguments.parse::<Token![,]>()?;
                    }
                }
                Ok(())
            }
            "env" => {
                let variable: LitStr = arguments.parse()?;
                // The second argument of `env!` is a message, which is not needed here.
                arguments.parse::<TokenStream>()?;
                let value = env::var(variable.value()).map_err(|_| {
                    let hint =
                        if variable.value() == "OUT_DIR" { "; packages with a build script have it" } else { "" };
                    let message = format!("there is no variable `{}` at compile time{hint}", variable.value());
                    syn::Error::new(variable.span(), message)
                })?;
                self.name.push_str(&value);
                self.variables.push(variable);
                Ok(())
            }
            _ => Err(unexpected),
        }
    }

    /// Returns where messages point.
    pub(crate) fn span(&self) -> Span {
        self.span
    }

    /// Returns the named folder, or the compile error if the name is invalid.
    pub(crate) fn find_folder(&self) -> Result<Folder, TokenStream> {
        let package = package();
        // This is not the `unwrap` of an `Option`: it returns the compiler's own span, which knows its file.
        let file = self.span.unwrap().local_file();
        let named = if self.variables.is_empty() { Folder::from_name } else { Folder::from_computed_name };
        let folder = named(&self.name, &package, file.as_deref()).map_err(|report| {
            let errors = report.compile_errors(self.span);
            quote!(#(#errors;)*)
        })?;
        Ok(match env::current_dir() {
            Ok(working_folder) => folder.printed_from(&working_folder),
            Err(_) => folder,
        })
    }

    /// Makes the compiler watch the variables, so that a change causes a rebuild.
    pub(crate) fn watch_variables(&self) -> TokenStream {
        let variables = &self.variables;
        quote!(#(const _: &::core::primitive::str = ::core::env!(#variables);)*)
    }
}

/// Returns the folder of the package that is being compiled.
pub(crate) fn package() -> PathBuf {
    PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default())
}

const EXPECTED: &str =
    "expected the name of a folder, such as \"spec\": a string literal, or `concat!` and `env!` of such";
