//! What the language consists of, as data: maps, their keys, and what stands under each. The reader goes by it, and the
//! JSON Schema and the tables of the guide are made of it.

use crate::names::nearest;

/// A map of the language.
#[derive(Debug)]
pub struct MapShape {
    /// Name of the raw struct.
    pub name: &'static str,
    /// What the map describes, in lines of Markdown.
    pub about: &'static str,
    /// Its keys.
    pub keys: &'static [KeyShape],
}

impl MapShape {
    /// Whether a key that is none was meant to be this one: then it is not missing, but misspelt.
    pub(super) fn is_meant(&self, written: &str, key: &str) -> bool {
        let known = || self.keys.iter().map(|key| key.name);
        // `key:value` without a blank is one word.
        let word = written.split(':').next().unwrap_or_default();
        word == key && word != written || known().all(|name| name != written) && nearest(word, known()) == Some(key)
    }
}

/// A key of a map.
#[derive(Debug)]
pub struct KeyShape {
    /// The key.
    pub name: &'static str,
    /// What it says, in lines of Markdown.
    pub doc: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// The words that may stand there; nothing if they are not a fixed set.
    pub words: Option<fn() -> Vec<&'static str>>,
    /// What stands under it.
    pub shape: Shape,
}

/// What stands under a key.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Text.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number from 0 on.
    Number,
    /// A list of texts.
    Texts,
    /// A map with keys of the language.
    Map(&'static MapShape),
    /// A map from names to such maps.
    Maps(&'static MapShape),
    /// A list of such maps.
    List(&'static MapShape),
    /// A map from names of fields to texts.
    Values,
    /// A list of those.
    ListOfValues,
}

/// Lines of documentation as one line.
pub(crate) fn in_one_line(doc: &str) -> String {
    doc.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Declares a map of the language: the struct, how it is read, and its shape. The documentation of the fields is what
/// editors and the guide show. `(required)` says that a key must be there, `[WORDS]` which words may stand under it,
/// and `= "key"` what the key is called, where that is no name in Rust.
macro_rules! map {
    (
        $(#[doc = $about:literal])+
        pub struct $map:ident($what:literal $(, $name:ident)?) {
            $($(#[doc = $doc:literal])+
            $field:ident $(($required:ident))? $([$words:path])? : $value:ty $(= $key:literal)?,)+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone)]
        pub struct $map {
            /// File, as shown.
            pub file: std::rc::Rc<str>,
            /// Where the map begins.
            pub at: crate::Position,
            $(/// The name under which it stands.
            pub $name: crate::read::Located<String>,)?
            $($(#[doc = $doc])+ pub $field: $value,)+
            /// Keys that could not be read, which has been reported; an empty one is a key that nobody knows.
            pub misread: Vec<&'static str>,
        }

        impl crate::read::map_reader::Map for $map {
            const SHAPE: &'static crate::read::MapShape = &crate::read::MapShape {
                name: stringify!($map),
                about: concat!($($about, "\n"),+),
                keys: &[$(crate::read::KeyShape {
                    name: crate::read::shape::key!($field $($key)?),
                    doc: concat!($($doc, "\n"),+),
                    required: crate::read::shape::is_there!($($required)?),
                    words: crate::read::shape::words!($($words)?),
                    shape: <$value as crate::read::map_reader::Value>::SHAPE,
                }),+],
            };
            const IS_NAMED: bool = crate::read::shape::is_there!($($name)?);

            fn read(
                name: crate::read::Located<String>,
                node: crate::read::yaml::Node,
                file: &std::rc::Rc<str>,
                diagnostics: &mut crate::Diagnostics,
            ) -> Self {
                let what = $what.replace("{name}", &name.value);
                let mut table = crate::read::map_reader::Table::new(node, what, file, Self::SHAPE, diagnostics);
                Self {
                    file: file.clone(),
                    at: table.at(),
                    $($field: table.value(crate::read::shape::key!($field $($key)?), diagnostics),)+
                    $($name: name,)?
                    misread: table.finish(diagnostics),
                }
            }
        }
    };
}

macro_rules! key {
    ($field:ident $key:literal) => {
        $key
    };
    ($field:ident) => {
        stringify!($field)
    };
}

macro_rules! is_there {
    () => {
        false
    };
    ($word:ident) => {
        true
    };
}

macro_rules! words {
    () => {
        None
    };
    ($words:path) => {
        Some(|| $words.iter().map(|(word, _)| *word).collect())
    };
}

pub(super) use {is_there, key, map, words};
