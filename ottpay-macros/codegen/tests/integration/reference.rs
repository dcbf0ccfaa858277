//! The reference for people: `docs/actions.md` matches the specification completely, and its links have targets.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ottpay_codegen::{Folder, check, check_folder, reference};

const REGENERATE: &str = "UPDATE=1 cargo test -p ottpay-codegen --test integration reference";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn spec() -> check::Spec {
    check_folder(&Folder::from_name("spec", &root(), None).unwrap()).unwrap()
}

/// The anchors that GitHub generates for the headings; of equal ones, all except the first get a number.
fn anchors(markdown: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    for heading in headings(markdown) {
        let slug: String = heading
            .to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect();
        let numbered = (1..).map(|number| format!("{slug}-{number}"));
        let anchor = std::iter::once(slug.clone()).chain(numbered).find(|anchor| !anchors.contains(anchor)).unwrap();
        anchors.insert(anchor);
    }
    anchors
}

fn headings(markdown: &str) -> impl Iterator<Item = &str> {
    let titles = markdown.lines().filter(|line| line.starts_with('#'));
    titles.map(|line| line.trim_start_matches('#').trim())
}

/// Every `](#anchor)`.
fn links(markdown: &str) -> BTreeSet<String> {
    let after = markdown.split("](#").skip(1);
    after.map(|rest| rest.split(')').next().unwrap().to_owned()).collect()
}

#[test]
fn the_reference_matches_the_specification() {
    let expected = reference::render_markdown(&spec());
    let path = root().join("docs/actions.md");
    if std::env::var_os("UPDATE").is_some_and(|update| update == "1") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        return std::fs::write(path, expected).unwrap();
    }
    let Ok(found) = std::fs::read_to_string(&path) else {
        panic!("docs/actions.md cannot be read: run `{REGENERATE}`")
    };
    if found != expected {
        let same = found.lines().zip(expected.lines()).take_while(|(found, expected)| found == expected).count();
        let line = |text: &str| text.lines().nth(same).unwrap_or("(the end)").chars().take(200).collect::<String>();
        let (number, found, expected) = (same + 1, line(&found), line(&expected));
        panic!(
            "docs/actions.md does not match spec/, starting at line {number}\n   found: {found}\nexpected: {expected}\n\
             run `{REGENERATE}`"
        );
    }
}

#[test]
fn every_link_inside_the_reference_leads_to_a_heading() {
    let markdown = reference::render_markdown(&spec());
    let (anchors, links) = (anchors(&markdown), links(&markdown));
    assert!(!links.is_empty());
    assert_eq!(links.difference(&anchors).collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn every_file_that_the_reference_links_to_is_there() {
    let markdown = reference::render_markdown(&spec());
    let files: BTreeSet<&str> =
        markdown.split("](../").skip(1).map(|rest| rest.split(['#', ')']).next().unwrap()).collect();
    assert!(files.contains("spec/gateway.yaml"));
    for file in files {
        assert!(root().join(file).is_file(), "{file}");
    }
}

#[test]
fn every_action_callback_and_type_has_a_section_with_its_undocumented_points() {
    let spec = spec();
    let markdown = reference::render_markdown(&spec);
    let headings: BTreeSet<String> =
        headings(&markdown).flat_map(|heading| heading.split(", ")).map(|name| name.replace('`', "")).collect();
    let actions = spec.actions().iter().map(|action| &action.name);
    let callbacks = spec.callbacks().iter().map(|callback| &callback.method);
    let types = spec.enums().iter().map(|declared| &declared.name).chain(spec.objects().iter().map(|o| &o.name));
    for name in actions.chain(callbacks).chain(types) {
        assert!(headings.contains(name), "{name}");
    }
    let unknown = spec.actions().iter().flat_map(|action| &action.unknown);
    let unknown = unknown.chain(spec.callbacks().iter().flat_map(|callback| &callback.unknown));
    for unknown in unknown.chain(&spec.gateway().unknown) {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words(&markdown).contains(&words(unknown)), "{unknown}");
    }
}

#[test]
fn every_row_of_a_table_has_as_many_cells_as_its_head_and_no_column_is_empty() {
    let markdown = reference::render_markdown(&spec());
    let cells = |line: &str| -> Vec<String> {
        let line = line.replace("\\|", "");
        line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let lines: Vec<&str> = markdown.lines().collect();
    let tables: Vec<_> = lines.split(|line| !line.starts_with('|')).filter(|table| !table.is_empty()).collect();
    assert!(!tables.is_empty());
    for table in tables {
        let (head, rows) = (cells(table[0]), &table[2..]);
        for row in rows {
            assert_eq!(cells(row).len(), head.len(), "{row}");
        }
        for (column, name) in head.iter().enumerate() {
            assert!(rows.iter().any(|row| !cells(row)[column].is_empty()), "{name} of {}", rows[0]);
        }
    }
}
