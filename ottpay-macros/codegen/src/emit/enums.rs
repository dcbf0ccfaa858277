//! Open enums: a variant for each known value, and `Other` for the rest.

use ottpay_vocabulary::{CodeClass, Compare};
use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use super::library::rt;
use super::paths::ident;
use super::stored::emit_word;
use super::variants;
use crate::check::{Class, Enum, Spec, Word};
use crate::prose::{code, line, paragraphs};

pub(super) fn emit_enum(spec: &Spec, declared: &Enum) -> TokenStream {
    let rt = rt();
    let Enum { page, source, compare, words, .. } = declared;
    let name = ident(&declared.name);
    let doc = docs::with_source(&paragraphs(&declared.doc), source, page);
    let variants: Vec<_> = words.iter().map(|word| ident(&word.variant)).collect();
    let variant_docs = words.iter().map(|word| {
        let text = format!("{}: {}", code(&word.word), line(&word.doc));
        docs::with_source(&text, &word.source, page)
    });
    let texts: Vec<_> = words.iter().map(|word| &word.word).collect();
    let patterns = words.iter().map(|word| emit_spellings(word, *compare));
    let compared = match compare {
        Compare::Loose => quote!(&*#rt::Compare::Loose.normalise(text)),
        Compare::Upper => quote!(&*#rt::Compare::Upper.normalise(text)),
        Compare::Exact => quote!(text),
    };
    let documented = |text: &str| docs::with_source(text, source, page);
    let as_str_doc = documented("The value on the wire.");
    let other_doc = documented("A value that the specification does not list. The gateway may send such values.");
    // One word with a class is enough to tell, because an enum has classes of one kind.
    let class = words.iter().find_map(|word| word.class).map(|class| match class {
        Class::Status(_) => status_class(&variants, words, &documented),
        Class::Code(_) => code_class(&variants, words, &documented),
    });
    let stored = emit_word(spec, &name);
    quote! {
        #[doc = #doc]
        #[non_exhaustive]
        pub enum #name {
            #(#[doc = #variant_docs] #variants,)*
            #[doc = #other_doc]
            Other(#rt::Word),
        }

        impl #name {
            #[doc = #as_str_doc]
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #texts,)*
                    Self::Other(word) => word.as_str(),
                }
            }

            #class
        }

        impl ::core::str::FromStr for #name {
            type Err = ::core::convert::Infallible;

            fn from_str(text: &str) -> ::core::result::Result<Self, ::core::convert::Infallible> {
                ::core::result::Result::Ok(<Self as ::core::convert::From<&str>>::from(text))
            }
        }

        impl ::core::convert::AsRef<str> for #name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        #stored

        /// The variant for a value, or `Other` if it is not listed.
        impl ::core::convert::From<&str> for #name {
            fn from(text: &str) -> Self {
                match #compared {
                    #(#patterns => Self::#variants,)*
                    _ => Self::Other(#rt::Word::new(text)),
                }
            }
        }

        impl ::core::clone::Clone for #name {
            fn clone(&self) -> Self {
                match self {
                    #(Self::#variants => Self::#variants,)*
                    Self::Other(word) => Self::Other(::core::clone::Clone::clone(word)),
                }
            }
        }

        impl ::core::cmp::PartialEq for #name {
            fn eq(&self, other: &Self) -> bool {
                self.as_str() == other.as_str()
            }
        }

        impl ::core::cmp::Eq for #name {}

        impl ::core::hash::Hash for #name {
            fn hash<H: ::core::hash::Hasher>(&self, state: &mut H) {
                ::core::hash::Hash::hash(self.as_str(), state);
            }
        }

        impl ::core::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::core::fmt::Display for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl #rt::IntoField<#name> for #name {
            fn write_to(&self, text: &mut #rt::FieldText<'_>) -> ::core::result::Result<(), #rt::Problem> {
                text.push_str(self.as_str());
                ::core::result::Result::Ok(())
            }
        }

        impl #rt::FromField for #name {
            fn from_field(text: &str) -> ::core::result::Result<Self, #rt::Problem> {
                ::core::result::Result::Ok(<Self as ::core::convert::From<&str>>::from(text))
            }
        }
    }
}

/// Emits a pattern that matches every spelling of a value.
fn emit_spellings(word: &Word, compare: Compare) -> TokenStream {
    let all = std::iter::once(&word.word).chain(&word.aliases).map(|text| compare.normalise(text));
    quote!(#(#all)|*)
}

fn status_class(variants: &[proc_macro2::Ident], words: &[Word], documented: &dyn Fn(&str) -> String) -> TokenStream {
    let rt = rt();
    let class_doc = documented(
        "What the value means for the money. **It is not a proof**: anyone can send a callback, and a payment that has \
         been refunded in part is no longer [`Paid`](__ottpay::StatusClass::Paid). Act on \
         [`Client::confirm`](__ottpay::Client::confirm), which compares the amount, too.",
    );
    let classes = words.iter().map(variants::status_class);
    quote! {
        #[doc = #class_doc]
        pub fn class(&self) -> #rt::StatusClass {
            match self {
                #(Self::#variants => #rt::StatusClass::#classes,)*
                Self::Other(_) => #rt::StatusClass::Unknown,
            }
        }

        // Never callable: its compile error names what to call instead. The lifetime delays the check of the bound to
        // the call.
        #[doc(hidden)]
        pub fn is_paid(&self) -> ::core::primitive::bool
        where for<'a> Self: #rt::ProvesPayment
        {
            false
        }
    }
}

fn code_class(variants: &[proc_macro2::Ident], words: &[Word], documented: &dyn Fn(&str) -> String) -> TokenStream {
    let rt = rt();
    let doc = documented("What the code means for the call, or `None` if the vendor does not document it.");
    let classes = words.iter().map(|word| match word.class {
        Some(Class::Code(class)) => variants::code_class(Some(class)),
        _ => variants::code_class(None::<CodeClass>),
    });
    quote! {
        #[doc = #doc]
        pub fn class(&self) -> ::core::option::Option<#rt::CodeClass> {
            match self {
                #(Self::#variants => #classes,)*
                Self::Other(_) => ::core::option::Option::None,
            }
        }
    }
}
