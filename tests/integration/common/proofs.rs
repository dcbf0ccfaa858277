//! What a page of `docs/` names as a proof: a test that runs, or a program that does not compile.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::TokenTree;
use syn::visit::Visit;

/// A link of the page.
#[derive(Debug)]
pub(crate) struct Link<'a> {
    pub(crate) text: &'a str,
    pub(crate) target: &'a str,
}

impl<'a> Link<'a> {
    /// The test or case of this name, if the link is a proof: its text is code, its target a file of Rust.
    pub(crate) fn proof(&self) -> Option<(&'a str, PathBuf)> {
        let name = self.text.strip_prefix('`')?.strip_suffix('`')?;
        let path = self.target.strip_prefix("../").filter(|path| path.ends_with(".rs"))?;
        Some((name, root().join(path)))
    }
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every link in Markdown without nesting.
pub(crate) fn links(text: &str) -> Vec<Link<'_>> {
    let after_brackets = text.split('[').skip(1);
    let links = after_brackets.filter_map(|rest| {
        let (text, rest) = rest.split_once("](")?;
        Some(Link { text, target: rest.split_once(')')?.0 })
    });
    links.collect()
}

/// The proofs of a page that do not exist, each with the reason.
pub(crate) fn missing_proofs(page: &str) -> Vec<String> {
    let proofs: Vec<_> = links(page).iter().filter_map(Link::proof).collect();
    assert!(!proofs.is_empty(), "the page names no proof");
    proofs.iter().filter_map(|(name, path)| find_proof(name, path).err()).collect()
}

/// The links of a page that do not lead to a file. What follows a `#` is not checked.
pub(crate) fn dead_links(page: &str) -> Vec<String> {
    let is_dead = |link: &Link<'_>| {
        let file = link.target.split('#').next().unwrap_or(link.target);
        !file.is_empty() && !link.target.starts_with("https://") && !root().join("docs").join(file).exists()
    };
    links(page).into_iter().filter(is_dead).map(|link| format!("[{}]({})", link.text, link.target)).collect()
}

/// Finds the test or compile-fail case of this name in the file.
pub(crate) fn find_proof(name: &str, path: &Path) -> Result<(), String> {
    let shown = path.strip_prefix(root()).unwrap_or(path).display();
    let source = fs::read_to_string(path).map_err(|error| format!("{name}: {shown}: {error}"))?;
    if path.parent().is_some_and(|folder| folder.ends_with("tests/ui")) {
        let is_named = path.file_stem().is_some_and(|stem| stem == name);
        return match is_named && path.with_extension("stderr").is_file() {
            true => Ok(()),
            false => Err(format!("{name}: {shown} has another name, or no expected message")),
        };
    }
    match find_test(name, &source) {
        None => Err(format!("{name}: {shown} has no such test")),
        Some(Test { is_ignored: true }) => Err(format!("{name}: {shown} ignores it")),
        Some(_) if !is_compiled(path) => Err(format!("{name}: no file declares the module {shown}")),
        Some(_) => Ok(()),
    }
}

/// A function with `#[test]` or `#[tokio::test]`, or one from which a test for each database is generated.
struct Test {
    is_ignored: bool,
}

/// Finds the test of this name, in any module of the file.
fn find_test(name: &str, source: &str) -> Option<Test> {
    struct Search<'a>(&'a str, Option<Test>);
    impl<'ast> Visit<'ast> for Search<'_> {
        fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
            let has = |word: &str| {
                let is_word = |attribute: &syn::Attribute| {
                    attribute.path().segments.last().is_some_and(|segment| segment.ident == word)
                };
                function.attrs.iter().any(is_word)
            };
            if function.sig.ident == self.0 && has("test") {
                self.1 = Some(Test { is_ignored: has("ignore") });
            }
        }

        // `on_each_database![first, second]` makes a test of each function that it lists.
        fn visit_macro(&mut self, listing: &'ast syn::Macro) {
            if listing.path.segments.last().is_some_and(|segment| segment.ident == "on_each_database") {
                let tokens: Vec<_> = listing.tokens.clone().into_iter().collect();
                let mut listed = tokens.split(|token| token.to_string() == ",");
                let is_it = |entry: &&[_]| entry.last().is_some_and(|token: &TokenTree| token.to_string() == self.0);
                self.1 = listed.find(is_it).map(|entry| Test { is_ignored: entry.len() > 1 }).or(self.1.take());
            }
        }
    }
    let mut search = Search(name, None);
    search.visit_file(&syn::parse_file(source).expect("a proof is a file of Rust"));
    search.1
}

/// Whether a file above this one declares it as a module: a test in any other file does not run.
pub(crate) fn is_compiled(path: &Path) -> bool {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let declaration = format!("mod {stem};");
    let above = path.ancestors().skip(1).take_while(|folder| *folder != root());
    let parents = above.flat_map(|folder| {
        ["main.rs", "lib.rs"].map(|file| folder.join(file)).into_iter().chain([folder.with_extension("rs")])
    });
    stem == "main"
        || stem == "lib"
        || parents.into_iter().any(|parent| {
            let source = fs::read_to_string(parent).unwrap_or_default();
            source.lines().any(|line| {
                line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(crate) ") == declaration
            })
        })
}
