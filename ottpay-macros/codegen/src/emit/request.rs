//! Requests and their builders.

mod builder;
mod finished;
mod parts;
mod setter;
mod traits;

use ottpay_vocabulary::Protocol;
use proc_macro2::TokenStream;
use quote::quote;

use self::builder::emit_builder;
use self::finished::emit_finished;
use crate::check::{Action, Spec};

pub(super) use parts::{described_type, is_sent, settable_fields};
pub(super) use traits::emit_field_traits;

pub(super) fn emit_request(spec: &Spec, action: &Action) -> TokenStream {
    // A link is an address when it is finished, and needs no type of its own.
    let request = (action.protocol != Protocol::Link).then(|| emit_finished(spec, action));
    let builder = emit_builder(spec, action);
    quote!(#request #builder)
}
