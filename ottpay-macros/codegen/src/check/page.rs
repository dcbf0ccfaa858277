//! Resolves the vendor's pages that documentation cites, by site and path or by a name.

use std::collections::BTreeMap;

use ottpay_vocabulary::{find_nearest, wire};

use crate::diagnostic::{Diagnostics, Mistake};
use crate::names::{is_snake, suggestion_and};
use crate::read::{Located, RawPages, RawSpec};

/// Parses a page as `host/path`, without a scheme.
pub(super) fn parse_page(page: Option<Located<String>>, diagnostics: &mut Diagnostics) -> Option<String> {
    let page = page?;
    if let Err(error) = wire::check_page(&page.value) {
        let message = format!("`{}` is not a page: {error}", page.value);
        diagnostics.report(Mistake::BadPage, &page.at, message, "write it as `host/path`, without a scheme");
    }
    Some(page.value)
}

/// Whether a page is cited by a name: a site contains a dot, and a path a slash.
fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(['.', '/'])
}

/// Replaces each cited name with its page. `library` has the pages of the specification that this one extends.
pub(super) fn resolve_page_names(raw: &mut RawSpec, library: &RawPages, diagnostics: &mut Diagnostics) {
    // Taken out while the rest of the specification is changed.
    let pages = std::mem::take(&mut raw.types.pages);
    check_page_names(&pages, library, diagnostics);
    let file_is_unreadable = raw.unreadable.iter().any(|file| file.ends_with("/types.yaml"));
    let are_known = !file_is_unreadable && !pages.is_misread && !library.is_misread;
    let named: BTreeMap<&str, Option<&str>> = library.named.iter().chain(&pages.named).map(by_name).collect();
    let mut unused = pages.named.iter().map(|(name, _)| name).collect::<Vec<_>>();
    for cited in cited_pages(raw) {
        let Some(page) = cited.as_mut().filter(|page| is_name(&page.value)) else { continue };
        let meant = find_nearest(&page.value, named.keys().copied()).map(ToOwned::to_owned);
        // A misspelt name was meant to cite its page, and is one mistake instead of two.
        unused.retain(|name| name.value != page.value && Some(&name.value) != meant.as_ref());
        match named.get(page.value.as_str()) {
            Some(Some(text)) => page.value = (*text).to_owned(),
            // The invalid page or file has been reported.
            Some(None) => drop_page(cited, diagnostics),
            None if !are_known => drop_page(cited, diagnostics),
            None => {
                let further = "Pages are named under `pages` in types.yaml, or written as `host/path`";
                let help = suggestion_and(&page.value, named.keys().copied(), further);
                let message = format!("unknown page `{}`", page.value);
                diagnostics.report(Mistake::UnknownPage, &page.at, message, help);
                *cited = None;
            }
        }
    }
    // A file that could not be read may cite it, as may actions that are not part of this specification.
    let is_complete = diagnostics.is_empty() && !raw.actions.is_empty() && !raw.is_partial;
    for name in unused.into_iter().filter(|_| is_complete) {
        let message = format!("the page `{}` is not cited", name.value);
        diagnostics.report(Mistake::UnusedPage, &name.at, message, "cite it as `page:`, or remove it");
    }
    raw.types.pages = pages;
}

fn drop_page(cited: &mut Option<Located<String>>, diagnostics: &mut Diagnostics) {
    if let Some(page) = cited.take() {
        diagnostics.mark_unusable(&page.at);
    }
}

/// Returns a name and its page, if the page is usable.
fn by_name((name, page): &(Located<String>, Option<Located<String>>)) -> (&str, Option<&str>) {
    (&name.value, page.as_ref().map(|page| page.value.as_str()).filter(|page| wire::check_page(page).is_ok()))
}

/// Checks the named pages of a file.
fn check_page_names(pages: &RawPages, library: &RawPages, diagnostics: &mut Diagnostics) {
    for (name, page) in &pages.named {
        if !is_snake(&name.value) {
            let message = format!("`{}` cannot be the name of a page", name.value);
            let help = "name it in snake_case, such as `common_rules`";
            diagnostics.report(Mistake::ImpossibleName, &name.at, message, help);
        }
        if library.named.iter().any(|(known, _)| known.value == name.value) {
            let message = format!("the page `{}` already exists", name.value);
            let help = "give it another name, or use the library's own";
            diagnostics.report(Mistake::TakenName, &name.at, message, help);
        }
        parse_page(page.clone(), diagnostics);
    }
}

/// Returns every place that may cite a page.
fn cited_pages(raw: &mut RawSpec) -> Vec<&mut Option<Located<String>>> {
    let RawSpec { gateway, types, callbacks, actions, .. } = raw;
    let mut pages: Vec<_> = gateway.iter_mut().map(|gateway| &mut gateway.page).collect();
    let mut fields: Vec<_> = types.shared.iter_mut().collect();
    pages.extend(types.enums.iter_mut().map(|declared| &mut declared.page));
    for object in &mut types.objects {
        pages.push(&mut object.page);
        fields.extend(&mut object.fields);
    }
    for callback in callbacks {
        pages.push(&mut callback.page);
        fields.extend(&mut callback.fields);
    }
    for action in actions.iter_mut().filter_map(|(_, action)| action.as_mut()) {
        pages.push(&mut action.page);
        let sides = [&mut action.request, &mut action.outer, &mut action.reply, &mut action.returned];
        fields.extend(sides.into_iter().flatten());
    }
    pages.extend(fields.into_iter().map(|field| &mut field.page));
    pages
}
