//! `docs/safety.md` lists every known way to lose money with this gateway. These tests check that each has a proof, and
//! that each proof exists: a test that runs, or a program that does not compile.

use std::collections::BTreeMap;

use crate::common::proofs::{Link, find_proof, is_compiled, links, missing_proofs, root};

const PAGE: &str = include_str!("../../docs/safety.md");

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
fn every_trap_mistake_and_forgery_is_listed_with_a_proof() {
    let numbered = |letter: char, count: usize| (1..=count).map(move |number| format!("{letter}{number}"));
    let mut expected: Vec<_> = numbered('t', 11).chain(numbered('m', 26)).chain(numbered('f', 3)).collect();
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
    let missing = missing_proofs(PAGE);
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
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
fn a_renamed_ignored_or_omitted_test_is_not_a_proof() {
    let file = root().join("tests/integration/safety.rs");
    assert_eq!(find_proof("every_proof_exists", &file), Ok(()));
    assert!(find_proof("every_proof_exists_no_more", &file).is_err());
    assert!(find_proof("find_proof", &file).is_err(), "a function without `#[test]`");
    assert!(find_proof("every_proof_exists", &root().join("tests/integration/no_such_file.rs")).is_err());
    assert!(!is_compiled(&root().join("tests/integration/client/no_such_module.rs")));
    // Tests that run on each database are listed in a macro.
    let file = root().join("ottpay-ledger/tests/integration/worker.rs");
    assert_eq!(find_proof("a_store_that_is_away_is_waited_for", &file), Ok(()));
    assert!(find_proof("on_each_database", &file).is_err());
    let ui = root().join("tests/ui");
    assert_eq!(find_proof("float_as_amount", &ui.join("float_as_amount.rs")), Ok(()));
    assert!(find_proof("integer_as_amount", &ui.join("float_as_amount.rs")).is_err());
}
