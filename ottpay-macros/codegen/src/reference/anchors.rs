//! Headings of sections, and the anchors that GitHub generates for them.

use std::collections::{BTreeMap, BTreeSet};

use super::markdown::code_list;
use crate::check::{Action, Spec};

/// A section that can be linked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Section<'a> {
    /// The methods of a file.
    File(&'a str),
    /// A callback, by its index.
    Callback(usize),
    /// An object, by its index.
    Object(usize),
    /// An enum, by its index.
    Enum(usize),
}

/// The heading and the anchor of every section.
pub(super) struct Anchors<'a>(BTreeMap<Section<'a>, (String, String)>);

impl<'a> Anchors<'a> {
    /// Creates the anchors in the order of the document: of equal headings, all except the first get a number.
    pub(super) fn new(spec: &'a Spec, files: &[&[&'a Action]]) -> Self {
        // Chapters have anchors as well, from which those of sections have to differ.
        let chapter = |title: &str| vec![(None, title.to_owned())];
        let files = files.iter().filter_map(|methods| {
            let names: Vec<&str> = methods.iter().map(|method| method.name.as_str()).collect();
            Some((Some(Section::File(&methods.first()?.file.file)), code_list(&names)))
        });
        let numbered = |names: Vec<&str>, section: fn(usize) -> Section<'a>| {
            names
                .into_iter()
                .enumerate()
                .map(|(index, name)| (Some(section(index)), code_list(&[name])))
                .collect::<Vec<_>>()
        };
        let callbacks = spec.callbacks().iter().map(|callback| callback.method.as_str()).collect();
        let objects = spec.objects().iter().map(|object| object.name.as_str()).collect();
        let enums = spec.enums().iter().map(|declared| declared.name.as_str()).collect();
        let headings = chapter("Actions").into_iter().chain(files);
        let headings = headings.chain(chapter("Callbacks")).chain(numbered(callbacks, Section::Callback));
        let headings = headings.chain(chapter("Types")).chain(numbered(objects, Section::Object));
        let headings = headings.chain(numbered(enums, Section::Enum));
        let mut taken = BTreeSet::new();
        let mut anchors = BTreeMap::new();
        for (section, heading) in headings {
            let anchor = make_unique(&slug(&heading), &mut taken);
            if let Some(section) = section {
                anchors.insert(section, (heading, anchor));
            }
        }
        Self(anchors)
    }

    /// Returns the heading of a section.
    pub(super) fn heading(&self, section: Section<'a>) -> &str {
        self.0.get(&section).map_or("", |(heading, _)| heading)
    }

    /// Returns a link to the section.
    pub(super) fn link(&self, text: &str, section: Section<'a>) -> String {
        match self.0.get(&section) {
            Some((_, anchor)) => format!("[{text}](#{anchor})"),
            None => text.to_owned(),
        }
    }
}

/// Returns the anchor of a heading: lower case, hyphens for spaces, no punctuation.
fn slug(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>().to_lowercase()
}

fn make_unique(slug: &str, taken: &mut BTreeSet<String>) -> String {
    // One more candidate than there are anchors, so one of them is free.
    let numbered = (1..=taken.len()).map(|number| format!("{slug}-{number}"));
    let free = std::iter::once(slug.to_owned()).chain(numbered).find(|anchor| !taken.contains(anchor));
    let anchor = free.unwrap_or_default();
    taken.insert(anchor.clone());
    anchor
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_those_of_github() {
        assert_eq!(slug("`pre_auth`, `purchase`"), "pre_auth-purchase");
        assert_eq!(slug("The gateway"), "the-gateway");
        let mut taken = BTreeSet::new();
        let anchors: Vec<_> = (0..3).map(|_| make_unique("refund", &mut taken)).collect();
        assert_eq!(anchors, ["refund", "refund-1", "refund-2"]);
    }
}
