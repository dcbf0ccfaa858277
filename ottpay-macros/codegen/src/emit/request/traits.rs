//! The traits whose bounds produce the compile errors of a builder, separate for each field.

use ottpay_vocabulary::only;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::parts::settable_fields;
use crate::check::{Action, Field, Fill, Kind, Spec, Word};
use crate::diagnostic::Position;
use crate::emit::library::rt;
use crate::emit::paths::{action_module, ident};
use crate::emit::types::{rust_type, spoken_type};
use crate::names::to_camel;

/// Emits three traits for each field: its accepted values, that it is set, and that it is not set. They carry the
/// compile errors, so they are separate for each field.
pub(crate) fn emit_field_traits(spec: &Spec, action: &Action) -> TokenStream {
    let rt = rt();
    let call = spoken_call(action);
    let traits = settable_fields(action).into_iter().map(|(_, field)| {
        // The path leads from the action's module over `actions` and `__spec` to the root.
        let kind = rust_type(spec, field.kind, &quote!(super::super::super));
        let (value_trait, is_not_set, is_set) = (value_trait(field), not_set_trait(field), set_trait(field));
        let named = format!("{call}: the field `{}`", field.name);
        let declared = declared_at(field);
        let takes = format!("{named} takes {}, not `{{Self}}`", spoken_type(spec, field.kind));
        let instead = match must_be_set(field) {
            true => suggest_value(spec, field),
            false => format!("{}; pass an `Option` to `.maybe_{}(…)`", suggest_value(spec, field), field.name),
        };
        let twice = match field.may_omit || (field.is_given() && !field.required) {
            true => format!("{named} is already set or omitted"),
            false => format!("{named} is already set"),
        };
        let missing = format!("{call}: the required field `{}` is missing", field.name);
        let set = match field.may_omit {
            true => format!("call `.{name}(…)` or `.without_{name}()` before this", name = field.name),
            false => format!("call `.{}(…)` before this", field.name),
        };
        let value = field.is_given().then(|| {
            quote! {
                #[diagnostic::on_unimplemented(message = #takes, label = #instead, note = #declared)]
                pub trait #value_trait: #rt::IntoField<#kind> {}
                // Otherwise the compiler would report the bound of this impl instead of the message above.
                #[diagnostic::do_not_recommend]
                impl<V: #rt::IntoField<#kind>> #value_trait for V {}
            }
        });
        // The type of the finished request depends on whether the id of a write is set.
        let (own_id, waived) = match field.is_waivable(action.effect) {
            true => (
                Some(quote!(: #rt::OwnId)),
                Some(quote!(#[diagnostic::do_not_recommend] impl #is_set for #rt::Waived {})),
            ),
            false => (None, None),
        };
        let required = must_be_set(field).then(|| {
            quote! {
                #[diagnostic::on_unimplemented(message = #missing, label = #set, note = #declared)]
                pub trait #is_set #own_id {}
                #[diagnostic::do_not_recommend]
                impl #is_set for #rt::Set {}
                #waived
            }
        });
        quote! {
            #value
            #[diagnostic::on_unimplemented(message = #twice, label = "remove one of the two", note = #declared)]
            pub trait #is_not_set {}
            #[diagnostic::do_not_recommend]
            impl #is_not_set for #rt::Unset {}
            #required
        }
    });
    let written = list_written_fields(action).map(|field| written_trait(field, &call));
    quote!(#(#traits)* #(#written)*)
}

/// Lists the fields that the client writes.
fn list_written_fields(action: &Action) -> impl Iterator<Item = &Field> {
    action.request.iter().filter(|field| !field.is_given())
}

/// Emits a trait without implementations: its message explains why the field cannot be set.
fn written_trait(field: &Field, call: &str) -> TokenStream {
    let rt = rt();
    let name = written_name(field);
    let is = match (&field.constant, &field.fill) {
        (Some(constant), _) => format!("always `{}`", without_placeholders(constant)),
        (None, Some(Fill::CopyOf(other))) => format!("always the same as `{other}`"),
        (None, Some(Fill::Endpoint)) => "always the URL of the call".to_owned(),
        (None, _) => "always the merchant id of the client".to_owned(),
    };
    let message = format!("{call}: the field `{}` is {is}", field.name);
    let label = match field.opt_in {
        true => format!("the client writes it: call `.with_{}()` to send it", field.name),
        false => "remove this call: the client writes it".to_owned(),
    };
    let declared = declared_at(field);
    quote! {
        #[diagnostic::on_unimplemented(message = #message, label = #label, note = #declared)]
        pub trait #name: #rt::Nobody {}
    }
}

/// Describes where the field is declared, for a note of the compiler.
fn declared_at(field: &Field) -> String {
    let Position { file, line, column, .. } = &field.source;
    format!("declared at {}:{line}:{column}", without_placeholders(file))
}

/// Escapes a text for a message of the compiler, which would read `{x}` as a placeholder.
fn without_placeholders(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

fn written_name(field: &Field) -> Ident {
    format_ident!("{}IsWritten", to_camel(&field.name))
}

/// Emits a method that cannot be called for each field that the client writes: the compile error explains why.
pub(super) fn emit_refused_setters(action: &Action) -> TokenStream {
    let module = action_module(action);
    let methods = list_written_fields(action).map(|field| {
        let (name, written) = (ident(&field.name), written_name(field));
        quote! {
            #[doc(hidden)]
            pub fn #name(self, _: impl #module::#written) -> Self {
                self
            }
        }
    });
    quote!(#(#methods)*)
}

/// Whether a request is incomplete until the caller sets or omits the field.
pub(super) fn must_be_set(field: &Field) -> bool {
    field.required && field.is_given()
}

/// Returns the trait of a field's accepted values. Its name contains the field's name, because rustc suggests every
/// trait of the same name that the value implements.
pub(super) fn value_trait(field: &Field) -> Ident {
    format_ident!("{}Value", to_camel(&field.name))
}

/// Returns the trait of a field that is not set yet.
pub(super) fn not_set_trait(field: &Field) -> Ident {
    format_ident!("{}IsNotSet", to_camel(&field.name))
}

/// Returns the trait of a field that is set.
pub(super) fn set_trait(field: &Field) -> Ident {
    format_ident!("{}IsSet", to_camel(&field.name))
}

/// Returns the name of the action for a message: its constant, and its method if the name differs.
fn spoken_call(action: &Action) -> String {
    let letters = |name: &str| name.replace('_', "").to_ascii_lowercase();
    match letters(&action.action) == letters(&action.name) {
        true => action.action.clone(),
        false => format!("{} ({})", action.name, action.action),
    }
}

/// Suggests what to pass instead of a value of the wrong type.
fn suggest_value(spec: &Spec, field: &Field) -> String {
    match field.kind {
        Kind::Amount => {
            "pass minor units, `Amount::from_minor(1999)`, or parse a string, `Amount::parse(\"19.99\", Currency::CAD)?`; \
                         the amount of a `Money` is `.amount()`"
                .to_owned()
        }
        Kind::OrderId => "pass an order id: `OrderId::new(…)?` or `OrderId::random()`".to_owned(),
        Kind::RefundId => "pass a refund id: `RefundId::new(…)?` or `RefundId::random()`".to_owned(),
        Kind::CheckoutId => {
            "pass the id of a Checkout page: `CheckoutId::new(…)?` or `CheckoutId::random()`".to_owned()
        }
        Kind::Url => "pass a URL: a string or a `Url`".to_owned(),
        Kind::Currency => "pass a currency: `Currency::CAD`".to_owned(),
        Kind::Integer => "pass a whole number".to_owned(),
        Kind::Timestamp => "pass a time: `Timestamp::new(\"20191125162635\")?` or `Timestamp::now_utc()`".to_owned(),
        Kind::Enum(index) => {
            let declared = spec.enums.get(index);
            let taken = |word: &&Word| only::is_accepted(&field.only, &word.word);
            let first = declared.and_then(|declared| Some((&declared.name, declared.words.iter().find(taken)?)));
            first.map_or_else(String::new, |(name, word)| format!("pass one of its values: `{name}::{}`", word.variant))
        }
        _ => "pass a `&str` or a `String`".to_owned(),
    }
}
