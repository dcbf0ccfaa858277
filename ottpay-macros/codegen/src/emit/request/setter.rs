//! Setters of a builder.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::traits::{not_set_trait, value_trait};
use crate::check::{Action, Field, Spec};
use crate::emit::docs;
use crate::emit::library::rt;
use crate::emit::paths::{action_module, ident, state_parameter};
use crate::emit::types::rust_type;
use crate::prose::{code, paragraphs};

/// Emits the setters of one field. `states` are the state parameters of the builder; the field's own is at `place`.
pub(super) fn emit_setters(
    spec: &Spec,
    action: &Action,
    states: &[Ident],
    place: usize,
    index: usize,
    field: &Field,
) -> TokenStream {
    let rt = rt();
    let builder = format_ident!("{}Builder", action.type_name);
    let module = action_module(action);
    let (value, is_not_set) = (value_trait(field), not_set_trait(field));
    let (name, own_state) = (ident(&field.name), state_parameter(&field.name));
    let kind = rust_type(spec, field.kind, &quote!(self));
    // The states of the other fields, which stay as they are.
    let (before, after) = (states.get(..place).unwrap_or_default(), states.get(place + 1..).unwrap_or_default());
    // Every method sets the state of the field and returns the builder.
    let change = |state: &str, method: Ident, doc: String, argument: Option<TokenStream>, draft: TokenStream| {
        let state = format_ident!("{state}");
        quote! {
            #[doc = #doc]
            pub fn #method(self, #argument) -> self::#builder<#(#before,)* #rt::#state, #(#after),*>
            where #own_state: #module::#is_not_set
            {
                self::#builder { draft: self.draft.#draft, state: #rt::PhantomData }
            }
        }
    };
    let method = |name, doc, argument, draft| change("Set", name, doc, argument, draft);
    let documented = |text: &str| docs::of_field(text, field, &action.page);
    let mut methods = Vec::new();
    if field.is_given() {
        let doc = docs::describe_setter(spec, field, &action.page);
        let draft = quote!(set::<#kind, _>(#index, #name));
        methods.push(method(name.clone(), doc, Some(quote!(#name: impl #module::#value)), draft));
    }
    if field.is_given() && !field.required {
        let doc = documented(&format!("Calls [`{0}`](Self::{0}) if there is a value.", field.name));
        let argument = quote!(#name: #rt::Option<impl #module::#value>);
        let draft = quote!(set_if_some::<#kind, _>(#index, #name));
        methods.push(method(format_ident!("maybe_{}", field.name), doc, Some(argument), draft));
    }
    if field.is_waivable(action.effect) {
        let doc = documented(&format!(
            "Omits `{}`, so that the gateway generates it. If the reply is lost, no query can report the outcome of \
             the request, so it is [`Untracked`](__ottpay::request::Untracked).",
            field.wire
        ));
        methods.push(change("Waived", format_ident!("without_{}", field.name), doc, None, quote!(omit(#index))));
    } else if field.may_omit {
        let although = if field.is_given() { ", although the vendor's page requires it" } else { "" };
        let doc = documented(&format!("Omits `{}`{although}.", field.wire));
        methods.push(method(format_ident!("without_{}", field.name), doc, None, quote!(omit(#index))));
    }
    if field.opt_in {
        let wire = &field.wire;
        let value = match &field.constant {
            Some(constant) => format!("as {}", code(constant)),
            None => "as well".to_owned(),
        };
        let instead = match &field.instead_of {
            Some(other) => format!("instead of `{other}`"),
            None => "which is omitted otherwise".to_owned(),
        };
        let doc = documented(&format!("{}\n\nSends `{wire}` {value}, {instead}.", paragraphs(&field.doc)));
        methods.push(method(format_ident!("with_{}", field.name), doc, None, quote!(write(#index))));
    }
    quote!(#(#methods)*)
}
