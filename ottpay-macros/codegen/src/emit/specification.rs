//! A whole specification: the client and all types that it uses.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::action::EmittedAction;
use super::client::emit_client;
use super::compiled_spec::emit_compiled_spec;
use super::enums::emit_enum;
use super::paths::ident;
use super::received::{emit_callback, emit_object};
use crate::check::Spec;

/// Emits types, builders, methods and the compiled specification, for the module that calls the macro.
pub(crate) fn emit_specification(spec: &Spec, actions: &[EmittedAction]) -> TokenStream {
    let enums = spec.own_enums().map(|declared| emit_enum(spec, declared));
    let callbacks = spec.own_callbacks().map(|callback| emit_callback(spec, callback));
    let objects = emit_objects(spec);
    let requests = actions.iter().map(|action| &action.request);
    let builders = emit_module(
        "builders",
        "Builders of requests and links, which the methods of the client return.",
        actions.iter().map(|action| &action.builder),
    );
    let replies = emit_module(
        "replies",
        "Replies to requests, and parameters with which the buyer's browser returns.",
        actions.iter().map(|action| &action.replies),
    );
    let client = emit_client(spec);
    let compiled = emit_compiled_spec(spec, actions.iter().map(|action| &action.module));
    let stand_ins = emit_stand_ins(spec);
    quote! {
        #client
        #(#enums)*
        #(#objects)*
        #(#requests)*
        #(#callbacks)*
        #builders
        #replies
        #compiled
        #stand_ins
    }
}

/// Emits a module whose types can also be reached from the root, where the documentation does not list them.
fn emit_module<'a>(name: &str, doc: &str, types: impl Iterator<Item = &'a TokenStream>) -> TokenStream {
    let name = ident(name);
    quote! {
        #[doc = #doc]
        pub mod #name {
            #[allow(unused_imports)]
            use super::*;

            #(#types)*
        }

        #[doc(hidden)]
        #[allow(unused_imports)]
        pub use self::#name::*;
    }
}

/// Emits the objects that are received. An object that is only encrypted into a string needs no type to read it.
fn emit_objects(spec: &Spec) -> Vec<TokenStream> {
    let received = spec.actions.iter().flat_map(|action| action.reply.iter().chain(&action.returned));
    let received = received.chain(spec.callbacks.iter().flat_map(|callback| &callback.fields));
    let received = received.chain(spec.objects.iter().flat_map(|object| &object.fields));
    let read: BTreeSet<usize> = received.filter_map(|field| field.kind.object()).collect();
    // It is unknown which objects an invalid action reads.
    let is_read = |index: usize| read.contains(&index) || !spec.stand_ins.methods.is_empty();
    let objects = spec.own_objects().filter(|(index, _)| is_read(*index));
    objects.map(|(_, object)| emit_object(spec, object)).collect()
}

/// Emits a type for the name of each invalid item.
fn emit_stand_ins(spec: &Spec) -> Option<TokenStream> {
    // Each is a separate type of this crate, so that a shop can implement its own traits for it.
    let types = spec.stand_ins.types.iter().enumerate().map(|(index, name)| {
        let name = ident(name);
        quote!(#[allow(missing_docs)] pub type #name = self::__StandIn<self::__Unusable, #index>;)
    });
    (!spec.stand_ins.types.is_empty()).then(|| {
        quote! {
            #[doc(hidden)]
            pub struct __StandIn<E, const INDEX: ::core::primitive::usize>(E);
            #(#types)*
        }
    })
}
