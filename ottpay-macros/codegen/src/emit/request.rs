//! Requests and their builders.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::{action_module, docs, ident, rt, rust_type, spoken_type, state};
use crate::check::{Action, Field, Kind, Protocol, Spec, Word};

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
    quote! {
        #[doc = #doc]
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
    fields.sort_by_key(|(_, field)| field.source.at);
    fields
}

/// For each field a module with three traits: what it takes, that it is set, that it is not. They carry the compile
/// errors, which is why each field has its own.
pub(super) fn field_traits(spec: &Spec, action: &Action) -> TokenStream {
    let rt = rt();
    let modules = settable(action).into_iter().map(|(_, field)| {
        let module = ident(&field.name);
        // From the field's module: fields, the action, actions, __spec, the root.
        let kind = rust_type(spec, field.kind, &quote!(super::super::super::super::super));
        let named = format!("{}: the field `{}`", action.action, field.name);
        let declared = format!("declared at {}:{}:{}", field.source.file, field.source.at.line, field.source.at.column);
        let takes = format!("{named} takes {}, not `{{Self}}`", spoken_type(spec, field.kind));
        let instead = instead(spec, field);
        let twice = format!("{named} is set twice");
        let missing = format!("{}: the required field `{}` is missing", action.action, field.name);
        let call = match field.may_omit {
            true => format!("call `.{name}(…)` or `.without_{name}()` before this", name = field.name),
            false => format!("call `.{}(…)` before this", field.name),
        };
        let value = field.is_given().then(|| {
            quote! {
                #[diagnostic::on_unimplemented(message = #takes, label = #instead, note = #declared)]
                pub trait Value: #rt::IntoField<#kind> {}
                #[diagnostic::do_not_recommend]
                impl<V: #rt::IntoField<#kind>> Value for V {}
            }
        });
        let required = must_be_set(field).then(|| {
            quote! {
                #[diagnostic::on_unimplemented(message = #missing, label = #call, note = #declared)]
                pub trait IsSet {}
                impl IsSet for #rt::Set {}
            }
        });
        quote! {
            pub mod #module {
                #value
                #[diagnostic::on_unimplemented(message = #twice, label = "remove one of the two", note = #declared)]
                pub trait IsNotSet {}
                impl IsNotSet for #rt::Unset {}
                #required
            }
        }
    });
    quote!(pub mod fields { #(#modules)* })
}

/// Whether a request is not complete before the caller has said something about the field.
fn must_be_set(field: &Field) -> bool {
    field.required && field.is_given()
}

/// The module of a field's traits, seen from the root.
fn field_module(action: &Action, field: &Field) -> TokenStream {
    let (module, name) = (action_module(action), ident(&field.name));
    quote!(#module::fields::#name)
}

/// What to write instead of a value that does not fit.
fn instead(spec: &Spec, field: &Field) -> String {
    match field.kind {
        Kind::Amount => "give whole minor units: `Amount::from_minor(1999)` is 19.99".to_owned(),
        Kind::OrderId => "give an order id: `OrderId::new(…)?` or `OrderId::random()`".to_owned(),
        Kind::Url => "give an address: text, or a `Url`".to_owned(),
        Kind::Currency => "give a currency: `Currency::CAD`".to_owned(),
        Kind::Integer => "give a whole number".to_owned(),
        Kind::Timestamp => "give a time: `Timestamp::new(\"20191125162635\")?` or `Timestamp::now_utc()`".to_owned(),
        Kind::Enum(index) => {
            let declared = spec.enums.get(index);
            let taken = |word: &&Word| field.only.is_empty() || field.only.contains(&word.word);
            let first = declared.and_then(|declared| Some((&declared.name, declared.words.iter().find(taken)?)));
            first.map_or_else(String::new, |(name, word)| format!("give one of its words: `{name}::{}`", word.variant))
        }
        _ => "give text: a `&str` or a `String`".to_owned(),
    }
}

/// The builder: one state parameter for each field, so that the compiler knows what has been set.
fn builder(spec: &Spec, action: &Action) -> TokenStream {
    let rt = rt();
    let builder = format_ident!("{}Builder", action.type_name);
    let fields = settable(action);
    let states: Vec<Ident> = fields.iter().map(|(_, field)| state(&field.name)).collect();
    let setters = fields.iter().map(|(index, field)| setter(spec, action, &fields, *index, field));
    let complete: Vec<TokenStream> = fields
        .iter()
        .filter(|(_, field)| must_be_set(field))
        .map(|(_, field)| {
            let (state, module) = (state(&field.name), field_module(action, field));
            quote!(#state: #module::IsSet)
        })
        .collect();
    let (doc, of_link) = match action.protocol {
        // The table of the fields needs a place.
        Protocol::Link => {
            let info = info(action);
            let link = quote! { impl #builder { #info } };
            (docs::action(spec, action), Some(link))
        }
        _ => {
            let doc = format!(
                "Builds a [`{}`]; made by [`Client::{}`]. Its parameters keep track of which fields are set.",
                action.type_name, action.name
            );
            (docs::with_source(&doc, &action.source, &action.page), None)
        }
    };
    let finish = finish(action, &complete);
    let must_use = match action.protocol {
        Protocol::Link => "there is no link until `.url()`",
        Protocol::Sdk => "there are no parameters until `.build()`",
        _ => "the request is not sent until `.send().await`",
    };
    let unset = states.iter().map(|_| quote!(#rt::Unset));
    quote! {
        #[doc = #doc]
        #[must_use = #must_use]
        pub struct #builder<#(#states = #unset),*> {
            draft: #rt::Draft,
            state: ::core::marker::PhantomData<fn() -> (#(#states,)*)>,
        }

        impl<#(#states),*> #builder<#(#states),*> {
            #(#setters)*

            #finish
        }

        #of_link

        impl<#(#states),*> ::core::clone::Clone for #builder<#(#states),*> {
            fn clone(&self) -> Self {
                Self { draft: ::core::clone::Clone::clone(&self.draft), state: ::core::marker::PhantomData }
            }
        }

        impl<#(#states),*> ::core::fmt::Debug for #builder<#(#states),*> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.draft, f)
            }
        }
    }
}

/// What ends a builder. `complete` are the bounds that say that nothing is missing.
fn finish(action: &Action, complete: &[TokenStream]) -> TokenStream {
    let rt = rt();
    let request = ident(&action.type_name);
    let documented = |text: &str| docs::with_source(text, &action.source, &action.page);
    let broken = "# Errors\n[`InvalidRequest`](ottpay::request::InvalidRequest) names the first field that breaks a rule of \
                  the specification.";
    if action.protocol == Protocol::Link {
        let doc = documented(&format!("Checks every parameter and makes the address.\n\n{broken}"));
        return quote! {
            #[doc = #doc]
            pub fn url(self) -> ::core::result::Result<#rt::Url, #rt::InvalidRequest>
            where #(#complete),*
            {
                self.draft.url()
            }
        };
    }
    let what = if is_sent(action) { "the request, to be sent by [`Client::send`]" } else { "the parameters" };
    let doc = documented(&format!("Checks every field and finishes {what}.\n\n{broken}"));
    let build = quote! {
        #[doc = #doc]
        pub fn build(self) -> ::core::result::Result<self::#request, #rt::InvalidRequest>
        where #(#complete),*
        {
            self.draft.build().map(self::#request)
        }
    };
    if !is_sent(action) {
        return build;
    }
    let reply = format_ident!("{request}Reply");
    let doc = documented(
        "Sends the request when the result is awaited, once.\n\n# Errors\n[`Error`](ottpay::Error) says what is known of \
         the money.",
    );
    quote! {
        #build

        #[doc = #doc]
        pub fn send(self) -> #rt::Sending<self::#reply>
        where #(#complete),*
        {
            self.draft.send()
        }
    }
}

/// The setters of one field; `fields` are all that the builder has, in the order of its parameters.
fn setter(spec: &Spec, action: &Action, fields: &[(usize, &Field)], index: usize, field: &Field) -> TokenStream {
    let rt = rt();
    let builder = format_ident!("{}Builder", action.type_name);
    let module = field_module(action, field);
    let (name, own_state) = (ident(&field.name), state(&field.name));
    let kind = rust_type(spec, field.kind, &quote!(self));
    let after = fields.iter().map(|(other, field)| match *other == index {
        true => quote!(#rt::Set),
        false => {
            let state = state(&field.name);
            quote!(#state)
        }
    });
    let after = quote!(self::#builder<#(#after),*>);
    let doc = docs::field(spec, field, &action.page);
    let omit = field.may_omit.then(|| {
        let without = format_ident!("without_{}", field.name);
        let doc = format!("Leaves `{}` out, although the vendor's page requires it.", field.wire);
        let doc = docs::of_field(&doc, field, &action.page);
        quote! {
            #[doc = #doc]
            pub fn #without(self) -> #after
            where #own_state: #module::IsNotSet
            {
                self::#builder { draft: self.draft.omit(#index), state: ::core::marker::PhantomData }
            }
        }
    });
    if let Some(constant) = &field.constant {
        let with = field.opt_in.then(|| {
            let with = format_ident!("with_{}", field.name);
            let doc = format!("{}\n\nSends `{}` as `{constant}`, which is otherwise left out.", field.doc, field.wire);
            let doc = docs::of_field(&doc, field, &action.page);
            quote! {
                #[doc = #doc]
                pub fn #with(self) -> #after
                where #own_state: #module::IsNotSet
                {
                    self::#builder { draft: self.draft.write(#index), state: ::core::marker::PhantomData }
                }
            }
        });
        return quote!(#omit #with);
    }
    let maybe = (!field.required).then(|| {
        let maybe = format_ident!("maybe_{}", field.name);
        let doc = format!("Like [`{0}`](Self::{0}), if there is a value.", field.name);
        let doc = docs::of_field(&doc, field, &action.page);
        quote! {
            #[doc = #doc]
            pub fn #maybe(self, #name: ::core::option::Option<impl #module::Value>) -> #after
            where #own_state: #module::IsNotSet
            {
                let draft = match #name {
                    ::core::option::Option::Some(value) => {
                        self.draft.set(#index, #rt::IntoField::<#kind>::into_field(value))
                    }
                    ::core::option::Option::None => self.draft,
                };
                self::#builder { draft, state: ::core::marker::PhantomData }
            }
        }
    });
    quote! {
        #[doc = #doc]
        pub fn #name(self, #name: impl #module::Value) -> #after
        where #own_state: #module::IsNotSet
        {
            let text = #rt::IntoField::<#kind>::into_field(#name);
            self::#builder { draft: self.draft.set(#index, text), state: ::core::marker::PhantomData }
        }

        #omit
        #maybe
    }
}
