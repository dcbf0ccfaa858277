//! `types.yaml`, word for word.

use super::RawField;
use crate::Diagnostics;
use crate::read::Located;
use crate::read::table::{Table, entries};
use crate::read::yaml::Node;

/// What `types.yaml` declares.
#[derive(Debug, Default)]
pub struct RawTypes {
    /// Sets of words: entries with `values`.
    pub enums: Vec<RawEnum>,
    /// JSON objects: entries with `fields`.
    pub objects: Vec<RawObject>,
    /// Fields that several actions share: entries with `type`.
    pub shared: Vec<RawField>,
    /// The file, as shown.
    pub file: String,
}

impl RawTypes {
    pub(in crate::read) fn read(root: Node, file: &str, diagnostics: &mut Diagnostics) -> Self {
        let mut types = Self { file: file.to_owned(), ..Self::default() };
        for (name, node) in entries(root, "the file", file, diagnostics) {
            if node.has("type") {
                types.shared.extend(RawField::read(name, node, file, diagnostics));
            } else if node.has("fields") {
                types.objects.extend(RawObject::read(name, node, file, diagnostics));
            } else {
                types.enums.extend(RawEnum::read(name, node, file, diagnostics));
            }
        }
        types
    }
}

/// An object of `types.yaml`.
#[derive(Debug)]
pub struct RawObject {
    /// The file, as shown.
    pub file: String,
    /// Name of the type.
    pub name: Located<String>,
    /// Explanation.
    pub doc: Option<Located<String>>,
    /// The vendor's page.
    pub page: Option<Located<String>>,
    /// The members.
    pub fields: Vec<RawField>,
}

impl RawObject {
    fn read(name: Located<String>, node: Node, file: &str, diagnostics: &mut Diagnostics) -> Option<Self> {
        let mut table = Table::new(node, format!("the type `{}`", name.value), file, diagnostics)?;
        let doc = table.required("doc", diagnostics);
        let page = table.text("page", diagnostics);
        let fields = RawField::read_all(table.map("fields", diagnostics), file, diagnostics);
        table.finish(diagnostics);
        Some(Self { file: file.to_owned(), name, doc, page, fields })
    }
}

/// An enum of `types.yaml`.
#[derive(Debug)]
pub struct RawEnum {
    /// The file, as shown.
    pub file: String,
    /// Name of the type.
    pub name: Located<String>,
    /// Explanation.
    pub doc: Option<Located<String>>,
    /// The vendor's page.
    pub page: Option<Located<String>>,
    /// Whether case, hyphens and blanks do not matter.
    pub loose: bool,
    /// The words.
    pub values: Vec<RawWord>,
}

/// A word of an enum.
#[derive(Debug)]
pub struct RawWord {
    /// The word on the wire.
    pub word: Located<String>,
    /// Its name in Rust, where it does not follow from the word.
    pub name: Option<Located<String>>,
    /// Other spellings.
    pub aliases: Vec<Located<String>>,
    /// What a status word says about the money.
    pub class: Option<Located<String>>,
    /// Explanation.
    pub doc: Option<Located<String>>,
}

impl RawEnum {
    fn read(name: Located<String>, node: Node, file: &str, diagnostics: &mut Diagnostics) -> Option<Self> {
        let mut table = Table::new(node, format!("the type `{}`", name.value), file, diagnostics)?;
        let doc = table.required("doc", diagnostics);
        let page = table.text("page", diagnostics);
        let loose = table.flag("loose", diagnostics);
        let values = table.map("values", diagnostics);
        let values = values.into_iter().filter_map(|(word, node)| {
            let mut table = Table::new(node, format!("the word `{}`", word.value), file, diagnostics)?;
            let read = RawWord {
                name: table.text("name", diagnostics),
                aliases: table.texts("aliases", diagnostics),
                class: table.text("class", diagnostics),
                doc: table.required("doc", diagnostics),
                word,
            };
            table.finish(diagnostics);
            Some(read)
        });
        let values = values.collect();
        table.finish(diagnostics);
        Some(Self { file: file.to_owned(), name, doc, page, loose, values })
    }
}
