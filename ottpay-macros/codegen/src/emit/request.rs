//! Requests and their builders.

mod builder;
mod setter;
mod traits;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{action_module, docs, ident, rt};
use crate::check::{Action, Field, Protocol, Spec};

use builder::builder;
pub(super) use traits::field_traits;

pub(super) fn emit(spec: &Spec, action: &Action) -> TokenStream {
    // A link is an address when it is finished, and needs no type of its own.
    let request = (action.protocol != Protocol::Link).then(|| request_type(spec, action));
    let builder = builder(spec, action);
    quote!(#request #builder)
}

/// Whether the client sends the request and reads a reply.
pub(super) fn is_sent(action: &Action) -> bool {
    matches!(action.protocol, Protocol::Envelope | Protocol::Json)
}

/// The type whose documentation has the fields of the request.
pub(super) fn described(action: &Action) -> String {
    match action.protocol {
        Protocol::Link => format!("{}Builder", action.type_name),
        _ => action.type_name.clone(),
    }
}

/// The finished request: a name around the runtime's values.
fn request_type(spec: &Spec, action: &Action) -> TokenStream {
    let rt = rt();
    let name = ident(&action.type_name);
    let doc = docs::action(spec, action);
    let info = info(action);
    let documented = |text: &str| docs::with_source(text, &action.source, &action.page);
    let used = if is_sent(action) {
        let reply = format_ident!("{}Reply", action.type_name);
        quote! {
            impl #rt::Declared for #name {}

            impl #rt::Request for #name {
                type Reply = self::#reply;

                fn values(&self) -> &#rt::Values {
                    &self.0
                }
            }
        }
    } else {
        let doc = documented("The parameters as a JSON object of texts, in the order of the table above.");
        quote! {
            impl #name {
                #[doc = #doc]
                pub fn to_json(&self) -> ::std::string::String {
                    self.0.to_json()
                }
            }
        }
    };
    let must_use = match is_sent(action) {
        true => "the request is not sent until `client.send(&request).await`",
        false => "the parameters go nowhere by themselves: hand the vendor's SDK `.to_json()`",
    };
    quote! {
        #[doc = #doc]
        #[must_use = #must_use]
        pub struct #name(#rt::Values);

        impl #name {
            #info
        }

        #used

        impl ::core::clone::Clone for #name {
            fn clone(&self) -> Self {
                Self(::core::clone::Clone::clone(&self.0))
            }
        }

        impl ::core::cmp::PartialEq for #name {
            fn eq(&self, other: &Self) -> bool {
                self.0 == other.0
            }
        }

        impl ::core::cmp::Eq for #name {}

        impl ::core::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.0, f)
            }
        }
    }
}

fn info(action: &Action) -> TokenStream {
    let rt = rt();
    let module = action_module(action);
    let doc = docs::with_source("The compiled description of the action.", &action.source, &action.page);
    quote! {
        #[doc = #doc]
        pub const INFO: &'static #rt::ActionInfo = &#module::INFO;
    }
}

/// The fields a caller sets with their places in the table: in the order of the file, as people read it, while the
/// table has the order of the digest.
pub(super) fn settable(action: &Action) -> Vec<(usize, &Field)> {
    let mut fields: Vec<_> = action.request.iter().enumerate().filter(|(_, field)| field.is_settable()).collect();
    fields.sort_by(|(_, a), (_, b)| a.source.cmp(&b.source));
    fields
}
