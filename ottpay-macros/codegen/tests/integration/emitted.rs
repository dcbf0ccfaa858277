//! The emitted code: valid Rust, always the same, in the order of the digest.

use std::collections::BTreeSet;
use std::path::Path;

use ottpay_codegen::{Folder, check, check_folder, compile_client};
use proc_macro2::Span;

fn spec_folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec")
}

fn code() -> String {
    let package = spec_folder().join("..");
    compile_client(&Folder::from_name("spec", &package, None).unwrap()).into_tokens(Span::call_site()).to_string()
}

fn spec() -> check::Spec {
    check_folder(&Folder::from_name("spec", &spec_folder().join(".."), None).unwrap()).unwrap()
}

#[test]
fn the_projects_own_specification_becomes_rust_and_always_the_same() {
    let first = code();
    syn::parse_str::<syn::File>(&first).unwrap();
    assert_eq!(code(), first);
}

#[test]
fn emitted_code_has_no_derives_and_no_path_of_the_machine() {
    let code = code();
    assert!(!code.contains("derive"));
    assert!(!code.contains(env!("CARGO_MANIFEST_DIR")));
}

#[test]
fn request_fields_are_in_the_order_of_the_digest() {
    let spec = spec();
    assert!(!spec.actions().is_empty());
    for action in spec.actions().iter().filter(|action| action.protocol == ottpay_vocabulary::Protocol::Envelope) {
        let inner: Vec<_> = action.request.iter().filter(|field| !field.is_outer()).map(|field| &field.wire).collect();
        let mut sorted = inner.clone();
        sorted.sort_by(|a, b| a.encode_utf16().cmp(b.encode_utf16()));
        assert_eq!(inner, sorted, "{}", action.action);
        let last_inner = action.request.iter().rposition(|field| !field.is_outer());
        let first_outer = action.request.iter().position(|field| field.is_outer());
        assert!(first_outer.is_none_or(|outer| Some(outer) > last_inner), "{}", action.action);
    }
}

#[test]
fn every_action_has_an_example_and_every_file_is_watched() {
    let spec = spec();
    let code = code();
    for action in spec.actions() {
        assert!(!action.examples.is_empty(), "{}", action.action);
        assert!(code.contains(&format!("/{}", action.source.file)));
    }
}

/// Names that a `use` brings in.
fn names(tree: &syn::UseTree, found: &mut BTreeSet<String>) {
    match tree {
        syn::UseTree::Path(path) => names(&path.tree, found),
        syn::UseTree::Group(group) => group.items.iter().for_each(|item| names(item, found)),
        syn::UseTree::Name(name) => _ = found.insert(name.ident.to_string()),
        syn::UseTree::Rename(_) | syn::UseTree::Glob(_) => panic!("the list of reserved names cannot follow this"),
    }
}

#[test]
fn the_reserved_names_are_those_that_the_library_exports() {
    let library = std::fs::read_to_string(spec_folder().join("../src/lib.rs")).unwrap();
    let mut found = BTreeSet::from(["Client".to_owned()]);
    for item in &syn::parse_file(&library).unwrap().items {
        if let syn::Item::Use(item) = item {
            names(&item.tree, &mut found);
        }
    }
    found.retain(|name| name.starts_with(|first: char| first.is_ascii_uppercase()));
    assert_eq!(check::RESERVED.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>(), found);
}

/// Names that a caller without a prelude does not have.
#[derive(Default)]
struct Prelude {
    found: BTreeSet<String>,
}

/// Inherent methods of types. Those of traits, such as `to_owned`, are called by their path.
const OWN_METHODS: &[&str] = &[
    "acknowledgement",
    "action",
    "as_deref",
    "as_ref",
    "as_str",
    "build",
    "class",
    "confirm",
    "currency",
    "environment",
    "fmt_debug",
    "into_values",
    "map",
    "merchant_id",
    "normalise",
    "omit",
    "opened_by_former_key",
    "optional_text",
    "outer",
    "pad",
    "poll",
    "push_str",
    "read",
    "resolve",
    "send",
    "set",
    "set_if_some",
    "text",
    "to_json",
    "tracked",
    "url",
    "wait",
    "with_aliases",
    "with_constant",
    "with_content",
    "with_encoding",
    "with_evidence",
    "with_fill",
    "with_instead_of",
    "with_limits",
    "with_may_omit",
    "with_only",
    "with_outer",
    "with_role",
    "with_sensitive",
    "with_uncertain_limits",
    "write",
    "write_str",
];

impl<'ast> syn::visit::Visit<'ast> for Prelude {
    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let name = call.method.to_string();
        if !OWN_METHODS.contains(&name.as_str()) {
            self.found.insert(format!(".{name}()"));
        }
        syn::visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        if called.path.leading_colon.is_none() {
            self.found.insert(format!("{}!", called.path.segments[0].ident));
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        const NAMES: &str = "Option Some None Result Ok Err String Vec Box Into From Clone ToOwned ToString AsRef Iterator Default \
                             Send Sync Copy Eq PartialEq Drop Fn";
        if let (None, Some(first)) = (&path.leading_colon, path.segments.first()) {
            let first = first.ident.to_string();
            if NAMES.split_whitespace().any(|name| name == first) {
                self.found.insert(first);
            }
        }
        // `Self::from` is a method of a trait as well.
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if let [first, second] = &*names
            && first == "Self"
            && second.starts_with(|first: char| first.is_ascii_lowercase())
        {
            self.found.insert(names.join("::"));
        }
        syn::visit::visit_path(self, path);
    }
}

#[test]
fn emitted_code_needs_no_prelude() {
    let mut prelude = Prelude::default();
    syn::visit::Visit::visit_file(&mut prelude, &syn::parse_str(&code()).unwrap());
    assert_eq!(prelude.found, BTreeSet::new());
}
