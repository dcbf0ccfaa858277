//! How a reply stores the values of its fields: in one tuple, which the runtime reads and clones as a whole. Strings
//! are read from the message instead.

use proc_macro2::{Literal, Punct, Spacing, TokenStream};
use quote::{ToTokens, TokenStreamExt as _, quote};

use crate::check::Field;

/// The largest tuple that the runtime reads. Further values are in a nested tuple, the last member.
const MEMBERS: usize = 12;

/// Whether the value is stored. The runtime decides by the same rule which fields it reads.
pub(super) fn is_kept(field: &Field) -> bool {
    !field.kind.is_read_in_place(field.encoding)
}

/// Emits the tuple of the stored types.
pub(super) fn emit_kept_types(types: &[TokenStream]) -> TokenStream {
    // If the tuple is full, its last place is for the tuple of the rest.
    match types.split_at_checked(MEMBERS - 1) {
        Some((first, rest)) if types.len() > MEMBERS => {
            let rest = emit_kept_types(rest);
            quote!((#(#first,)* #rest))
        }
        _ => quote!((#(#types,)*)),
    }
}

/// Hands out the places of stored values one after the other.
pub(super) struct Places {
    next: usize,
    count: usize,
}

impl Places {
    /// Creates the places of this many values.
    pub(super) fn new(count: usize) -> Self {
        Self { next: 0, count }
    }

    /// Returns the next place.
    pub(super) fn next(&mut self) -> Place {
        let place = Place { index: self.next, count: self.count };
        self.next += 1;
        place
    }
}

/// The place of one of `count` stored values, as the methods of its type refer to it.
pub(super) struct Place {
    index: usize,
    count: usize,
}

impl ToTokens for Place {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(quote!(self.contents.kept));
        let mut member = |index: usize| {
            tokens.append(Punct::new('.', Spacing::Alone));
            tokens.append(Literal::usize_unsuffixed(index));
        };
        let (mut index, mut count) = (self.index, self.count);
        while count > MEMBERS && index >= MEMBERS - 1 {
            member(MEMBERS - 1);
            index -= MEMBERS - 1;
            count -= MEMBERS - 1;
        }
        member(index);
    }
}

#[cfg(test)]
mod tests {
    use quote::format_ident;

    use super::*;

    /// Finds the type at a place, such as `self.contents.kept.11.2`.
    fn find_type(types: &syn::Type, place: &Place) -> String {
        let place = place.to_token_stream().to_string().replace(' ', "");
        let members = place.strip_prefix("self.contents.kept.").unwrap().split('.');
        let found = members.fold(types, |types, member| match types {
            syn::Type::Tuple(tuple) => &tuple.elems[member.parse::<usize>().unwrap()],
            other => panic!("{place} is in no tuple, but in {}", other.to_token_stream()),
        });
        found.to_token_stream().to_string()
    }

    #[test]
    fn every_value_has_its_place_in_tuples_that_the_runtime_reads() {
        for count in [0, 1, 2, 11, 12, 13, 22, 23, 24, 40] {
            let names: Vec<String> = (0..count).map(|index| format!("T{index}")).collect();
            let types: Vec<TokenStream> = names.iter().map(|name| format_ident!("{name}").to_token_stream()).collect();
            let types: syn::Type = syn::parse2(emit_kept_types(&types)).unwrap();
            let mut places = Places::new(count);
            let found: Vec<String> = names.iter().map(|_| find_type(&types, &places.next())).collect();
            assert_eq!(found, names);
        }
    }
}
