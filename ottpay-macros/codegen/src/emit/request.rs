//! Requests and their builders.

mod builder;
mod finished;
mod parts;
mod setter;
mod traits;

use ottpay_vocabulary::Protocol;
use proc_macro2::TokenStream;

use self::finished::emit_finished;
use crate::check::{Action, Spec};

pub(super) use builder::emit_builder;
pub(super) use parts::{described_type, is_sent, settable_fields};
pub(super) use traits::emit_field_traits;

/// Emits the finished request.
pub(super) fn emit_request(spec: &Spec, action: &Action) -> TokenStream {
    // A finished link is a URL, so it needs no type.
    if action.protocol == Protocol::Link { TokenStream::new() } else { emit_finished(spec, action) }
}
