//! Replies, callbacks, objects inside them, and browser returns: typed fields first, everything that came in `raw()`.

use ottpay_vocabulary::{Encoding, Protocol};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::docs;
use super::library::rt;
use super::paths::{action_module, callback_module, client_name, ident};
use super::stored::{emit_serialized, emit_with_sensitive};
use super::types::{article, rust_type};
use crate::check::{Action, Callback, Field, Kind, Object, Spec};
use crate::diagnostic::Position;
use crate::prose::{line, paragraphs};

pub(super) fn emit_reply(spec: &Spec, action: &Action) -> TokenStream {
    let name = format_ident!("{}Reply", action.type_name);
    let mut doc = format!("Reply to [`{}`].", action.type_name);
    if let Some(callback) = spec.callback_of(action) {
        let (article, name) = (article(&callback.type_name), &callback.type_name);
        let from = if callback.from_library { "__ottpay::" } else { "" };
        doc.push_str(&format!(" The result is expected later, as {article} [`{name}`]({from}{name})."));
    }
    if let Some(reserves) = action.reserves_in_words() {
        doc.push_str(&format!(" {reserves}"));
    }
    if action.protocol == Protocol::Json {
        doc.push_str(" It travels without an envelope: TLS is all that vouches for it.");
    }
    doc.push_str(&docs::received_table(spec, &action.reply));
    let doc = docs::with_source(&doc, &action.source, &action.page);
    let module = action_module(action);
    let received = ReceivedType {
        name,
        way: "Reply",
        doc,
        infos: quote!(#module::REPLY),
        fields: &action.reply,
        source: &action.source,
        page: &action.page,
    };
    let (rt, name, received) = (rt(), received.name.clone(), emit_received(spec, &received, None));
    quote! {
        #received

        /// For what is recorded of the reply.
        impl ::core::convert::AsRef<#rt::Received> for #name {
            fn as_ref(&self) -> &#rt::Received {
                &self.raw
            }
        }
    }
}

pub(super) fn emit_callback(spec: &Spec, callback: &Callback) -> TokenStream {
    let name = ident(&callback.type_name);
    let table = docs::received_table(spec, &callback.fields);
    let unknown = docs::unknown(&callback.unknown);
    let summary = line(&callback.summary);
    let doc = format!(
        "{summary}\n\nMade by [`{}::{}`], which verifies it.{table}{unknown}",
        client_name(spec),
        callback.method
    );
    let doc = docs::with_source(&doc, &callback.source, &callback.page);
    let module = callback_module(callback);
    let rt = rt();
    let outer_doc = "The members that came in clear text beside `data`. **Nothing in them is authenticated.**";
    let outer_doc = docs::with_source(outer_doc, &callback.source, &callback.page);
    let more = quote! {
        #[doc = #outer_doc]
        pub fn unauthenticated(&self) -> &#rt::Outer {
            self.raw.outer()
        }
    };
    let Callback { fields, source, page, .. } = callback;
    let received = ReceivedType { name, way: "Callback", doc, infos: quote!(#module::FIELDS), fields, source, page };
    emit_received(spec, &received, Some(more))
}

/// An object inside a field.
pub(super) fn emit_object(spec: &Spec, object: &Object) -> TokenStream {
    let rt = rt();
    let Object { fields, source, page, .. } = object;
    let name = ident(&object.name);
    let doc = format!("{}{}", paragraphs(&object.doc), docs::received_table(spec, fields));
    let doc = docs::with_source(&doc, source, page);
    let infos = quote!(self::__spec::objects::#name.fields);
    let received = ReceivedType { name: name.clone(), way: "Field", doc, infos, fields, source, page };
    let received = emit_received(spec, &received, None);
    quote! {
        #received

        impl #rt::FromField for #name {
            fn from_field(text: &str) -> ::core::result::Result<Self, #rt::Problem> {
                #rt::nested(text)
            }
        }
    }
}

/// What comes back with the buyer's browser.
pub(super) fn emit_return(spec: &Spec, action: &Action) -> TokenStream {
    let rt = rt();
    let name = format_ident!("{}Return", action.type_name);
    let Action { returned: fields, source, page, .. } = action;
    let doc = format!(
        "What comes back to the merchant's page with the buyer's browser after [`{}::{}`].\n\n**Nothing in it is \
         authenticated**: anyone who opens the page can change it. Show it, and ask the gateway before you believe it.{}",
        client_name(spec),
        action.name,
        docs::received_table(spec, fields)
    );
    let doc = docs::with_source(&doc, source, page);
    let reader_doc = docs::with_source(
        "Reads the address to which the browser came back, or its query alone. **Nothing in it is authenticated.**\n\n# Errors\n\
         [`QueryError`](__ottpay::QueryError) if the query is too long, has one of these parameters twice, or lacks a \
         required one.",
        source,
        page,
    );
    let module = action_module(action);
    let reader = quote! {
        #[doc = #reader_doc]
        pub fn unauthenticated(query: &str) -> ::core::result::Result<Self, #rt::QueryError> {
            #rt::returned(query, &#module::RETURNED)
        }
    };
    let received = ReceivedType { name, way: "Browser", doc, infos: quote!(#module::RETURNED), fields, source, page };
    emit_received(spec, &received, Some(reader))
}

/// What replies and callbacks have in common.
struct ReceivedType<'a> {
    name: Ident,
    /// By which way it is received; the type can be made of nothing else.
    way: &'static str,
    doc: String,
    /// Path of the descriptions of the fields.
    infos: TokenStream,
    fields: &'a [Field],
    source: &'a Position,
    page: &'a str,
}

fn emit_received(spec: &Spec, received: &ReceivedType<'_>, more: Option<TokenStream>) -> TokenStream {
    let rt = rt();
    let ReceivedType { name, way, doc, infos, fields, source, page } = received;
    let way = format_ident!("{way}");
    let raw_doc = docs::with_source("Everything that came, by its name on the wire.", source, page);
    let stored = || fields.iter().filter(|field| !is_text(field));
    let names: Vec<Ident> = stored().map(|field| ident(&field.name)).collect();
    let types = stored().map(|field| emit_stored_type(spec, field));
    let locals: Vec<Ident> = stored().map(read_name).collect();
    let reads = fields.iter().enumerate().map(|(index, field)| emit_read(spec, field, &quote!(&#infos[#index])));
    let accessors =
        fields.iter().enumerate().map(|(index, field)| emit_accessor(spec, field, &quote!(&#infos[#index]), page));
    let (with_sensitive, serialized) = match spec.has_serde {
        true => (Some(emit_with_sensitive(infos, source, page)), Some(emit_serialized(name, infos))),
        false => (None, None),
    };
    let shown = name.to_string();
    let declared = (received.way == "Reply").then(|| {
        quote! {
            fn declared() -> ::core::option::Option<&'static [#rt::FieldInfo]> {
                ::core::option::Option::Some(&#infos)
            }
        }
    });
    quote! {
        #[doc = #doc]
        pub struct #name {
            raw: #rt::Received,
            #(#names: #types,)*
        }

        impl #name {
            #(#accessors)*

            #[doc = #raw_doc]
            pub fn raw(&self) -> &#rt::Received {
                &self.raw
            }

            #more

            #with_sensitive
        }

        #serialized

        impl #rt::Typed<#rt::way::#way> for #name {
            fn made_of(arrived: #rt::Arrived<#rt::way::#way>) -> ::core::result::Result<Self, #rt::FieldError> {
                let received = arrived.into_received();
                #(#reads)*
                ::core::result::Result::Ok(Self { #(#names: #locals,)* raw: received })
            }

            #declared
        }

        impl ::core::clone::Clone for #name {
            fn clone(&self) -> Self {
                Self {
                    raw: ::core::clone::Clone::clone(&self.raw),
                    #(#names: ::core::clone::Clone::clone(&self.#names),)*
                }
            }
        }

        impl ::core::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                self.raw.debug(#shown, &#infos, f)
            }
        }
    }
}

/// Whether the value is a text as it came. It is read where it is, and not stored once more.
fn is_text(field: &Field) -> bool {
    matches!(field.kind, Kind::Text | Kind::Json) && field.encoding == Encoding::Plain
}

/// The variable in which a value is until all are read.
fn read_name(field: &Field) -> Ident {
    format_ident!("read_{}", field.name)
}

/// Reads a value that is stored, or looks whether a text is there. `info` is the description of the field.
fn emit_read(spec: &Spec, field: &Field, info: &TokenStream) -> TokenStream {
    let name = read_name(field);
    match (is_text(field), field.required) {
        (true, true) => quote!(received.check_presence(#info)?;),
        (true, false) => TokenStream::new(),
        (false, true) => quote!(let #name = received.required(#info)?;),
        (false, false) if spec.is_of_money(field.kind) => quote!(let #name = received.optional_money(#info);),
        (false, false) => quote!(let #name = received.optional(#info);),
    }
}

fn emit_stored_type(spec: &Spec, field: &Field) -> TokenStream {
    let kind = rust_type(spec, field.kind, &quote!(self));
    match field.required {
        true => kind,
        false if spec.is_of_money(field.kind) => unreadable_or(&quote!(::core::option::Option<#kind>)),
        false => quote!(::core::option::Option<#kind>),
    }
}

/// The type of what is an error if it cannot be read.
fn unreadable_or(kind: &TokenStream) -> TokenStream {
    let rt = rt();
    quote!(::core::result::Result<#kind, #rt::FieldError>)
}

fn emit_accessor(spec: &Spec, field: &Field, info: &TokenStream, page: &str) -> TokenStream {
    let name = ident(&field.name);
    let kind = rust_type(spec, field.kind, &quote!(self));
    let doc = docs::accessor(spec, field, page);
    let is_copy = matches!(field.kind, Kind::Amount | Kind::Currency | Kind::Integer | Kind::RateE8 | Kind::Decimal);
    let (returned, value) = match (field.kind, field.required) {
        _ if is_text(field) && field.required => {
            (quote!(&str), quote!(self.raw.declared_text(#info).unwrap_or_default()))
        }
        _ if is_text(field) => (quote!(::core::option::Option<&str>), quote!(self.raw.declared_text(#info))),
        (Kind::Text | Kind::Json, true) => (quote!(&str), quote!(&self.#name)),
        (Kind::Text | Kind::Json, false) => (quote!(::core::option::Option<&str>), quote!(self.#name.as_deref())),
        (Kind::Object(_), false) if spec.is_of_money(field.kind) => (
            unreadable_or(&quote!(::core::option::Option<&#kind>)),
            quote! {
                match &self.#name {
                    ::core::result::Result::Ok(read) => ::core::result::Result::Ok(read.as_ref()),
                    ::core::result::Result::Err(error) => {
                        ::core::result::Result::Err(::core::clone::Clone::clone(error))
                    }
                }
            },
        ),
        (_, false) if spec.is_of_money(field.kind) => {
            (unreadable_or(&quote!(::core::option::Option<#kind>)), quote!(::core::clone::Clone::clone(&self.#name)))
        }
        (_, true) if is_copy => (quote!(#kind), quote!(self.#name)),
        (_, false) if is_copy => (quote!(::core::option::Option<#kind>), quote!(self.#name)),
        (_, true) => (quote!(&#kind), quote!(&self.#name)),
        (_, false) => (quote!(::core::option::Option<&#kind>), quote!(self.#name.as_ref())),
    };
    quote! {
        #[doc = #doc]
        pub fn #name(&self) -> #returned {
            #value
        }
    }
}
