//! Third step: the checked model to Rust. Tables and plain calls; nothing here can fail, and the same model always
//! gives the same tokens.

mod client;
mod compiled_spec;
mod docs;
mod enums;
mod received;
mod request;

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use crate::check::{Action, Callback, EXTENSION, Enum, Kind, Spec};
use crate::compile::Watched;
use crate::names::{camel, is_keyword};
use crate::{Diagnostics, guarded};

/// The whole client: types, builders, methods and tables, for the module in which it stands. An action on which the
/// emitter fails joins those that have problems.
pub(crate) fn all(spec: &mut Spec, watched: &Watched, diagnostics: &mut Diagnostics) -> TokenStream {
    let mut parts = Vec::new();
    let mut failed = Vec::new();
    for action in &spec.actions {
        match guarded(&action.source.file, diagnostics, |_| Parts::of(spec, action)) {
            Some(emitted) => parts.push(emitted),
            None => failed.push((action.name.clone(), action.type_names())),
        }
    }
    for (method, types) in failed {
        spec.actions.retain(|action| action.name != method);
        spec.stand_ins.methods.insert(method);
        spec.stand_ins.types.extend(types);
    }
    assemble(spec, watched, &parts)
}

/// What is made of an action.
struct Parts {
    types: TokenStream,
    table: TokenStream,
}

impl Parts {
    fn of(spec: &Spec, action: &Action) -> Self {
        let request = request::emit(spec, action);
        let reply = request::is_sent(action).then(|| received::reply(spec, action));
        let returned = (!action.returned.is_empty()).then(|| received::returned(spec, action));
        Self { types: quote!(#request #reply #returned), table: compiled_spec::action_module(spec, action) }
    }
}

fn assemble(spec: &Spec, watched: &Watched, parts: &[Parts]) -> TokenStream {
    let enums = own_enums(spec).map(enums::emit);
    let callbacks = own_callbacks(spec).map(|callback| received::callback(spec, callback));
    // An object that only stands encrypted in a text has a table, and nobody reads it.
    let received = spec.actions.iter().flat_map(|action| action.reply.iter().chain(&action.returned));
    let received = received.chain(spec.callbacks.iter().flat_map(|callback| &callback.fields));
    let received = received.chain(spec.objects.iter().flat_map(|object| &object.fields));
    let read: BTreeSet<usize> = received.filter_map(|field| field.kind.object()).collect();
    // Of what a broken action reads nobody knows.
    let is_read = |index: &usize| read.contains(index) || !spec.stand_ins.methods.is_empty();
    let objects = spec.objects.iter().enumerate().filter(|(index, _)| is_read(index)).map(|(_, object)| object);
    let objects = objects.filter(|object| !object.from_library && !object.is_broken);
    let objects = objects.map(|object| received::object(spec, object));
    let actions = parts.iter().map(|parts| &parts.types);
    let client = client::emit(spec);
    let tables = compiled_spec::emit(spec, parts.iter().map(|parts| &parts.table));
    let watched = watch(spec, watched);
    // Each a type of its own and of this crate, so that a shop may implement its traits for it.
    let unusable = spec.stand_ins.types.iter().enumerate().map(|(index, name)| {
        let name = ident(name);
        quote!(#[allow(missing_docs)] pub type #name = self::__StandIn<self::__Unusable, #index>;)
    });
    let stand_in = (!spec.stand_ins.types.is_empty()).then(|| {
        quote! {
            #[doc(hidden)]
            pub struct __StandIn<E, const INDEX: ::core::primitive::usize>(E);
        }
    });
    quote! {
        #client
        #(#enums)*
        #(#objects)*
        #(#actions)*
        #(#callbacks)*
        #tables
        #stand_in
        #(#unusable)*
        #watched
    }
}

/// The methods of the client.
pub(crate) fn methods(spec: &Spec) -> Vec<&str> {
    let callbacks = spec.callbacks.iter().map(|callback| callback.method.as_str());
    spec.actions.iter().map(|action| action.name.as_str()).chain(callbacks).collect()
}

/// The enums that the specification itself declares, without those that have problems.
fn own_enums(spec: &Spec) -> impl Iterator<Item = &Enum> {
    spec.enums.iter().filter(|declared| !declared.from_library && !declared.is_broken)
}

/// The callbacks that the specification itself declares, without those that have problems.
fn own_callbacks(spec: &Spec) -> impl Iterator<Item = &Callback> {
    spec.callbacks.iter().filter(|callback| !callback.from_library && !callback.is_broken)
}

/// The one door to the runtime.
fn rt() -> TokenStream {
    quote!(::ottpay::__private)
}

/// Makes the compiler look at every file, so that a change in one of them rebuilds the client.
fn watch(spec: &Spec, watched: &Watched) -> TokenStream {
    let files = spec.files.iter().map(|file| match watched {
        Watched::InPackage(folder) => {
            let path = format!("/{folder}/{file}");
            quote!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), #path))
        }
        Watched::BesideFile(folder) => {
            let path = format!("{folder}/{file}");
            quote!(#path)
        }
    });
    quote!(#(const _: &[u8] = ::core::include_bytes!(#files);)*)
}

/// Where the methods are, for documentation: the client of the specification, or the trait that extends the library's.
fn client_name(spec: &Spec) -> &'static str {
    if spec.extends { EXTENSION } else { "Client" }
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
            let declared = spec.enums.get(index).map(|declared| (&*declared.name, declared.from_library));
            named_type(declared, root)
        }
        Kind::Object(index) => {
            let declared = spec.objects.get(index).map(|object| (&*object.name, object.from_library));
            named_type(declared, root)
        }
    }
}

/// A declared type: beside what is generated, or in the library.
fn named_type(declared: Option<(&str, bool)>, root: &TokenStream) -> TokenStream {
    let (name, from_library) = declared.unwrap_or_default();
    let name = ident(name);
    if from_library { quote!(::ottpay::#name) } else { quote!(#root::#name) }
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
