//! Common parts of requests and builders.

use ottpay_vocabulary::{Effect, Protocol, Role};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::check::{Action, Field};
use crate::emit::docs;
use crate::emit::library::rt;
use crate::emit::paths::action_module;

/// Whether the client sends the request and reads a reply.
pub(crate) fn is_sent(action: &Action) -> bool {
    matches!(action.protocol, Protocol::Envelope | Protocol::Json)
}

/// Emits the type of a request that is being sent.
pub(super) fn emit_sending(action: &Action) -> TokenStream {
    let rt = rt();
    let reply = format_ident!("{}Reply", action.type_name);
    match action.effect {
        Effect::Write => quote!(#rt::Sending<self::#reply>),
        Effect::Read => quote!(#rt::Asking<self::#reply>),
    }
}

/// Whether the outcome of the request can be queried: there is a query, and the request has its own id.
pub(super) fn is_tracked(action: &Action) -> bool {
    !action.queries.is_empty() && action.request.iter().any(|field| field.role.is_some_and(Role::is_own_id))
}

/// Returns the type that documents the fields of the request.
pub(crate) fn described_type(action: &Action) -> String {
    match action.protocol {
        Protocol::Link => format!("{}Builder", action.type_name),
        _ => action.type_name.clone(),
    }
}

/// Emits the constant with the description of a request type.
pub(super) fn info_constant(action: &Action) -> TokenStream {
    let rt = rt();
    let module = action_module(action);
    let doc = docs::with_source("The compiled description of the action.", &action.source, &action.page);
    quote! {
        #[doc = #doc]
        pub const INFO: &'static #rt::ActionInfo = &#module::INFO;
    }
}

/// Returns the fields that a caller sets, each with its index in the order of the digest. They are sorted as in the
/// file, the order for readers.
pub(crate) fn settable_fields(action: &Action) -> Vec<(usize, &Field)> {
    let mut fields: Vec<_> = action.request.iter().enumerate().filter(|(_, field)| field.is_settable()).collect();
    fields.sort_by(|(_, a), (_, b)| a.source.cmp(&b.source));
    fields
}
