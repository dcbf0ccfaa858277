//! The client: a method for each action and each callback.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{action_module, callback_module, callback_of, docs, ident, rt};
use crate::check::{Action, Callback, Spec};

pub(super) fn emit(spec: &Spec) -> TokenStream {
    let rt = rt();
    let actions = spec.actions.iter().map(|action| method(spec, action));
    let callbacks = spec.callbacks.iter().map(callback);
    let documented = |text: &str| docs::with_source(text, &spec.gateway.source, &spec.gateway.page);
    let doc = documented(
        "A merchant's connection to OTT Pay, with a method for each action. Cheap to clone: clones share everything.",
    );
    let builder_doc = documented("Begins the settings of a client. Merchant id and sign key are required.");
    let send_doc =
        documented("Sends a finished request. Nothing happens until the result is awaited; then it is sent once.");
    let merchant_doc = documented("The merchant this client speaks for.");
    quote! {
        #[doc = #doc]
        pub struct Client(#rt::Client);

        impl Client {
            #[doc = #builder_doc]
            pub fn builder() -> #rt::ClientBuilder<Self> {
                #rt::ClientBuilder::new(&self::GATEWAY)
            }

            #[doc = #send_doc]
            pub fn send<R: #rt::Request>(&self, request: &R) -> #rt::Sending<R::Reply> {
                self.0.send(request)
            }

            #[doc = #merchant_doc]
            pub fn merchant_id(&self) -> &str {
                self.0.merchant_id()
            }

            #(#actions)*
            #(#callbacks)*
        }

        impl ::core::convert::From<#rt::Client> for Client {
            fn from(client: #rt::Client) -> Self {
                Self(client)
            }
        }

        impl ::core::convert::AsRef<#rt::Client> for Client {
            fn as_ref(&self) -> &#rt::Client {
                &self.0
            }
        }

        impl ::core::clone::Clone for Client {
            fn clone(&self) -> Self {
                Self(::core::clone::Clone::clone(&self.0))
            }
        }

        impl ::core::fmt::Debug for Client {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.0, f)
            }
        }
    }
}

fn method(spec: &Spec, action: &Action) -> TokenStream {
    let rt = rt();
    let (name, builder) = (ident(&action.name), format_ident!("{}Builder", action.type_name));
    let mut doc = action.summary.clone();
    let required: Vec<_> = super::request::settable(action)
        .into_iter()
        .filter(|(_, field)| field.required && field.is_given())
        .map(|(_, field)| match field.may_omit {
            true => format!("[`{0}`]({builder}::{0}) or [`without_{0}`]({builder}::without_{0})", field.name),
            false => format!("[`{0}`]({builder}::{0})", field.name),
        })
        .collect();
    if !required.is_empty() {
        doc.push_str(&format!("\n\nRequired: {}.", required.join(", ")));
    }
    if let Some(callback) = callback_of(spec, action) {
        doc.push_str(&format!("\n\nThe result is expected as a callback, see [`Client::{}`].", callback.method));
    }
    if let Some(reserves) = action.reserves_in_words() {
        doc.push_str(&format!("\n\n{reserves}"));
    }
    if !action.returned.is_empty() {
        doc.push_str(&format!(
            "\n\nWhat comes back with the buyer's browser is read by [`{0}Return::unauthenticated`].",
            action.type_name
        ));
    }
    let described = super::request::described(action);
    doc.push_str(&format!("\n\n`{}`: see [`{described}`] for its fields.", action.action));
    let doc = docs::with_source(&doc, &action.source, &action.page);
    let module = action_module(action);
    quote! {
        #[doc = #doc]
        pub fn #name(&self) -> self::#builder {
            self::#builder { draft: #rt::Draft::new(&self.0, &#module::INFO), state: ::core::marker::PhantomData }
        }
    }
}

fn callback(callback: &Callback) -> TokenStream {
    let rt = rt();
    let (method, name) = (ident(&callback.method), ident(&callback.type_name));
    let module = callback_module(callback);
    let doc = format!(
        "{}\n\nTakes the body of the HTTP request, verifies it and decodes it, in one step. What is returned was made by \
         somebody who knows the sign key; it may still be a repetition, so act once per order, and compare order id and \
         amount with your own.\n\n# Errors\n[`CallbackError`](ottpay::CallbackError) says precisely why not.",
        callback.summary
    );
    let doc = docs::with_source(&doc, &callback.source, &callback.page);
    quote! {
        #[doc = #doc]
        pub fn #method(&self, body: impl ::core::convert::AsRef<[u8]>)
            -> ::core::result::Result<self::#name, #rt::CallbackError>
        {
            #rt::callback::read(&self.0, body.as_ref(), &#module::INFO)
        }
    }
}
