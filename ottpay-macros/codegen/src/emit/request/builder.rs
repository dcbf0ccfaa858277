//! Builders: one state parameter for each field, so that the compiler knows which fields are set.

use ottpay_vocabulary::{Effect, Protocol};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::parts::{emit_sending, info_constant, is_sent, is_tracked, settable_fields};
use super::setter::emit_setters;
use super::traits::{emit_refused_setters, must_be_set, set_trait};
use crate::check::{Action, Spec};
use crate::emit::docs;
use crate::emit::library::rt;
use crate::emit::paths::{action_module, client_name, ident, state_parameter};

/// Emits the builder, with one state parameter for each field, so that the compiler knows which fields are set.
pub(in crate::emit) fn emit_builder(spec: &Spec, action: &Action) -> TokenStream {
    let rt = rt();
    let builder = format_ident!("{}Builder", action.type_name);
    let fields = settable_fields(action);
    let states: Vec<Ident> = fields.iter().map(|(_, field)| state_parameter(&field.name)).collect();
    let setters = fields.iter().enumerate();
    let setters = setters.map(|(place, (index, field))| emit_setters(spec, action, &states, place, *index, field));
    let module = action_module(action);
    let refused = emit_refused_setters(action);
    let complete: Vec<TokenStream> = fields
        .iter()
        .filter(|(_, field)| must_be_set(field))
        .map(|(_, field)| {
            let (state, is_set) = (state_parameter(&field.name), set_trait(field));
            quote!(#state: #module::#is_set)
        })
        .collect();
    let (doc, of_link) = match action.protocol {
        // The table of fields needs a type to document.
        Protocol::Link => {
            let info = info_constant(action);
            let link = quote! { impl #builder { #info } };
            (docs::describe_action(spec, action), Some(link))
        }
        _ => {
            let doc = format!(
                "Builds a request, [`{}`]. [`{}::{}`] returns an empty one; the type parameters track which fields are set.",
                action.type_name,
                client_name(spec),
                action.name
            );
            (docs::with_source(&doc, &action.source, &action.page), None)
        }
    };
    let finish = emit_finish(action, &complete);
    let awaited = is_sent(action).then(|| emit_await(action, &states, &complete));
    let must_use = match action.protocol {
        Protocol::Link => "there is no link before `.url()`",
        Protocol::Sdk => "there are no parameters before `.build()`",
        _ => "the request is not sent until `.send().await`",
    };
    let unset = states.iter().map(|_| quote!(#rt::Unset));
    quote! {
        #[doc = #doc]
        #[must_use = #must_use]
        pub struct #builder<#(#states = #unset),*> {
            // Visible at the root, where the client's methods create the builder.
            pub(super) draft: #rt::Draft,
            // `fn() -> …` makes the builder `Send` and `Sync` whatever its states are.
            pub(super) state: #rt::PhantomData<fn() -> (#(#states,)*)>,
        }

        impl<#(#states),*> #builder<#(#states),*> {
            #(#setters)*

            #refused

            #finish
        }

        #of_link

        #awaited

        impl<#(#states),*> ::core::clone::Clone for #builder<#(#states),*> {
            fn clone(&self) -> Self {
                Self { draft: ::core::clone::Clone::clone(&self.draft), state: #rt::PhantomData }
            }
        }

        impl<#(#states),*> ::core::fmt::Debug for #builder<#(#states),*> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.draft, f)
            }
        }
    }
}

/// Lets a complete builder be awaited, like after `send`. It implements `Future` and not `IntoFuture`: with two ways to
/// become a future, the compiler would not name the bound that an incomplete builder does not satisfy.
fn emit_await(action: &Action, states: &[Ident], complete: &[TokenStream]) -> TokenStream {
    let (builder, sending) = (format_ident!("{}Builder", action.type_name), emit_sending(action));
    quote! {
        impl<#(#states),*> ::core::future::Future for #builder<#(#states),*>
        where #(#complete),*
        {
            type Output = <#sending as ::core::future::Future>::Output;

            fn poll(
                self: ::core::pin::Pin<&mut Self>,
                context: &mut ::core::task::Context<'_>,
            ) -> ::core::task::Poll<Self::Output> {
                self.draft.poll::<_, #sending>(context)
            }
        }
    }
}

/// Emits the methods that finish a builder. `complete` are the bounds that require every field to be set.
fn emit_finish(action: &Action, complete: &[TokenStream]) -> TokenStream {
    let rt = rt();
    let request = ident(&action.type_name);
    let documented = |text: &str| docs::with_source(text, &action.source, &action.page);
    let broken = "# Errors\n[`InvalidRequest`](__ottpay::request::InvalidRequest) names the first field that breaks a rule of \
                  the specification.";
    let waivable =
        settable_fields(action).into_iter().map(|(_, field)| field).find(|field| field.is_waivable(action.effect));
    if action.protocol == Protocol::Link {
        let doc = documented(&format!("Checks every parameter and builds the URL.\n\n{broken}"));
        let tracked = is_tracked(action).then(|| {
            let doc = documented(&format!(
                "What to store until the order has ended. Store it before you hand out the link.\n\n{broken}"
            ));
            let given = waivable.map(|field| {
                let state = state_parameter(&field.name);
                quote!(#state: #rt::NotWaived)
            });
            let complete = complete.iter().cloned().chain(given);
            quote! {
                #[doc = #doc]
                pub fn tracked(&self) -> ::core::result::Result<#rt::Tracked, #rt::InvalidRequest>
                where #(#complete),*
                {
                    self.draft.tracked()
                }
            }
        });
        return quote! {
            #tracked

            #[doc = #doc]
            pub fn url(self) -> ::core::result::Result<#rt::Url, #rt::InvalidRequest>
            where #(#complete),*
            {
                self.draft.url()
            }
        };
    }
    let what =
        if is_sent(action) { "the request, for [`Client::send`](__ottpay::Client::send)" } else { "the parameters" };
    let (without, built, made) = match waivable {
        None => (String::new(), quote!(self::#request), quote!(self::#request)),
        Some(field) => {
            let without = format!(
                "\n\nAfter [`without_{0}`](Self::without_{0}), the request is [`Untracked`](__ottpay::request::Untracked).",
                field.name
            );
            let state = state_parameter(&field.name);
            let state = quote!(<#state as #rt::OwnId>);
            (without, quote!(#state::Built<self::#request>), quote!(|values| #state::build(values, self::#request)))
        }
    };
    let doc = documented(&format!("Checks every field and finishes {what}.{without}\n\n{broken}"));
    let build = quote! {
        #[doc = #doc]
        pub fn build(self) -> ::core::result::Result<#built, #rt::InvalidRequest>
        where #(#complete),*
        {
            self.draft.build().map(#made)
        }
    };
    if !is_sent(action) {
        return build;
    }
    let sending = emit_sending(action);
    let doc = documented(match action.effect {
        Effect::Write => {
            "Sends the request once, when the result is awaited.\n\n# Errors\n[`Error`](__ottpay::Error) states what \
             is known about the money."
        }
        Effect::Read => {
            "Sends the request when the result is awaited: once, or as often as [`retry`](__ottpay::Asking::retry) \
             allows.\n\n# Errors\n[`AskError`](__ottpay::AskError) has the reason why there is no answer. It does not \
             describe the state of the money."
        }
    });
    quote! {
        #build

        #[doc = #doc]
        pub fn send(self) -> #sending
        where #(#complete),*
        {
            self.draft.send()
        }
    }
}
