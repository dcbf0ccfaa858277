//! The client: a method for each action and each callback.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs;
use super::library::{library, rt};
use super::paths::{action_module, callback_module, client_name, ident};
use super::request::{described_type, settable_fields};
use crate::check::{Action, Callback, Spec};
use crate::prose::{code, line};

/// The client itself, or the trait that adds methods to that of the library.
pub(super) fn emit_client(spec: &Spec) -> TokenStream {
    let actions = spec.actions.iter().map(|action| method(spec, action));
    let callbacks = spec.own_callbacks().map(|declared| callback(spec, declared));
    let unusable = |name: &String, body: Option<TokenStream>| {
        let (name, doc) = (ident(name), "Its description has problems.".to_owned());
        Method { doc, head: quote!(fn #name(&self #body) -> self::__Unusable), body: quote!(loop {}) }
    };
    let body = quote!(, _body: impl ::core::convert::AsRef<[u8]>);
    let of_actions = spec.stand_ins.methods.iter().map(|name| unusable(name, None));
    let of_callbacks = spec.stand_ins.callbacks.iter().map(|name| unusable(name, Some(body.clone())));
    let methods: Vec<Method> = actions.chain(callbacks).chain(of_actions).chain(of_callbacks).collect();
    if spec.extends { extension(spec, &methods) } else { client(spec, &methods) }
}

/// A method of the client.
struct Method {
    doc: String,
    head: TokenStream,
    body: TokenStream,
}

fn extension(spec: &Spec, methods: &[Method]) -> TokenStream {
    let library = library();
    let name = ident(client_name(spec));
    let doc = format!("Adds the actions of {} to the client of the library.", code(&spec.shown));
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

fn client(spec: &Spec, methods: &[Method]) -> TokenStream {
    let rt = rt();
    let documented = |text: &str| docs::with_source(text, &spec.gateway.source, &spec.gateway.page);
    let doc = documented(
        "A merchant's connection to OTT Pay, with a method for each action. Cheap to clone: clones share everything.",
    );
    let builder_doc = documented("Begins the settings of a client. Merchant id and sign key are required.");
    let send_doc = documented(
        "Sends a finished request. Nothing happens until the result is awaited; then it is sent once. A request that was \
         built by a client of another merchant is not sent at all.",
    );
    let merchant_doc = documented("The merchant this client speaks for.");
    let environment_doc = documented(
        "The base address of the gateway: that of the specification, or the \
         [`endpoint`](__ottpay::ClientBuilder::endpoint).",
    );
    let currency_doc = documented(
        "The currency of amounts without one, see [`ClientBuilder::currency`](__ottpay::ClientBuilder::currency).",
    );
    let confirm_doc = documented(
        "Asks for the state of an order, by the queries that the specification gives its action, and compares it with what \
         was asked. **The only way to learn that an order is paid.** It asks once; if there are several queries, the next is \
         asked where one has no answer.\n\n\
         The order is a finished request, or what was remembered of one: [`Tracked`](__ottpay::payment::Tracked). \
         [`Confirmed`](__ottpay::payment::Confirmed) says of each answer what is sure and what a shop may do then.\n\n\
         # Errors\n[`FollowError`](__ottpay::payment::FollowError) says why nothing can be said. None of them says anything \
         about the money.",
    );
    let resolve_doc = documented(
        "Says what became of a request: by the attempts that were [recorded](__ottpay::payment::Tracked::record), and where \
         they prove nothing, by asking the gateway once. Call it after an error, and after a restart for every order that \
         has no end yet. [`Resolved`](__ottpay::payment::Resolved) says of each end what is sure and what a shop may do \
         then.\n\nA gateway that does not answer does not make this an error: it says what is known without it.\n\n\
         # Errors\n[`FollowError`](__ottpay::payment::FollowError) if the order cannot be asked about at all: the wrong \
         client, no currency, no query.",
    );
    let wait_doc = documented(
        "Asks for the state of an order again and again, until it has an end or the limit is reached: every 3 seconds for up \
         to 5 minutes, unless [`every`](__ottpay::payment::Wait::every) and [`up_to`](__ottpay::payment::Wait::up_to) say \
         otherwise. Dropping it loses nothing: queries change nothing.\n\n\
         # Errors\n[`WaitError`](__ottpay::payment::WaitError), whose limit is neither success nor failure.",
    );
    let former_doc = documented(
        "How many messages have been opened by the key of \
         [`ClientBuilder::also_open_with`](__ottpay::ClientBuilder::also_open_with), by this client and its clones.",
    );
    let (status, content_type, body) = &spec.gateway.acknowledgement;
    let body = if body.is_empty() { "an empty body".to_owned() } else { code(body) };
    let acknowledgement_doc = documented(&format!(
        "What a shop's handler answers to a callback once it has stored it. The vendor documents no answer: unless \
         [`ClientBuilder::acknowledgement`](__ottpay::ClientBuilder::acknowledgement) sets another, it is that of \
         `gateway.yaml`, HTTP status {status}, {}, {body}.",
        code(content_type)
    ));
    let methods = methods.iter().map(|Method { doc, head, body }| {
        quote! {
            #[doc = #doc]
            pub #head {
                #body
            }
        }
    });
    quote! {
        #[doc = #doc]
        pub struct Client {
            inner: #rt::Client,
        }

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

            #(#methods)*
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

fn method(spec: &Spec, action: &Action) -> Method {
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
            "\n\nThe result is expected as a callback, see [`{0}::{1}`]({2}{0}::{1}).",
            owner(spec, callback),
            callback.method,
            if callback.from_library { "__ottpay::" } else { "" }
        ));
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
    let described = described_type(action);
    doc.push_str(&format!("\n\n`{}`: see [`{described}`] for its fields.", action.action));
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

/// The runtime's client inside of a method.
fn runtime_client(spec: &Spec) -> TokenStream {
    let rt = rt();
    if spec.extends { quote!(::core::convert::AsRef::<#rt::Client>::as_ref(self)) } else { quote!(&self.inner) }
}

/// What has the method that receives a callback.
fn owner(spec: &Spec, callback: &Callback) -> &'static str {
    if callback.from_library { "Client" } else { client_name(spec) }
}

fn callback(spec: &Spec, callback: &Callback) -> Method {
    let rt = rt();
    let (method, name) = (ident(&callback.method), ident(&callback.type_name));
    let (module, client) = (callback_module(callback), runtime_client(spec));
    let doc = format!(
        "{}\n\nTakes the body of the HTTP request, decrypts it, verifies its digest and decodes it, in one step. That \
         proves that somebody who knows the sign key wrote these values in this order. It does not prove where one \
         value ends and the next begins, nor that it has not come before. So take a callback as a reason to \
         [`confirm`](__ottpay::Client::confirm) the order, and settle on what that says.\n\n# Errors\n[`CallbackError`](__ottpay::CallbackError) says precisely \
         why not. One that is [possibly altered](__ottpay::CallbackError::PossiblyAltered) asks for a query, too.",
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
