//! Paths in tokens that are not parsed, such as the arguments of a macro.

use proc_macro2::TokenTree;

use super::source::UsedPath;

/// Macros whose arguments are code for another place.
pub(super) const QUOTING: [&str; 4] = ["quote", "quote_spanned", "parse_quote", "parse_quote_spanned"];

/// The path that begins at a token, and where it ends.
pub(super) fn path_at(tokens: &[TokenTree], start: usize) -> (UsedPath, usize) {
    let is_colons = |at: usize| is_punct(tokens.get(at), ':') && is_punct(tokens.get(at + 1), ':');
    let before = |back: usize| start.checked_sub(back);
    let is_extern = before(2).is_some_and(is_colons)
        && !before(3)
            .is_some_and(|at| matches!(tokens.get(at), Some(TokenTree::Ident(_))) || is_punct(tokens.get(at), '>'));
    let mut segments = Vec::new();
    let mut at = start;
    while let Some(TokenTree::Ident(ident)) = tokens.get(at) {
        segments.push(ident.to_string());
        at += 1;
        if !(is_colons(at) && matches!(tokens.get(at + 2), Some(TokenTree::Ident(_)))) {
            break;
        }
        at += 2;
    }
    (UsedPath { is_extern, segments }, at)
}

pub(super) fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}
