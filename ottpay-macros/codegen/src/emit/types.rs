//! The types of fields, in Rust and in prose.

use proc_macro2::TokenStream;
use quote::quote;

use super::library::{library, rt};
use super::paths::ident;
use crate::check::{Kind, Spec};

/// Returns the Rust type of a field. `root` is the path from the place of use to the root: `self`, or `super::super`.
pub(super) fn rust_type(spec: &Spec, kind: Kind, root: &TokenStream) -> TokenStream {
    let rt = rt();
    match kind {
        Kind::Text | Kind::Json => quote!(#rt::String),
        Kind::OrderId => quote!(#rt::OrderId),
        Kind::RefundId => quote!(#rt::RefundId),
        Kind::CheckoutId => quote!(#rt::CheckoutId),
        Kind::Amount => quote!(#rt::Amount),
        Kind::Url => quote!(#rt::Url),
        Kind::Currency => quote!(#rt::Currency),
        Kind::Integer => quote!(::core::primitive::u64),
        Kind::Timestamp => quote!(#rt::Timestamp),
        Kind::DateTime => quote!(#rt::DateTime),
        Kind::RateE8 => quote!(#rt::Rate),
        Kind::Decimal => quote!(#rt::Decimal),
        Kind::Enum(index) => {
            let declared = spec.enums.get(index).map(|declared| (&*declared.name, declared.from_library));
            named_type(declared, root)
        }
        Kind::Object(index) => {
            let declared = spec.objects.get(index).map(|object| (&*object.name, object.from_library));
            named_type(declared, root)
        }
    }
}

/// Returns the path of a declared type, in the generated module or in the library.
fn named_type(declared: Option<(&str, bool)>, root: &TokenStream) -> TokenStream {
    let (name, from_library) = declared.unwrap_or_default();
    let (name, library) = (ident(name), library());
    if from_library { quote!(#library::#name) } else { quote!(#root::#name) }
}

/// Describes the type of a field in prose, with an article.
pub(super) fn spoken_type(spec: &Spec, kind: Kind) -> String {
    match kind {
        Kind::Text => "a string".to_owned(),
        Kind::OrderId => "an `OrderId`".to_owned(),
        Kind::RefundId => "a `RefundId`".to_owned(),
        Kind::CheckoutId => "a `CheckoutId`".to_owned(),
        Kind::Amount => "an `Amount`".to_owned(),
        Kind::Url => "a URL, as a string or a `Url`".to_owned(),
        Kind::Currency => "a `Currency`".to_owned(),
        Kind::Integer => "a whole number, a `u64`".to_owned(),
        Kind::Timestamp => "a `Timestamp`".to_owned(),
        Kind::Json => "any JSON value, as a string".to_owned(),
        Kind::DateTime => "a `DateTime`".to_owned(),
        Kind::RateE8 => "a `Rate`".to_owned(),
        Kind::Decimal => "a `Decimal`".to_owned(),
        Kind::Enum(index) => spec.enums.get(index).map_or_else(String::new, |declared| with_article(&declared.name)),
        Kind::Object(index) => spec.objects.get(index).map_or_else(String::new, |object| with_article(&object.name)),
    }
}

/// Lists the types that a setter accepts.
pub(super) fn accepted_types(spec: &Spec, kind: Kind) -> Vec<&str> {
    match kind {
        Kind::Text | Kind::Json | Kind::Object(_) => vec!["&str", "String", "Cow<str>"],
        Kind::Url => vec!["&str", "String", "Cow<str>", "Url"],
        Kind::OrderId => vec!["OrderId"],
        Kind::RefundId => vec!["RefundId"],
        Kind::CheckoutId => vec!["CheckoutId"],
        Kind::Amount => vec!["Amount"],
        Kind::Currency => vec!["Currency"],
        Kind::Integer => vec!["u64"],
        Kind::Timestamp => vec!["Timestamp", "jiff::civil::DateTime"],
        Kind::DateTime => vec!["DateTime"],
        Kind::RateE8 => vec!["Rate"],
        Kind::Decimal => vec!["Decimal"],
        Kind::Enum(index) => spec.enums.get(index).map(|declared| declared.name.as_str()).into_iter().collect(),
    }
}

/// Returns the article of a type: an `OrderStatus`, a `BizType`.
pub(super) fn article(name: &str) -> &'static str {
    if name.starts_with(['A', 'E', 'I', 'O']) { "an" } else { "a" }
}

fn with_article(name: &str) -> String {
    format!("{} `{name}`", article(name))
}
