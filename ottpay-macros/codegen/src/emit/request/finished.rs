//! The type of a finished request.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::parts::{emit_sending, info_constant, is_sent, is_tracked};
use crate::check::{Action, Spec};
use crate::emit::docs;
use crate::emit::library::rt;
use crate::emit::paths::ident;
use crate::emit::stored::{emit_request_with_sensitive, emit_stored_request};

/// Emits the finished request: a newtype of the runtime's values.
pub(super) fn emit_finished(spec: &Spec, action: &Action) -> TokenStream {
    let rt = rt();
    let name = ident(&action.type_name);
    let doc = docs::describe_action(spec, action);
    let info = info_constant(action);
    let documented = |text: &str| docs::with_source(text, &action.source, &action.page);
    let (used, to_json) = if is_sent(action) {
        let (reply, sending) = (format_ident!("{}Reply", action.type_name), emit_sending(action));
        let used = quote! {
            impl #rt::Declared for #name {}

            impl #rt::Request for #name {
                type Reply = self::#reply;
                type Sending = #sending;

                fn values(&self) -> &#rt::Values {
                    &self.0
                }
            }
        };
        (used, None)
    } else {
        let doc = documented("The parameters as a JSON object of strings, in the order of the table above.");
        let to_json = quote! {
            #[doc = #doc]
            pub fn to_json(&self) -> #rt::String {
                self.0.to_json()
            }
        };
        (quote!(impl #rt::Parameters for #name {}), Some(to_json))
    };
    let with_sensitive = spec.has_serde.then(|| emit_request_with_sensitive(action));
    let stored = spec.has_serde.then(|| emit_stored_request(&name, action));
    let (tracked, trackable) = is_tracked(action)
        .then(|| {
            let doc = documented(
                "What to store until the order has ended. Store it before you send the request, then \
                 [record](__ottpay::payment::Tracked::record) the result and store it again.",
            );
            let tracked = quote! {
                #[doc = #doc]
                pub fn tracked(&self) -> #rt::Tracked {
                    #rt::Tracked::from_values(&self.0)
                }
            };
            let trackable = quote! {
                impl #rt::Trackable for #name {
                    fn tracked(&self) -> #rt::Tracked {
                        self.tracked()
                    }
                }
            };
            (tracked, trackable)
        })
        .unzip();
    let must_use = match is_sent(action) {
        true => "the request is not sent until `client.send(&request).await`",
        false => "the parameters are not sent: pass `.to_json()` to the vendor's SDK",
    };
    quote! {
        #[doc = #doc]
        #[must_use = #must_use]
        pub struct #name(#rt::Values);

        impl #name {
            #info

            #to_json

            #with_sensitive

            #tracked
        }

        #used

        #stored

        #trackable

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
