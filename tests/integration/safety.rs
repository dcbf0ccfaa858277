//! `docs/safety.md` lists every known way to lose money with this gateway. Here: that each has a proof, and that each proof
//! exists: a test that runs, or a program that does not compile.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::Visit;

const PAGE: &str = include_str!("../../docs/safety.md");

/// A link of the page.
#[derive(Debug)]
struct Link<'a> {
    text: &'a str,
    target: &'a str,
}

impl<'a> Link<'a> {
    /// The test or case of this name, if the link is a proof: its text is code, its target a file of Rust.
    fn proof(&self) -> Option<(&'a str, PathBuf)> {
        let name = self.text.strip_prefix('`')?.strip_suffix('`')?;
        let path = self.target.strip_prefix("../").filter(|path| path.ends_with(".rs"))?;
        Some((name, root().join(path)))
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every link in Markdown without nesting.
fn links(text: &str) -> Vec<Link<'_>> {
    let after_brackets = text.split('[').skip(1);
    let links = after_brackets.filter_map(|rest| {
        let (text, rest) = rest.split_once("](")?;
        Some(Link { text, target: rest.split_once(')')?.0 })
    });
    links.collect()
}

/// The sections, by the anchors in their headings.
fn sections() -> BTreeMap<&'static str, &'static str> {
    let mut sections = BTreeMap::new();
    for section in PAGE.split("\n### <a id=\"").skip(1) {
        let (anchor, rest) = section.split_once("\"></a>").expect("a heading begins with its anchor");
        let (heading, text) = rest.split_once('\n').expect("a section has a text");
        let number = anchor.to_uppercase();
        assert!(heading.starts_with(&format!("{number}. ")), "the heading of {anchor} has its number: {heading}");
        let text = text.split("\n## ").next().unwrap_or(text);
        assert!(sections.insert(anchor, text).is_none(), "two sections are called {anchor}");
    }
    sections
}

#[test]
fn every_trap_and_every_mistake_is_listed_with_a_proof() {
    let numbered = |letter: char, count: usize| (1..=count).map(move |number| format!("{letter}{number}"));
    let mut expected: Vec<_> = numbered('t', 11).chain(numbered('m', 26)).collect();
    expected.sort();
    let sections = sections();
    assert_eq!(sections.keys().copied().collect::<Vec<_>>(), expected);
    for (anchor, text) in sections {
        let proofs = links(text).iter().filter(|link| link.proof().is_some()).count();
        assert!(proofs > 0, "{anchor} has no proof");
        assert!(text.contains("\nProof:"), "{anchor} does not say what proves it");
    }
}

#[test]
fn every_proof_exists() {
    let proofs: Vec<_> = links(PAGE).iter().filter_map(Link::proof).collect();
    let missing: Vec<_> = proofs.iter().filter_map(|(name, path)| find_proof(name, path).err()).collect();
    assert!(missing.is_empty(), "{} of {} proofs:\n{}", missing.len(), proofs.len(), missing.join("\n"));
}

/// Finds the test or compile-fail case of this name in the file.
fn find_proof(name: &str, path: &Path) -> Result<(), String> {
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

/// A function with `#[test]` or `#[tokio::test]`.
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
    }
    let mut search = Search(name, None);
    search.visit_file(&syn::parse_file(source).expect("a proof is a file of Rust"));
    search.1
}

/// Whether a file above this one declares it as a module: a test in any other file does not run.
fn is_compiled(path: &Path) -> bool {
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

#[test]
fn every_link_of_the_page_leads_somewhere() {
    let sections = sections();
    for Link { text, target } in links(PAGE) {
        let leads = match target.strip_prefix('#') {
            Some(anchor) => sections.contains_key(anchor) || PAGE.contains(&format!("<a id=\"{anchor}\">")),
            None => {
                let file = target.split('#').next().unwrap_or(target);
                target.starts_with("https://") || root().join("docs").join(file).exists()
            }
        };
        assert!(leads, "[{text}]({target}) leads nowhere");
    }
}

#[test]
fn a_test_that_was_renamed_ignored_or_left_out_is_no_proof() {
    let file = root().join("tests/integration/safety.rs");
    assert_eq!(find_proof("every_proof_exists", &file), Ok(()));
    assert!(find_proof("every_proof_exists_no_more", &file).is_err());
    assert!(find_proof("find_proof", &file).is_err(), "a function without `#[test]`");
    assert!(find_proof("every_proof_exists", &root().join("tests/integration/no_such_file.rs")).is_err());
    assert!(!is_compiled(&root().join("tests/integration/client/no_such_module.rs")));
    let ui = root().join("tests/ui");
    assert_eq!(find_proof("float_as_amount", &ui.join("float_as_amount.rs")), Ok(()));
    assert!(find_proof("integer_as_amount", &ui.join("float_as_amount.rs")).is_err());
}
