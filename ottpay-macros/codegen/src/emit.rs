//! Third step: the checked model to Rust. Tables and plain calls; nothing here can fail, and the same model always
//! gives the same tokens.

mod client;
mod docs;
mod enums;
mod received;
mod request;
mod tables;

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use crate::check::{Action, Callback, Kind, Spec};
use crate::names::{camel, is_keyword};

/// The whole client: types, builders, methods and tables, for the module in which it stands.
pub fn client(spec: &Spec) -> TokenStream {
    let enums = spec.enums.iter().map(enums::emit);
    let callbacks = spec.callbacks.iter().map(|callback| received::callback(spec, callback));
    // An object that only stands encrypted in a text has a table, and nobody reads it.
    let received = spec.actions.iter().flat_map(|action| action.reply.iter().chain(&action.returned));
    let received = received.chain(spec.callbacks.iter().flat_map(|callback| &callback.fields));
    let received = received.chain(spec.objects.iter().flat_map(|object| &object.fields));
    let read: BTreeSet<usize> = received.filter_map(|field| field.kind.object()).collect();
    let objects = read.iter().filter_map(|index| spec.objects.get(*index));
    let objects = objects.map(|object| received::object(spec, object));
    let requests = spec.actions.iter().map(|action| request::emit(spec, action));
    let replies = spec.actions.iter().filter(|action| request::is_sent(action));
    let replies = replies.map(|action| received::reply(spec, action));
    let returns = spec.actions.iter().filter(|action| !action.returned.is_empty());
    let returns = returns.map(|action| received::returned(spec, action));
    let client = client::emit(spec);
    let tables = tables::emit(spec);
    let watched = watched(spec);
    quote! {
        #client
        #(#enums)*
        #(#objects)*
        #(#requests)*
        #(#replies)*
        #(#returns)*
        #(#callbacks)*
        #tables
        #watched
    }
}

/// The one door to the runtime.
fn rt() -> TokenStream {
    quote!(::ottpay::__private)
}

/// Makes the compiler look at every file, so that a change in one of them rebuilds the client.
fn watched(spec: &Spec) -> TokenStream {
    let files = spec.files.iter().map(|file| format!("/{}/{file}", spec.shown));
    quote!(#(const _: &[u8] = ::core::include_bytes!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), #files));)*)
}

/// An identifier, escaped if the word is reserved.
fn ident(name: &str) -> Ident {
    if is_keyword(name) { Ident::new_raw(name, Span::call_site()) } else { Ident::new(name, Span::call_site()) }
}

/// Hidden module with the tables of an action and the traits of its fields, seen from the root. Everything that is
/// generated beside the public types has a module of its own, so that no two names can meet.
fn action_module(action: &Action) -> TokenStream {
    let name = ident(&action.name);
    quote!(self::__spec::actions::#name)
}

/// Hidden module with the tables of a callback, seen from the root.
fn callback_module(callback: &Callback) -> TokenStream {
    let name = ident(&callback.name);
    quote!(self::__spec::callbacks::#name)
}

/// The Rust type of a field. `root` is the way from where it stands to the root: `self`, or `super::super`.
fn rust_type(spec: &Spec, kind: Kind, root: &TokenStream) -> TokenStream {
    let rt = rt();
    match kind {
        Kind::Text | Kind::Json => quote!(::std::string::String),
        Kind::OrderId => quote!(#rt::OrderId),
        Kind::Amount => quote!(#rt::Amount),
        Kind::Url => quote!(#rt::Url),
        Kind::Currency => quote!(#rt::Currency),
        Kind::Integer => quote!(::core::primitive::u64),
        Kind::Timestamp => quote!(#rt::Timestamp),
        Kind::DateTime => quote!(#rt::DateTime),
        Kind::RateE8 => quote!(#rt::Rate),
        Kind::Decimal => quote!(#rt::Decimal),
        Kind::Enum(index) => {
            let name = ident(spec.enums.get(index).map_or("", |declared| &declared.name));
            quote!(#root::#name)
        }
        Kind::Object(index) => {
            let name = ident(spec.objects.get(index).map_or("", |object| &object.name));
            quote!(#root::#name)
        }
    }
}

/// How people call the type of a field, with its article.
fn spoken_type(spec: &Spec, kind: Kind) -> String {
    match kind {
        Kind::Text => "text".to_owned(),
        Kind::OrderId => "an `OrderId`".to_owned(),
        Kind::Amount => "an `Amount`".to_owned(),
        Kind::Url => "a URL as text or a `Url`".to_owned(),
        Kind::Currency => "a `Currency`".to_owned(),
        Kind::Integer => "a whole number, a `u64`".to_owned(),
        Kind::Timestamp => "a `Timestamp`".to_owned(),
        Kind::Json => "any JSON value, as text".to_owned(),
        Kind::DateTime => "a `DateTime`".to_owned(),
        Kind::RateE8 => "a `Rate`".to_owned(),
        Kind::Decimal => "a `Decimal`".to_owned(),
        Kind::Enum(index) => spec.enums.get(index).map_or_else(String::new, |declared| with_article(&declared.name)),
        Kind::Object(index) => spec.objects.get(index).map_or_else(String::new, |object| with_article(&object.name)),
    }
}

/// The article of a type: an `OrderStatus`, a `BizType`.
fn article(name: &str) -> &'static str {
    if name.starts_with(['A', 'E', 'I', 'O']) { "an" } else { "a" }
}

fn with_article(name: &str) -> String {
    format!("{} `{name}`", article(name))
}

/// State parameter of a builder for one of its fields.
fn state(name: &str) -> Ident {
    format_ident!("Has{}", camel(name))
}

/// The method a user calls to receive a callback, for documentation.
fn callback_of<'a>(spec: &'a Spec, action: &Action) -> Option<&'a Callback> {
    spec.callbacks.get(action.callback?)
}
