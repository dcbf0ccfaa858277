//! The code of an action.

use proc_macro2::TokenStream;
use quote::quote;

use super::compiled_spec::emit_action_module;
use super::received::{emit_reply, emit_return};
use super::request::{emit_builder, emit_request, is_sent};
use crate::check::{Action, Spec};

/// The code of an action.
pub(crate) struct EmittedAction {
    /// The finished request.
    pub(super) request: TokenStream,
    /// Its builder.
    pub(super) builder: TokenStream,
    /// Reply and browser return.
    pub(super) replies: TokenStream,
    /// The hidden module with its compiled description.
    pub(super) module: TokenStream,
}

pub(crate) fn emit_action(spec: &Spec, action: &Action) -> EmittedAction {
    let reply = is_sent(action).then(|| emit_reply(spec, action));
    let returned = (!action.returned.is_empty()).then(|| emit_return(spec, action));
    EmittedAction {
        request: emit_request(spec, action),
        builder: emit_builder(spec, action),
        replies: quote!(#reply #returned),
        module: emit_action_module(spec, action),
    }
}
