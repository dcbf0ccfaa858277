//! Replies, callbacks, objects inside them, and browser returns: typed fields, and all received values in `raw()`.

use ottpay_vocabulary::Protocol;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::docs;
use super::kept::{Place, Places, emit_kept_types, is_kept};
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
        doc.push_str(&format!(" The result arrives later, as {article} [`{name}`]({from}{name})."));
    }
    if let Some(reserves) = action.reserves_in_words() {
        doc.push_str(&format!(" {reserves}"));
    }
    if action.protocol == Protocol::Json {
        doc.push_str(" It has no envelope: only TLS protects it.");
    }
    doc.push_str(&docs::received_table(spec, &action.reply));
    let doc = docs::with_source(&doc, &action.source, &action.page);
    let module = action_module(action);
    let received = ReceivedType {
        name,
        way: "Reply",
        doc,
        infos: quote!(&#module::REPLY),
        fields: &action.reply,
        source: &action.source,
        page: &action.page,
    };
    let (rt, name, received) = (rt(), received.name.clone(), emit_received(spec, &received, None));
    quote! {
        #received

        /// For `Tracked::record`.
        impl ::core::convert::AsRef<#rt::Received> for #name {
            fn as_ref(&self) -> &#rt::Received {
                &self.contents.raw
            }
        }
    }
}

pub(super) fn emit_callback(spec: &Spec, callback: &Callback) -> TokenStream {
    let name = ident(&callback.type_name);
    let table = docs::received_table(spec, &callback.fields);
    let unknown = docs::list_unknown(&callback.unknown);
    let summary = line(&callback.summary);
    let doc = format!(
        "{summary}\n\nReturned by [`{}::{}`], which has verified it.{table}{unknown}",
        client_name(spec),
        callback.method
    );
    let doc = docs::with_source(&doc, &callback.source, &callback.page);
    let module = callback_module(callback);
    let rt = rt();
    let outer_doc = "The members that arrived in clear text outside `data`. **None of them is authenticated.**";
    let outer_doc = docs::with_source(outer_doc, &callback.source, &callback.page);
    let more = quote! {
        #[doc = #outer_doc]
        pub fn unauthenticated(&self) -> &#rt::Outer {
            self.contents.raw.outer()
        }
    };
    let Callback { fields, source, page, .. } = callback;
    let received = ReceivedType { name, way: "Callback", doc, infos: quote!(&#module::FIELDS), fields, source, page };
    emit_received(spec, &received, Some(more))
}

/// Emits the type of an object inside a field.
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
                #rt::parse_nested(text)
            }
        }
    }
}

/// Emits the type of the parameters with which the buyer's browser returns.
pub(super) fn emit_return(spec: &Spec, action: &Action) -> TokenStream {
    let rt = rt();
    let name = format_ident!("{}Return", action.type_name);
    let Action { returned: fields, source, page, .. } = action;
    let doc = format!(
        "The parameters with which the buyer's browser returns to the merchant's page after [`{}::{}`].\n\n**None of them is \
         authenticated**: anyone who opens the page can change them. Query the order before you act on them.{}",
        client_name(spec),
        action.name,
        docs::received_table(spec, fields)
    );
    let doc = docs::with_source(&doc, source, page);
    let reader_doc = docs::with_source(
        "Reads the URL to which the browser returned, or only its query. **Nothing in it is authenticated.**\n\n# Errors\n\
         [`QueryError`](__ottpay::QueryError) if the query is too long, has one of these parameters twice, or lacks a \
         required one.",
        source,
        page,
    );
    let module = action_module(action);
    let reader = quote! {
        #[doc = #reader_doc]
        pub fn unauthenticated(query: &str) -> ::core::result::Result<Self, #rt::QueryError> {
            #rt::parse_return(query, &#module::RETURNED)
        }
    };
    let received = ReceivedType { name, way: "Browser", doc, infos: quote!(&#module::RETURNED), fields, source, page };
    emit_received(spec, &received, Some(reader))
}

/// The common properties of replies, callbacks, objects and browser returns.
struct ReceivedType<'a> {
    name: Ident,
    /// How it is received; it cannot be created from a message received in another way.
    way: &'static str,
    doc: String,
    /// The descriptions of the fields.
    infos: TokenStream,
    fields: &'a [Field],
    source: &'a Position,
    page: &'a str,
}

fn emit_received(spec: &Spec, received: &ReceivedType<'_>, more: Option<TokenStream>) -> TokenStream {
    let rt = rt();
    let ReceivedType { name, way, doc, infos, fields, source, page } = received;
    let way = format_ident!("{way}");
    let raw_doc = docs::with_source("Everything that arrived, by its name on the wire.", source, page);
    let kept: Vec<&Field> = fields.iter().filter(|field| is_kept(field)).collect();
    let types: Vec<TokenStream> = kept.iter().map(|field| emit_kept_type(spec, field)).collect();
    let types = emit_kept_types(&types);
    let mut places = Places::new(kept.len());
    let accessors = fields.iter().enumerate().map(|(index, field)| {
        let returned = match is_kept(field) {
            true => emit_kept_value(spec, field, &places.next()),
            false => emit_text(field, index),
        };
        emit_accessor(spec, field, &returned, page)
    });
    let (with_sensitive, serialized) = match spec.has_serde {
        true => (Some(emit_with_sensitive(source, page)), Some(emit_serialized(name))),
        false => (None, None),
    };
    let shown = name.to_string();
    // Only a reply belongs to a request, which must not expect the reply of another action.
    let declared = (received.way == "Reply").then(|| {
        quote! {
            fn declared_fields() -> ::core::option::Option<&'static [#rt::FieldInfo]> {
                ::core::option::Option::Some(#infos)
            }
        }
    });
    quote! {
        #[doc = #doc]
        pub struct #name {
            contents: #rt::Contents<#types>,
        }

        impl #name {
            #(#accessors)*

            #[doc = #raw_doc]
            pub fn raw(&self) -> &#rt::Received {
                &self.contents.raw
            }

            #more

            #with_sensitive
        }

        #serialized

        impl #rt::Typed<#rt::way::#way> for #name {
            fn made_of(arrived: #rt::Arrived<#rt::way::#way>) -> ::core::result::Result<Self, #rt::FieldError> {
                arrived.read(#infos, |contents| Self { contents })
            }

            #declared
        }

        impl ::core::clone::Clone for #name {
            fn clone(&self) -> Self {
                Self { contents: ::core::clone::Clone::clone(&self.contents) }
            }
        }

        impl ::core::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                self.contents.fmt_debug(#shown, f)
            }
        }
    }
}

/// Emits the type of a stored value.
fn emit_kept_type(spec: &Spec, field: &Field) -> TokenStream {
    let kind = rust_type(spec, field.kind, &quote!(self));
    match field.required {
        true => kind,
        // Money that cannot be read must not look as if it were absent (docs/safety.md, T6).
        false if spec.is_of_money(field.kind) => unreadable_or(&quote!(::core::option::Option<#kind>)),
        false => quote!(::core::option::Option<#kind>),
    }
}

/// Emits the type of a value that may be unreadable, which is then an error.
fn unreadable_or(kind: &TokenStream) -> TokenStream {
    let rt = rt();
    quote!(::core::result::Result<#kind, #rt::FieldError>)
}

/// The return type and the body of an accessor.
struct Returned {
    kind: TokenStream,
    value: TokenStream,
}

/// Emits the accessor of a string, which reads from the message. `index` counts all declared fields.
fn emit_text(field: &Field, index: usize) -> Returned {
    match field.required {
        true => Returned { kind: quote!(&str), value: quote!(self.contents.text(#index)) },
        false => {
            Returned { kind: quote!(::core::option::Option<&str>), value: quote!(self.contents.optional_text(#index)) }
        }
    }
}

fn emit_kept_value(spec: &Spec, field: &Field, place: &Place) -> Returned {
    let kind = rust_type(spec, field.kind, &quote!(self));
    let is_copy = matches!(field.kind, Kind::Amount | Kind::Currency | Kind::Integer | Kind::RateE8 | Kind::Decimal);
    let (kind, value) = match (field.kind, field.required) {
        // Only text in Base64 is kept; any other text is read from the message.
        (Kind::Text | Kind::Json, true) => (quote!(&str), quote!(&#place)),
        (Kind::Text | Kind::Json, false) => (quote!(::core::option::Option<&str>), quote!(#place.as_deref())),
        (Kind::Object(_), false) if spec.is_of_money(field.kind) => (
            unreadable_or(&quote!(::core::option::Option<&#kind>)),
            quote! {
                match &#place {
                    ::core::result::Result::Ok(read) => ::core::result::Result::Ok(read.as_ref()),
                    ::core::result::Result::Err(error) => {
                        ::core::result::Result::Err(::core::clone::Clone::clone(error))
                    }
                }
            },
        ),
        (_, false) if spec.is_of_money(field.kind) => {
            (unreadable_or(&quote!(::core::option::Option<#kind>)), quote!(::core::clone::Clone::clone(&#place)))
        }
        (_, true) if is_copy => (quote!(#kind), quote!(#place)),
        (_, false) if is_copy => (quote!(::core::option::Option<#kind>), quote!(#place)),
        (_, true) => (quote!(&#kind), quote!(&#place)),
        (_, false) => (quote!(::core::option::Option<&#kind>), quote!(#place.as_ref())),
    };
    Returned { kind, value }
}

fn emit_accessor(spec: &Spec, field: &Field, returned: &Returned, page: &str) -> TokenStream {
    let Returned { kind, value } = returned;
    let (name, doc) = (ident(&field.name), docs::describe_accessor(spec, field, page));
    quote! {
        #[doc = #doc]
        pub fn #name(&self) -> #kind {
            #value
        }
    }
}
