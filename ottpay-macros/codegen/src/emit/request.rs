//! Requests and their builders.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::{action_module, docs, ident, rt, rust_type, spoken_type, state};
use crate::check::{Action, Field, Kind, Spec, Word};

pub(super) fn emit(spec: &Spec, action: &Action) -> TokenStream {
    let request = request_type(spec, action);
    let builder = builder(spec, action);
    quote!(#request #builder)
}

/// The finished request: a name around the runtime's values.
fn request_type(spec: &Spec, action: &Action) -> TokenStream {
    let rt = rt();
    let (name, reply) = (ident(&action.type_name), format_ident!("{}Reply", action.type_name));
    let module = action_module(action);
    let doc = docs::action(spec, action);
    let info_doc = docs::with_source("The compiled description of the action.", &action.source, &action.page);
    quote! {
        #[doc = #doc]
        pub struct #name(#rt::Values);

        impl #name {
            #[doc = #info_doc]
            pub const INFO: &'static #rt::ActionInfo = &#module::INFO;
        }

        impl #rt::Request for #name {
            type Reply = self::#reply;

            fn values(&self) -> &#rt::Values {
                &self.0
            }
        }

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

/// The fields a caller sets with their places in the table: in the order of the file, as people read it, while the
/// table has the order of the digest.
pub(super) fn settable(action: &Action) -> Vec<(usize, &Field)> {
    let mut fields: Vec<_> = action.request.iter().enumerate().filter(|(_, field)| field.constant.is_none()).collect();
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
        let required = field.required.then(|| {
            quote! {
                #[diagnostic::on_unimplemented(message = #missing, label = #call, note = #declared)]
                pub trait IsSet {}
                impl IsSet for #rt::Set {}
            }
        });
        quote! {
            pub mod #module {
                #[diagnostic::on_unimplemented(message = #takes, label = #instead, note = #declared)]
                pub trait Value: #rt::IntoField<#kind> {}
                #[diagnostic::do_not_recommend]
                impl<V: #rt::IntoField<#kind>> Value for V {}
                #[diagnostic::on_unimplemented(message = #twice, label = "remove one of the two", note = #declared)]
                pub trait IsNotSet {}
                impl IsNotSet for #rt::Unset {}
                #required
            }
        }
    });
    quote!(pub mod fields { #(#modules)* })
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
    let request = ident(&action.type_name);
    let (builder, reply) = (format_ident!("{request}Builder"), format_ident!("{request}Reply"));
    let fields = settable(action);
    let states: Vec<Ident> = fields.iter().map(|(_, field)| state(&field.name)).collect();
    let setters = fields.iter().map(|(index, field)| setter(spec, action, &fields, *index, field));
    let complete: Vec<TokenStream> = fields
        .iter()
        .filter(|(_, field)| field.required)
        .map(|(_, field)| {
            let (state, module) = (state(&field.name), field_module(action, field));
            quote!(#state: #module::IsSet)
        })
        .collect();
    let doc = format!(
        "Builds a [`{request}`]; made by [`Client::{}`]. Its parameters keep track of which fields are set.",
        action.name
    );
    let documented = |text: &str| docs::with_source(text, &action.source, &action.page);
    let doc = documented(&doc);
    let build_doc = documented(
        "Checks every field and finishes the request, to be sent by [`Client::send`].\n\n# Errors\n\
         [`InvalidRequest`](ottpay::request::InvalidRequest) names the first field that breaks a rule of the specification.",
    );
    let send_doc = documented(
        "Sends the request when the result is awaited, once.\n\n# Errors\n[`Error`](ottpay::Error) says what is known of \
         the money.",
    );
    let unset = states.iter().map(|_| quote!(#rt::Unset));
    quote! {
        #[doc = #doc]
        #[must_use = "the request is not sent until `.send().await`"]
        pub struct #builder<#(#states = #unset),*> {
            draft: #rt::Draft,
            state: ::core::marker::PhantomData<fn() -> (#(#states,)*)>,
        }

        impl<#(#states),*> #builder<#(#states),*> {
            #(#setters)*

            #[doc = #build_doc]
            pub fn build(self) -> ::core::result::Result<self::#request, #rt::InvalidRequest>
            where #(#complete),*
            {
                self.draft.build().map(self::#request)
            }

            #[doc = #send_doc]
            pub fn send(self) -> #rt::Sending<self::#reply>
            where #(#complete),*
            {
                self.draft.send()
            }
        }

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
                self::#builder { draft: self.draft, state: ::core::marker::PhantomData }
            }
        }
    });
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
