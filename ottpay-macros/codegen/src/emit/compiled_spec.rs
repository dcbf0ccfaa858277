//! The compiled specification: plain static data.

use std::collections::BTreeSet;

use ottpay_vocabulary::{Cipher, Encoding, Evidence, Limits};
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};

use super::docs;
use super::library::{import_library, library, rt};
use super::paths::{action_module, callback_module, ident};
use super::request::emit_field_traits;
use super::variants::{code_class, status_class, variant};
use crate::check::{Action, Callback, Code, Enum, Field, Fill, Kind, Object, Query, QueryValue, Side, Spec};
use crate::prose::code;

/// Emits the description of the whole specification; `actions` are the modules of its actions.
pub(super) fn emit_compiled_spec<'a>(spec: &Spec, actions: impl Iterator<Item = &'a TokenStream>) -> TokenStream {
    let gateway = if spec.extends { extended_gateway(spec) } else { emit_gateway(spec) };
    let enums = spec.own_enums().map(enum_info);
    let objects = spec.own_objects().map(|(_, object)| object_info(spec, object));
    let callbacks = spec.own_callbacks().map(|callback| emit_callback_module(spec, callback));
    let import = import_library();
    quote! {
        #gateway

        #[doc(hidden)]
        #[allow(missing_docs, non_upper_case_globals, unused_imports)]
        pub mod __spec {
            #import
            pub mod enums { #import #(#enums)* }
            pub mod objects { #import #(#objects)* }
            pub mod callbacks { #import #(#callbacks)* }
            pub mod actions { #import #(#actions)* }
        }

        // A short path, because it is emitted for every field.
        #[allow(unused_imports)]
        use self::__spec::actions as __actions;
    }
}

fn emit_gateway(spec: &Spec) -> TokenStream {
    let rt = rt();
    let gateway = &spec.gateway;
    let base_url = &gateway.base_url;
    let framing = variant(gateway.framing);
    let cipher = match gateway.cipher {
        Cipher::Aes128Ecb => quote!(Aes128Ecb),
        Cipher::Aes128Cbc { iv } => {
            let iv = variant(iv);
            quote!(Aes128Cbc { iv: #rt::Iv::#iv })
        }
    };
    let codes = gateway.codes.iter().map(|Code { code, class, doc, .. }| {
        let class = code_class(*class);
        quote!(#rt::CodeInfo { code: #code, class: #class, doc: #doc })
    });
    let (status, content_type, body) = &gateway.acknowledgement;
    let of_actions = spec.actions.iter().map(|action| &action.path);
    let paths: BTreeSet<&String> = gateway.other_paths.iter().chain([&gateway.path]).chain(of_actions).collect();
    let paths = paths.into_iter();
    let actions = spec.actions.iter().map(action_module);
    let callbacks = spec.own_callbacks().map(callback_module);
    let doc = "The compiled specification: every action, field, callback and code.";
    let doc = docs::with_source(doc, &gateway.source, &gateway.page);
    quote! {
        #[doc = #doc]
        pub static GATEWAY: #rt::Gateway = #rt::Gateway {
            base_url: #base_url,
            paths: &[#(#paths),*],
            framing: #rt::Framing::#framing,
            cipher: #rt::Cipher::#cipher,
            codes: &[#(#codes),*],
            acknowledgement: &#rt::Acknowledgement::from_spec(#status, #content_type, #body),
            actions: &[#(&#actions::INFO),*],
            callbacks: &[#(&#callbacks::INFO),*],
        };
    }
}

/// Emits the library's gateway with additional actions, for a sandbox that serves both.
fn extended_gateway(spec: &Spec) -> TokenStream {
    let (library, rt) = (library(), rt());
    let paths: BTreeSet<&String> = spec.actions.iter().map(|action| &action.path).collect();
    let paths = paths.into_iter();
    let actions: Vec<_> = spec.actions.iter().map(action_module).collect();
    let callbacks: Vec<_> = spec.own_callbacks().map(callback_module).collect();
    let joined = |member: &str, item: TokenStream, own: TokenStream| {
        let member = ident(member);
        // The length of an array has to be a constant, so the parts are constants, too.
        quote! {
            {
                const OWN: &[#item] = &[#own];
                const ALL: [#item; #library::GATEWAY.#member.len() + OWN.len()] =
                    #rt::concat(#library::GATEWAY.#member, OWN);
                &ALL
            }
        }
    };
    let paths = joined("paths", quote!(&'static ::core::primitive::str), quote!(#(#paths),*));
    let actions = joined("actions", quote!(&'static #rt::ActionInfo), quote!(#(&#actions::INFO),*));
    let callbacks = joined("callbacks", quote!(&'static #rt::CallbackInfo), quote!(#(&#callbacks::INFO),*));
    let doc = format!(
        "The compiled specification of the library with the actions of {}, for a sandbox that serves both.",
        code(&spec.shown)
    );
    quote! {
        #[doc = #doc]
        pub static GATEWAY: #rt::Gateway = #rt::Gateway {
            base_url: #library::GATEWAY.base_url,
            paths: #paths,
            framing: #library::GATEWAY.framing,
            cipher: #library::GATEWAY.cipher,
            codes: #library::GATEWAY.codes,
            acknowledgement: #library::GATEWAY.acknowledgement,
            actions: #actions,
            callbacks: #callbacks,
        };
    }
}

fn enum_info(declared: &Enum) -> TokenStream {
    let rt = rt();
    let (name, rust) = (ident(&declared.name), &declared.name);
    let words = declared.words.iter().map(|word| {
        let (text, class) = (&word.word, status_class(word));
        quote!((#text, #rt::StatusClass::#class))
    });
    let aliases = declared.words.iter().flat_map(|word| word.aliases.iter().map(move |alias| (alias, &word.word)));
    let aliases = aliases.map(|(alias, word)| quote!((#alias, #word)));
    let compare = variant(declared.compare);
    quote! {
        pub static #name: #rt::EnumInfo = #rt::EnumInfo {
            name: #rust,
            compare: #rt::Compare::#compare,
            words: &[#(#words),*],
            aliases: &[#(#aliases),*],
        };
    }
}

fn object_info(spec: &Spec, object: &Object) -> TokenStream {
    let rt = rt();
    let (name, rust) = (ident(&object.name), &object.name);
    let fields = object.fields.iter().map(|field| field_info(spec, field));
    quote! {
        pub static #name: #rt::ObjectInfo = #rt::ObjectInfo { name: #rust, fields: &[#(#fields),*] };
    }
}

fn emit_callback_module(spec: &Spec, callback: &Callback) -> TokenStream {
    let rt = rt();
    let module = ident(&callback.name);
    let Callback { name: own, summary, unknown, page, fields, source, .. } = callback;
    let (file, line) = (&*source.file, source.line);
    let fields = field_infos(spec, "FIELDS", fields);
    let examples = callback.examples.iter().map(|(_, values)| emit_pairs(values));
    let import = import_library();
    quote! {
        pub mod #module {
            #import
            #fields
            pub static INFO: #rt::CallbackInfo = #rt::CallbackInfo {
                name: #own,
                summary: #summary,
                unknown: &[#(#unknown),*],
                page: #page,
                fields: &FIELDS,
                examples: &[#(#examples),*],
                file: #file,
                line: #line,
            };
        }
    }
}

/// Emits the hidden module of an action: its description, and the traits of its fields.
pub(super) fn emit_action_module(spec: &Spec, action: &Action) -> TokenStream {
    let rt = rt();
    let module = ident(&action.name);
    let traits = emit_field_traits(spec, action);
    let Action { name, action: constant, version, path, reserves, summary, doc, unknown, page, source, .. } = action;
    let (protocol, effect) = (variant(action.protocol), variant(action.effect));
    let base_url = match &action.base_url {
        Some(url) => quote!(::core::option::Option::Some(#url)),
        None => quote!(::core::option::Option::None),
    };
    let (file, line) = (&*source.file, source.line);
    let request = field_infos(spec, "REQUEST", &action.request);
    let reply = field_infos(spec, "REPLY", &action.reply);
    let (returned, returned_fields) = match &*action.returned {
        [] => (None, quote!(&[])),
        fields => (Some(field_infos(spec, "RETURNED", fields)), quote!(&RETURNED)),
    };
    let library = library();
    let callback = match spec.callback_of(action) {
        Some(callback) => {
            let name = ident(&callback.name);
            let module = match callback.from_library {
                true => quote!(#library::__spec::callbacks),
                false => quote!(super::super::callbacks),
            };
            quote!(::core::option::Option::Some(&#module::#name::INFO))
        }
        None => quote!(::core::option::Option::None),
    };
    let queries = action.queries.iter().map(query_info);
    let no_query = match &action.no_query {
        Some(reason) => quote!(::core::option::Option::Some(#reason)),
        None => quote!(::core::option::Option::None),
    };
    let examples = action.examples.iter().map(|example| {
        let (request, reply) = (emit_pairs(&example.request), emit_pairs(&example.reply));
        let returned = emit_pairs(&example.returned);
        quote!(#rt::Example { request: #request, reply: #reply, returned: #returned })
    });
    let import = import_library();
    quote! {
        pub mod #module {
            #import
            #request
            #reply
            #returned
            pub static INFO: #rt::ActionInfo = #rt::ActionInfo {
                name: #name,
                action: #constant,
                protocol: #rt::Protocol::#protocol,
                version: #version,
                base_url: #base_url,
                path: #path,
                effect: #rt::Effect::#effect,
                reserves: #reserves,
                summary: #summary,
                doc: #doc,
                unknown: &[#(#unknown),*],
                page: #page,
                request: &REQUEST,
                reply: &REPLY,
                returned: #returned_fields,
                callback: #callback,
                queries: &[#(#queries),*],
                no_query: #no_query,
                examples: &[#(#examples),*],
                file: #file,
                line: #line,
            };
            #traits
        }
    }
}

fn query_info(query: &Query) -> TokenStream {
    let (library, rt) = (library(), rt());
    let module = ident(&query.action);
    let action = match query.from_library {
        true => quote!(&#library::__spec::actions::#module::INFO),
        false => quote!(&super::#module::INFO),
    };
    let set = query.set.iter().map(|(name, value)| {
        let value = match value {
            QueryValue::Field(wire) => quote!(Field(#wire)),
            QueryValue::Now => quote!(Now),
        };
        quote!(#rt::QueryField { name: #name, value: #rt::QueryValue::#value })
    });
    let (evidence, line) = (variant(query.evidence), query.source.line);
    quote! {
        #rt::QueryInfo { action: #action, set: &[#(#set),*], evidence: #rt::Evidence::#evidence, line: #line }
    }
}

fn field_infos(spec: &Spec, name: &str, fields: &[Field]) -> TokenStream {
    let rt = rt();
    let name = ident(name);
    let count = fields.len();
    let fields = fields.iter().map(|field| field_info(spec, field));
    quote!(pub static #name: [#rt::FieldInfo; #count] = [#(#fields),*];)
}

/// Emits a call that creates a plain field, and a call for each difference. With a literal of all members, the compiler
/// would check and evaluate every one of them for every field.
fn field_info(spec: &Spec, field: &Field) -> TokenStream {
    let rt = rt();
    let Field { wire, doc, aliases, only, .. } = field;
    let line = field.source.line;
    // Items and the types of their fields are in sibling modules.
    let root = if field.side == Side::Member { quote!(super) } else { quote!(super::super) };
    let library = library();
    let root = |from_library: bool| if from_library { quote!(#library::__spec) } else { root.clone() };
    let object = |index: usize| {
        let object = spec.objects.get(index)?;
        let (name, root) = (ident(&object.name), root(object.from_library));
        Some(quote!(&#root::objects::#name))
    };
    let kind = match field.kind {
        Kind::Enum(index) => spec.enums.get(index).map(|declared| {
            let (name, root) = (ident(&declared.name), root(declared.from_library));
            quote!(Enum(&#root::enums::#name))
        }),
        Kind::Object(index) => object(index).map(|object| quote!(Object(#object))),
        built_in => Some(variant(built_in).into_token_stream()),
    };
    let kind = kind.unwrap_or_else(|| quote!(Text));
    let begin = if field.required { quote!(required) } else { quote!(optional) };
    let mut info = quote!(#rt::FieldInfo::#begin(#wire, #rt::Kind::#kind, #doc, #line));
    if !aliases.is_empty() {
        info.extend(quote!(.with_aliases(&[#(#aliases),*])));
    }
    if field.may_omit {
        info.extend(quote!(.with_may_omit()));
    }
    if field.is_outer() {
        info.extend(quote!(.with_outer()));
    }
    if field.sensitive {
        info.extend(quote!(.with_sensitive()));
    }
    if !only.is_empty() {
        info.extend(quote!(.with_only(&[#(#only),*])));
    }
    if field.encoding != Encoding::default() {
        let encoding = variant(field.encoding);
        info.extend(quote!(.with_encoding(#rt::Encoding::#encoding)));
    }
    if field.evidence != Evidence::default() {
        let evidence = variant(field.evidence);
        info.extend(quote!(.with_evidence(#rt::Evidence::#evidence)));
    }
    if let Some(constant) = &field.constant {
        info.extend(quote!(.with_constant(#constant)));
    }
    let fill = field.fill.as_ref().map(|fill| match fill {
        Fill::CopyOf(wire) => quote!(CopyOf(#wire)),
        fill => variant(fill).into_token_stream(),
    });
    info.extend(fill.map(|fill| quote!(.with_fill(#rt::Fill::#fill))));
    if let Some(other) = &field.instead_of {
        info.extend(quote!(.with_instead_of(#other)));
    }
    if let Some(object) = field.content.and_then(object) {
        info.extend(quote!(.with_content(#object)));
    }
    if let Some(role) = field.role.map(variant) {
        info.extend(quote!(.with_role(#rt::Role::#role)));
    }
    if field.limits != Limits::NONE || field.lenient {
        let min = field.limits.min_len;
        let max = match field.limits.max_len {
            // A literal would be the maximum of the machine that compiles, which may be too large for the target.
            usize::MAX => quote!(::core::primitive::usize::MAX),
            max => quote!(#max),
        };
        let charset = variant(field.limits.charset);
        let limit = if field.lenient { quote!(with_uncertain_limits) } else { quote!(with_limits) };
        info.extend(quote!(.#limit(#min, #max, #rt::Charset::#charset)));
    }
    info
}

fn emit_pairs(values: &[(String, String)]) -> TokenStream {
    let pairs = values.iter().map(|(name, text)| quote!((#name, #text)));
    quote!(&[#(#pairs),*])
}
