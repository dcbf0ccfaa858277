//! Every Markdown page of the repository: links and anchors resolve, and each code block is checked according to its
//! language.

mod blocks;
mod links;
mod page;
mod project;

use std::fs;

use page::{Page, pages};

use crate::common::root;

/// The labels that a block may have. Rust is compiled as a doctest, the others are checked in [`blocks`].
const LABELS: [&str; 12] = [
    "dockerfile",
    "json",
    "rust",
    "rust,compile_fail",
    "rust,ignore",
    "rust,no_run",
    "rust,test_harness",
    "sh",
    "text",
    "toml",
    "yaml",
    "yaml wrong",
];

#[test]
fn every_block_has_a_known_language() {
    let all = pages();
    let unknown = all.iter().flat_map(|page| {
        let blocks = page.blocks.iter().filter(|block| !LABELS.contains(&&*block.label));
        blocks.map(|block| format!("{}:{}: `{}`", page.name, block.line, block.label))
    });
    let unknown: Vec<_> = unknown.collect();
    assert!(unknown.is_empty(), "blocks without a language, or with one that is not checked:\n{}", unknown.join("\n"));
}

#[test]
fn every_page_with_rust_is_a_doctest() {
    let sources = ["src/lib.rs", "ottpay-sandbox/src/lib.rs", "ottpay-ledger/src/states.rs"];
    let sources = sources.map(|source| fs::read_to_string(root().join(source)).unwrap());
    let is_compiled = |page: &Page| {
        // The guide of the language is a package of its own, built by the tests of the generator.
        page.name == "docs/spec-language.md"
            || sources.iter().any(|source| source.contains(&format!("../{}\")]", page.name)))
    };
    let with_rust = |page: &&Page| page.blocks.iter().any(|block| block.label.starts_with("rust"));
    let all = pages();
    let rust: Vec<_> = all.iter().filter(with_rust).collect();
    assert!(rust.len() > 5, "{}", rust.len());
    let missing: Vec<_> = rust.iter().filter(|page| !is_compiled(page)).map(|page| &page.name).collect();
    assert!(missing.is_empty(), "pages whose Rust is not compiled; list them in src/lib.rs: {missing:?}");
}

#[test]
fn pictures_are_small_and_shown() {
    let all = pages();
    let shown: Vec<_> = all.iter().flat_map(|page| &page.links).filter_map(|link| link.file.as_ref()).collect();
    let folder = root().join("docs/pictures");
    for picture in fs::read_dir(&folder).unwrap() {
        let picture = picture.unwrap();
        assert!(picture.metadata().unwrap().len() < 150_000, "{:?} is too large", picture.path());
        assert!(shown.iter().any(|file| **file == picture.path()), "no page shows {:?}", picture.path());
    }
}
