//! The client: a method for each action and each callback.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs;
use super::library::{library, rt};
use super::paths::{action_module, callback_module, client_name, ident};
use super::request::{described_type, settable_fields};
use crate::check::{Action, Callback, Spec};
use crate::prose::{code, line};

/// Emits the client, or the trait that adds methods to the library's client.
pub(super) fn emit_client(spec: &Spec) -> TokenStream {
    let actions = spec.actions.iter().map(|action| emit_method(spec, action));
    let callbacks = spec.own_callbacks().map(|declared| emit_callback(spec, declared));
    let unusable = |name: &String, body: Option<TokenStream>| {
        let (name, doc) = (ident(name), "Its specification is invalid.".to_owned());
        // It is never called, because the program does not compile, and `loop` fits every return type.
        Method { doc, head: quote!(fn #name(&self #body) -> self::__Unusable), body: quote!(loop {}) }
    };
    let body = quote!(, _body: impl ::core::convert::AsRef<[u8]>);
    let of_actions = spec.stand_ins.methods.iter().map(|name| unusable(name, None));
    let of_callbacks = spec.stand_ins.callbacks.iter().map(|name| unusable(name, Some(body.clone())));
    let (actions, callbacks) = (actions.chain(of_actions), callbacks.chain(of_callbacks));
    match spec.extends {
        true => emit_extension(spec, &actions.chain(callbacks).collect::<Vec<_>>()),
        false => emit_client_type(spec, actions, callbacks),
    }
}

/// A method of the client.
struct Method {
    doc: String,
    head: TokenStream,
    body: TokenStream,
}

fn emit_extension(spec: &Spec, methods: &[Method]) -> TokenStream {
    let library = library();
    let name = ident(client_name(spec));
    let doc = format!("Adds the actions of {} to the library's client.", code(&spec.shown));
    let declared = methods.iter().map(|Method { doc, head, .. }| quote!(#[doc = #doc] #head;));
    let defined = methods.iter().map(|Method { head, body, .. }| quote!(#head { #body }));
    quote! {
        #[doc = #doc]
        pub trait #name {
            #(#declared)*
        }

        impl self::#name for #library::Client {
            #(#defined)*
        }
    }
}

fn emit_client_type(
    spec: &Spec,
    actions: impl Iterator<Item = Method>,
    callbacks: impl Iterator<Item = Method>,
) -> TokenStream {
    let rt = rt();
    let documented = |text: &str| docs::with_source(text, &spec.gateway.source, &spec.gateway.page);
    let doc = documented(
        "A merchant's connection to OTT Pay, with a method for each action. Clones are cheap and share everything.",
    );
    let builder_doc = "Starts building a client. Merchant id and sign key are required.";
    let send_doc = "Sends a finished request once, when the result is awaited. A request that was built by a client of another \
                    merchant is not sent.\n\n\
                    # Errors\nThe error of a write is an [`Error`](__ottpay::Error), which states what is known about \
                    the money. The error of a query is an [`AskError`](__ottpay::AskError).";
    let merchant_doc = "The id of the merchant.";
    let environment_doc = "The base URL of the gateway: the one of the specification, or the \
                           [`endpoint`](__ottpay::ClientBuilder::endpoint).";
    let currency_doc = "The currency of amounts that are sent without one, see \
                        [`ClientBuilder::currency`](__ottpay::ClientBuilder::currency).";
    let confirm_doc = "Queries the state of an order once and compares the answer with the request. **Only a query confirms \
                       that an order is paid.**\n\n\
                       The order is a finished request, or what you stored of one, a [`Tracked`](__ottpay::payment::Tracked). \
                       If its action has several queries, the next query is sent if one is not answered. \
                       [`Confirmed`](__ottpay::payment::Confirmed) has a variant for each answer, which states what \
                       is certain and what a shop may do.\n\n\
                       # Errors\n[`FollowError`](__ottpay::payment::FollowError) if there is no answer. It does not describe \
                       the state of the money.";
    let resolve_doc = "Finds out the outcome of a request: from its [recorded](__ottpay::payment::Tracked::record) \
                       attempts, or, if they do not prove it, by querying the gateway once.\n\n\
                       Call it after an error of `send`, and after a restart for every order that has not ended. \
                       [`Resolved`](__ottpay::payment::Resolved) has a variant for each result, which states what is \
                       certain and what a shop may do. If the gateway does not answer, the result is what is known \
                       without it.\n\n\
                       # Errors\n[`FollowError`](__ottpay::payment::FollowError) if the order cannot be queried at all: it \
                       belongs to another client, has no currency, or its action has no query.";
    let wait_doc = "Queries an order until it has ended or the limit is reached: every 3 seconds for up to 5 minutes, \
                    unless you set [`every`](__ottpay::payment::Wait::every) and \
                    [`up_to`](__ottpay::payment::Wait::up_to). It may be dropped at any time.\n\n\
                    # Errors\n[`WaitError`](__ottpay::payment::WaitError). Reaching the limit is neither success nor failure.";
    let former_doc = "The number of messages that this client and its clones have opened with the key of \
                      [`ClientBuilder::also_open_with`](__ottpay::ClientBuilder::also_open_with).";
    let (status, content_type, body) = &spec.gateway.acknowledgement;
    let body = if body.is_empty() { "an empty body".to_owned() } else { format!("the body {}", code(body)) };
    let acknowledgement_doc = documented(&format!(
        "The answer to a callback, for your handler to send once it has stored it. The vendor does not document one. It is \
         HTTP status {status}, {} and {body}, as in `gateway.yaml`, unless you set another with \
         [`ClientBuilder::acknowledgement`](__ottpay::ClientBuilder::acknowledgement).",
        code(content_type)
    ));
    let define = |Method { doc, head, body }| {
        quote! {
            #[doc = #doc]
            pub #head {
                #body
            }
        }
    };
    let (actions, callbacks) = (actions.map(define), callbacks.map(define));
    quote! {
        #[doc = #doc]
        pub struct Client {
            inner: #rt::Client,
        }

        /// Settings, and how to follow an order to its end.
        impl Client {
            #[doc = #builder_doc]
            pub fn builder() -> #rt::ClientBuilder<Self> {
                #rt::ClientBuilder::new(&self::GATEWAY)
            }

            #[doc = #send_doc]
            pub fn send<R: #rt::Request>(&self, request: &R) -> R::Sending {
                self.inner.send(request)
            }

            #[doc = #merchant_doc]
            pub fn merchant_id(&self) -> &str {
                self.inner.merchant_id()
            }

            #[doc = #environment_doc]
            pub fn environment(&self) -> &str {
                self.inner.environment()
            }

            #[doc = #currency_doc]
            pub fn currency(&self) -> ::core::option::Option<#rt::Currency> {
                self.inner.currency()
            }

            #[doc = #confirm_doc]
            pub fn confirm(
                &self,
                order: &(impl #rt::Trackable + ?::core::marker::Sized),
            ) -> #rt::Following<#rt::Confirmed> {
                self.inner.confirm(order)
            }

            #[doc = #resolve_doc]
            pub fn resolve(
                &self,
                order: &(impl #rt::Trackable + ?::core::marker::Sized),
            ) -> #rt::Following<#rt::Resolved> {
                self.inner.resolve(order)
            }

            #[doc = #wait_doc]
            pub fn wait(&self, order: &(impl #rt::Trackable + ?::core::marker::Sized)) -> #rt::Wait {
                self.inner.wait(order)
            }

            #[doc = #acknowledgement_doc]
            pub fn acknowledgement(&self) -> &#rt::Acknowledgement {
                self.inner.acknowledgement()
            }

            #[doc = #former_doc]
            pub fn opened_by_former_key(&self) -> ::core::primitive::u64 {
                self.inner.opened_by_former_key()
            }

        }

        /// Actions: each method starts a request.
        impl Client {
            #(#actions)*
        }

        /// Callbacks: each method opens and verifies one.
        impl Client {
            #(#callbacks)*
        }

        impl ::core::convert::From<#rt::Client> for Client {
            fn from(inner: #rt::Client) -> Self {
                Self { inner }
            }
        }

        impl ::core::convert::AsRef<#rt::Client> for Client {
            fn as_ref(&self) -> &#rt::Client {
                &self.inner
            }
        }

        impl ::core::clone::Clone for Client {
            fn clone(&self) -> Self {
                // Methods of traits are called by their paths, because the caller's crate may not have the standard
                // prelude.
                Self { inner: ::core::clone::Clone::clone(&self.inner) }
            }
        }

        impl ::core::fmt::Debug for Client {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.inner, f)
            }
        }
    }
}

fn emit_method(spec: &Spec, action: &Action) -> Method {
    let rt = rt();
    let (name, builder) = (ident(&action.name), format_ident!("{}Builder", action.type_name));
    let mut doc = line(&action.summary);
    let required: Vec<_> = settable_fields(action)
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
    if let Some(callback) = spec.callback_of(action) {
        doc.push_str(&format!(
            "\n\nThe result arrives as a callback: see [`{0}::{1}`]({2}{0}::{1}).",
            owner_name(spec, callback),
            callback.method,
            if callback.from_library { "__ottpay::" } else { "" }
        ));
    }
    if let Some(reserves) = action.reserves_in_words() {
        doc.push_str(&format!("\n\n{reserves}"));
    }
    if !action.returned.is_empty() {
        doc.push_str(&format!(
            "\n\n[`{0}Return::unauthenticated`] reads the parameters that come back with the buyer's browser.",
            action.type_name
        ));
    }
    let described = described_type(action);
    doc.push_str(&format!("\n\nAction `{}`. Its fields are listed at [`{described}`].", action.action));
    let doc = docs::with_source(&doc, &action.source, &action.page);
    let (module, client) = (action_module(action), runtime_client(spec));
    Method {
        doc,
        head: quote!(fn #name(&self) -> self::#builder),
        body: quote! {
            self::#builder { draft: #rt::Draft::new(#client, &#module::INFO), state: #rt::PhantomData }
        },
    }
}

/// Emits the path to the runtime's client inside a method.
fn runtime_client(spec: &Spec) -> TokenStream {
    let rt = rt();
    if spec.extends { quote!(::core::convert::AsRef::<#rt::Client>::as_ref(self)) } else { quote!(&self.inner) }
}

/// Returns the type or trait that has the callback's method.
fn owner_name(spec: &Spec, callback: &Callback) -> &'static str {
    if callback.from_library { "Client" } else { client_name(spec) }
}

fn emit_callback(spec: &Spec, callback: &Callback) -> Method {
    let rt = rt();
    let (method, name) = (ident(&callback.method), ident(&callback.type_name));
    let (module, client) = (callback_module(callback), runtime_client(spec));
    let doc = format!(
        "{}\n\nDecrypts the body of an HTTP request, verifies its digest and decodes its fields. That proves that someone who \
         knows the sign key wrote these values in this order. It does not prove where one value ends and the next begins, nor \
         that the callback is new. So treat a callback as a reason to [`confirm`](__ottpay::Client::confirm) the order, and act \
         on the answer.\n\n\
         # Errors\n[`CallbackError`](__ottpay::CallbackError) with the reason. A callback that is [possibly \
         altered](__ottpay::CallbackError::PossiblyAltered) is a reason to query the order, too.",
        line(&callback.summary)
    );
    let doc = docs::with_source(&doc, &callback.source, &callback.page);
    Method {
        doc,
        head: quote! {
            fn #method(&self, body: impl ::core::convert::AsRef<[u8]>)
                -> ::core::result::Result<self::#name, #rt::CallbackError>
        },
        body: quote!(#rt::callback::read(#client, ::core::convert::AsRef::<[u8]>::as_ref(&body), &#module::INFO)),
    }
}
