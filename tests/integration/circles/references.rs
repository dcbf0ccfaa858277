//! Collects what the code of each file names: by `use`, and by paths in expressions, types, patterns, attributes and the
//! arguments of macros.
//!
//! Not seen: method calls, names in the bodies of `quote!` (emitted into another crate) and of `macro_rules!` unless they
//! begin with `crate::`, what `include!` adds, names that only a macro creates, paths in strings, and traits that are
//! imported by `*` and of which only methods are called.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Expr, Item, Meta, Stmt, Token};

use super::names::Found;
use super::source::{self, Source, Space, UsedPath};
use super::tokens::{QUOTING, is_punct, path_at};

/// The imports between the files of a crate: from one file to another, with the names.
#[derive(Default)]
pub(super) struct References {
    pub(super) arrows: BTreeMap<(usize, usize), BTreeSet<String>>,
    /// Paths into the crate that do not lead to any known item.
    pub(super) problems: BTreeSet<String>,
}

/// What the files of a crate use from each other.
pub(super) fn references(source: &Source) -> References {
    let mut references = References::default();
    for (module, read) in source.modules.iter().enumerate() {
        let mut reader = Reader { source, module, scopes: Vec::new(), references: &mut references };
        read.items.iter().for_each(|item| reader.visit_item(item));
    }
    references
}

/// What a name means inside a function.
enum Local {
    /// An item of the function: a variable, a generic parameter, an inner item.
    Own(Option<Space>),
    Import(UsedPath),
}

struct Reader<'a> {
    source: &'a Source,
    module: usize,
    scopes: Vec<Vec<(String, Local)>>,
    references: &'a mut References,
}

impl Reader<'_> {
    fn within(&mut self, read: impl FnOnce(&mut Self)) {
        self.scopes.push(Vec::new());
        read(self);
        self.scopes.pop();
    }

    fn declare(&mut self, name: String, meaning: Local) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.push((name, meaning));
        }
    }

    /// Records a path in the code.
    fn name(&mut self, path: &UsedPath, space: Space) {
        let Some(first) = path.segments.first() else { return };
        if first == "Self" {
            return;
        }
        let only = path.segments.len() == 1;
        let wanted = if only { space } else { Space::Type };
        let mut path = path.clone();
        let locals = self.scopes.iter().rev().flat_map(|scope| scope.iter().rev());
        if !path.is_extern {
            for (name, local) in locals {
                match local {
                    _ if name != first => {}
                    Local::Own(own) if own.is_none_or(|own| own == wanted) => return,
                    Local::Own(_) => {}
                    Local::Import(import) => {
                        let rest = path.segments.iter().skip(1);
                        let segments = import.segments.iter().chain(rest).cloned().collect();
                        path = UsedPath { is_extern: import.is_extern, segments };
                        break;
                    }
                }
            }
        }
        let found = match self.source.find(self.module, &path, space) {
            // A tuple struct is a type and a value; the code does not always show which is meant.
            Found::Nothing => self.source.find_import(self.module, &path).into_iter().next(),
            found => Some(found),
        };
        match found {
            Some(Found::Item { module, name }) => self.arrow(module, name),
            Some(_) => {}
            None => self.problem(&path),
        }
    }

    /// Records an import: by `use`.
    fn import(&mut self, used: &syn::ItemUse) {
        for import in source::imports(used) {
            let found = self.source.find_import(self.module, &import.path);
            if found.is_empty() {
                self.problem(&import.path);
            }
            for found in found {
                let Found::Item { module, name } = found else { continue };
                // A parent that re-exports what a child defines does not thereby need it.
                if !(source::is_reexport(&used.vis) && self.source.is_within(module, self.module)) {
                    self.arrow(module, name);
                }
            }
        }
    }

    fn arrow(&mut self, to: usize, name: String) {
        let (from, to) = (self.source.modules[self.module].file, self.source.modules[to].file);
        if from != to {
            self.references.arrows.entry((from, to)).or_default().insert(name);
        }
    }

    fn problem(&mut self, path: &UsedPath) {
        let file = &self.source.files[self.source.modules[self.module].file].path;
        let problem = format!("{}: `{}` leads to nothing that is known", file.display(), path.segments.join("::"));
        self.references.problems.insert(problem);
    }

    /// Records `path`, or `<own>::path`.
    fn visit_qualified(&mut self, own: Option<&syn::QSelf>, path: &syn::Path, space: Space) {
        if let Some(own) = own {
            self.visit_type(&own.ty);
        }
        // After `<T>::` there are only names of the type itself.
        if own.is_none_or(|own| own.position > 0) {
            self.name(&used(path), space);
        }
        visit::visit_path(self, path);
    }

    /// A macro called by its bare name may be any of those above it in the source.
    fn name_macro(&mut self, path: &UsedPath) {
        let by_path = self.source.find(self.module, path, Space::Macro);
        match (by_path, path.segments.as_slice()) {
            (Found::Outside, [name]) if !path.is_extern => {
                let defines = |module: &usize| {
                    let names = self.source.modules[*module].names.get(name);
                    names
                        .into_iter()
                        .flatten()
                        .any(|(space, meaning)| *space == Space::Macro && matches!(meaning, source::Name::Item(_)))
                };
                let defining: Vec<_> = (0..self.source.modules.len()).filter(defines).collect();
                let outer = defining.iter().rev().find(|outer| self.source.is_within(self.module, **outer));
                if let Some(module) = outer.or(defining.first()) {
                    self.arrow(*module, name.clone());
                }
            }
            _ => self.name(path, Space::Macro),
        }
    }

    /// Records the paths in tokens that are not parsed: those of several segments, types, and calls.
    fn scan(&mut self, tokens: TokenStream, only_from_root: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            match token {
                TokenTree::Group(group) => self.scan(group.stream(), only_from_root),
                TokenTree::Ident(_) => {
                    let (path, end) = path_at(&tokens, at);
                    let last = path.segments.last().map(String::as_str).unwrap_or_default();
                    let is_macro =
                        is_punct(tokens.get(end), '!') && matches!(tokens.get(end + 1), Some(TokenTree::Group(_)));
                    if is_macro && QUOTING.contains(&last) {
                        at = end + 2;
                        continue;
                    }
                    let is_call = matches!(tokens.get(end), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis);
                    let is_method = at.checked_sub(1).is_some_and(|before| is_punct(tokens.get(before), '.'));
                    let is_type = last.starts_with(char::is_uppercase);
                    let is_from_root = path.segments.first().is_some_and(|first| first == "crate");
                    let counts = match only_from_root {
                        true => is_from_root,
                        false => path.segments.len() > 1 || !is_method && (is_type || is_call || is_macro),
                    };
                    if counts && is_macro {
                        self.name_macro(&path);
                    } else if counts {
                        self.name(&path, if is_type { Space::Type } else { Space::Value });
                    }
                    at = end;
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
    }
}

fn used(path: &syn::Path) -> UsedPath {
    let segments = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    UsedPath { is_extern: path.leading_colon.is_some(), segments }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if source::is_for_tests(source::attributes(item)) {
            return;
        }
        match item {
            Item::Use(used) => self.import(used),
            // It is a module of its own.
            Item::Mod(_) if self.scopes.is_empty() => {}
            Item::Mod(module) => {
                let file = &self.source.files[self.source.modules[self.module].file].path;
                let problem = format!("{}: `mod {}` in a function is not read", file.display(), module.ident);
                self.references.problems.insert(problem);
            }
            item => self.within(|inner| visit::visit_item(inner, item)),
        }
    }

    fn visit_impl_item(&mut self, item: &'ast syn::ImplItem) {
        let attributes = match item {
            syn::ImplItem::Const(item) => &item.attrs,
            syn::ImplItem::Fn(item) => &item.attrs,
            syn::ImplItem::Type(item) => &item.attrs,
            syn::ImplItem::Macro(item) => &item.attrs,
            _ => return,
        };
        if !source::is_for_tests(attributes) {
            self.within(|inner| visit::visit_impl_item(inner, item));
        }
    }

    fn visit_trait_item(&mut self, item: &'ast syn::TraitItem) {
        self.within(|inner| visit::visit_trait_item(inner, item));
    }

    fn visit_type_param(&mut self, parameter: &'ast syn::TypeParam) {
        self.declare(parameter.ident.to_string(), Local::Own(Some(Space::Type)));
        visit::visit_type_param(self, parameter);
    }

    fn visit_const_param(&mut self, parameter: &'ast syn::ConstParam) {
        self.declare(parameter.ident.to_string(), Local::Own(Some(Space::Value)));
        visit::visit_const_param(self, parameter);
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        match item.ident {
            Some(_) => self.scan(item.mac.tokens.clone(), true),
            None => self.visit_macro(&item.mac),
        }
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        self.within(|inner| {
            for statement in &block.stmts {
                let Stmt::Item(item) = statement else { continue };
                if let Item::Use(used) = item {
                    for import in source::imports(used) {
                        match import.name {
                            Some(name) => inner.declare(name, Local::Import(import.path)),
                            None => {
                                let found = inner.source.find(inner.module, &import.path, Space::Type);
                                if matches!(found, Found::Module(_)) {
                                    let file = &inner.source.files[inner.source.modules[inner.module].file].path;
                                    let problem = format!("{}: `use …::*` in a function is not read", file.display());
                                    inner.references.problems.insert(problem);
                                }
                            }
                        }
                    }
                }
                for (name, space) in source::defined(item) {
                    inner.declare(name, Local::Own(Some(space)));
                }
                if let Item::Macro(syn::ItemMacro { ident: Some(ident), .. }) = item {
                    inner.declare(ident.to_string(), Local::Own(None));
                }
            }
            visit::visit_block(inner, block);
        });
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        if source::is_for_tests(&local.attrs) {
            return;
        }
        // A variable is not yet in scope in its own initializer.
        if let Some(init) = &local.init {
            self.visit_local_init(init);
        }
        self.visit_pat(&local.pat);
    }

    fn visit_expr_let(&mut self, binding: &'ast syn::ExprLet) {
        self.visit_expr(&binding.expr);
        self.visit_pat(&binding.pat);
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        self.within(|inner| visit::visit_expr_closure(inner, closure));
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        self.within(|inner| visit::visit_arm(inner, arm));
    }

    fn visit_expr_if(&mut self, choice: &'ast syn::ExprIf) {
        self.within(|inner| {
            inner.visit_expr(&choice.cond);
            inner.visit_block(&choice.then_branch);
        });
        if let Some((_, otherwise)) = &choice.else_branch {
            self.visit_expr(otherwise);
        }
    }

    fn visit_expr_while(&mut self, repeated: &'ast syn::ExprWhile) {
        self.within(|inner| visit::visit_expr_while(inner, repeated));
    }

    fn visit_expr_for_loop(&mut self, repeated: &'ast syn::ExprForLoop) {
        self.visit_expr(&repeated.expr);
        self.within(|inner| {
            inner.visit_pat(&repeated.pat);
            inner.visit_block(&repeated.body);
        });
    }

    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        let name = pattern.ident.to_string();
        match name.starts_with(char::is_uppercase) {
            true => self.name(&UsedPath { is_extern: false, segments: vec![name] }, Space::Value),
            false => self.declare(name, Local::Own(Some(Space::Value))),
        }
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        self.visit_qualified(path.qself.as_ref(), &path.path, Space::Value);
    }

    fn visit_type_path(&mut self, path: &'ast syn::TypePath) {
        self.visit_qualified(path.qself.as_ref(), &path.path, Space::Type);
    }

    fn visit_pat_tuple_struct(&mut self, pattern: &'ast syn::PatTupleStruct) {
        self.visit_qualified(pattern.qself.as_ref(), &pattern.path, Space::Value);
        pattern.elems.iter().for_each(|element| self.visit_pat(element));
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.visit_qualified(None, path, Space::Type);
    }

    // It restricts who may name the item, and does not use a name.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        let path = attribute.path();
        if ["doc", "cfg", "cfg_attr", "allow", "expect", "warn", "deny"].iter().any(|name| path.is_ident(name)) {
            return;
        }
        match &attribute.meta {
            Meta::List(list) => self.scan(list.tokens.clone(), false),
            Meta::NameValue(pair) => self.visit_expr(&pair.value),
            Meta::Path(_) => {}
        }
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        let path = used(&called.path);
        self.name_macro(&path);
        if path.segments.last().is_some_and(|name| QUOTING.contains(&name.as_str())) {
            return;
        }
        let parsed = called.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated);
        match parsed {
            Ok(arguments) => arguments.iter().for_each(|argument| self.visit_expr(argument)),
            Err(_) => self.scan(called.tokens.clone(), false),
        }
    }
}
