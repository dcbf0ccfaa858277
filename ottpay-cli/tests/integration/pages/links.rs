//! Relative links and anchors resolve.

use std::collections::BTreeMap;

use super::page::{Link, Page, pages};
use crate::common::root;

#[test]
fn every_relative_link_and_anchor_resolves() {
    let all = pages();
    let by_path: BTreeMap<_, _> = all.iter().map(|page| (page.path.clone(), page)).collect();
    let links = all.iter().flat_map(|page| page.links.iter().map(move |link| (page, link)));
    let links: Vec<_> = links.collect();
    assert!(links.len() > 300, "{}", links.len());
    let dead = links.into_iter().filter_map(|(page, link)| {
        let reason = reason(page, link, &by_path)?;
        Some(format!("{}:{}: {}: {reason}", page.name, link.line, link.target))
    });
    let dead: Vec<_> = dead.collect();
    assert!(dead.is_empty(), "dead links:\n{}", dead.join("\n"));
}

/// Why a link is dead.
fn reason(page: &Page, link: &Link, pages: &BTreeMap<std::path::PathBuf, &Page>) -> Option<String> {
    let file = link.file.as_ref().unwrap_or(&page.path);
    if !file.starts_with(root()) {
        return Some("outside of the repository".to_owned());
    }
    if !file.exists() {
        return Some("no such file".to_owned());
    }
    let anchor = link.anchor.as_ref()?;
    let target = pages.get(file)?;
    (!target.anchors.contains(anchor)).then(|| format!("no such anchor in {}", target.name))
}

#[test]
fn every_page_of_the_documentation_is_in_its_index_and_in_the_book() {
    const INDEX: &str = "docs/README.md";
    const BOOK: &str = "docs/SUMMARY.md";
    let all = pages();
    for list in [INDEX, BOOK] {
        let index = all.iter().find(|page| page.name == list).unwrap();
        let listed: Vec<_> = index.links.iter().filter_map(|link| link.file.as_ref()).collect();
        let pages = all.iter().filter(|page| page.name.starts_with("docs/") && ![INDEX, BOOK].contains(&&*page.name));
        let missing: Vec<_> = pages.filter(|page| !listed.contains(&&page.path)).map(|page| &page.name).collect();
        assert!(missing.is_empty(), "{list} does not list {missing:?}");
    }
}
