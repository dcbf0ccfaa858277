//! What is made of an action.

use proc_macro2::TokenStream;
use quote::quote;

use super::compiled_spec::emit_action_module;
use super::received::{emit_reply, emit_return};
use super::request::{emit_request, is_sent};
use crate::check::{Action, Spec};

/// The code of an action.
pub(crate) struct EmittedAction {
    /// Request, builder, reply and browser return.
    pub(super) types: TokenStream,
    /// The hidden module with its compiled description.
    pub(super) module: TokenStream,
}

pub(crate) fn emit_action(spec: &Spec, action: &Action) -> EmittedAction {
    let request = emit_request(spec, action);
    let reply = is_sent(action).then(|| emit_reply(spec, action));
    let returned = (!action.returned.is_empty()).then(|| emit_return(spec, action));
    EmittedAction { types: quote!(#request #reply #returned), module: emit_action_module(spec, action) }
}
