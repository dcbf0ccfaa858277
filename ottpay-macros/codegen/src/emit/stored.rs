//! The traits of serde, if the library's feature is enabled: each calls one function of the runtime.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::docs;
use super::library::rt;
use super::request::is_sent;
use crate::check::{Action, Spec};
use crate::diagnostic::Position;

/// Emits the traits for an enum value, which is serialized as on the wire.
pub(super) fn emit_word(spec: &Spec, name: &Ident) -> Option<TokenStream> {
    let rt = rt();
    let serialize = emit_serialize(name, &quote!(#rt::serialize_word(self.as_str(), serializer)));
    spec.has_serde.then(|| {
        quote! {
            #serialize

            impl<'de> #rt::Deserialize<'de> for #name {
                fn deserialize<D: #rt::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                    #rt::deserialize_word(deserializer)
                }
            }
        }
    })
}

/// Emits the trait for received messages, which are serialized but never deserialized.
pub(super) fn emit_serialized(name: &Ident) -> TokenStream {
    let rt = rt();
    emit_serialize(name, &quote!(#rt::serialize_received(&self.contents.raw, self.contents.declared, serializer)))
}

/// Emits the method that also serializes sensitive values.
pub(super) fn emit_with_sensitive(source: &Position, page: &str) -> TokenStream {
    let rt = rt();
    let doc = docs::with_source(
        "Serializes everything that arrived, including sensitive fields, whole URLs and fields that are not in the \
         specification. Without this method they are hidden.",
        source,
        page,
    );
    quote! {
        #[doc = #doc]
        pub fn with_sensitive(&self) -> #rt::WithSensitive<'_> {
            #rt::with_sensitive(&self.contents.raw, self.contents.declared)
        }
    }
}

/// Emits the method of a request that also serializes sensitive values.
pub(super) fn emit_request_with_sensitive(action: &Action) -> TokenStream {
    let rt = rt();
    let doc = docs::with_source(
        "Serializes everything that is sent, including sensitive fields. Without this method they are omitted, and the \
         request cannot be restored.",
        &action.source,
        &action.page,
    );
    quote! {
        #[doc = #doc]
        pub fn with_sensitive(&self) -> #rt::WithSensitive<'_> {
            #rt::request_with_sensitive(&self.0)
        }
    }
}

/// Emits the traits for a finished request, which is serialized, and restored by a client if a client sends it.
pub(super) fn emit_stored_request(name: &Ident, action: &Action) -> TokenStream {
    let rt = rt();
    let serialize = emit_serialize(name, &quote!(#rt::serialize_request(&self.0, serializer)));
    let restore = is_sent(action).then(|| {
        quote! {
            impl #rt::Restore for #name {
                fn info() -> &'static #rt::ActionInfo {
                    Self::INFO
                }

                fn from_restored(checked: #rt::Restored) -> Self {
                    Self(checked.into_values())
                }
            }
        }
    });
    quote!(#serialize #restore)
}

fn emit_serialize(name: &Ident, body: &TokenStream) -> TokenStream {
    let rt = rt();
    quote! {
        impl #rt::Serialize for #name {
            fn serialize<S: #rt::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                #body
            }
        }
    }
}
