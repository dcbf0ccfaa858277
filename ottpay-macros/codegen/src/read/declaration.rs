//! Declares the maps of the language, so that the form, reading and explanation of a key are stated in one place.

/// Declares a map: the struct, its reading, and its shape. The documentation of the fields is shown in editors and in
/// the guide.
///
/// `(required)` marks a required key, `(required unless "other")` one that is required unless another one is present,
/// `[WORDS]` gives the accepted keywords, and `= "key"` the key, if the field's name differs from it.
macro_rules! map {
    (
        $(#[doc = $about:literal])+
        pub struct $map:ident($what:literal $(, $name:ident)?) {
            $($(#[doc = $doc:literal])+
            $field:ident $(($required:ident $(unless $other:literal)?))? $([$words:path])? : $value:ty $(= $key:literal)?,)+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone)]
        pub struct $map {
            /// Where the map begins.
            pub at: crate::diagnostic::Position,
            $(/// The name of its entry.
            pub $name: crate::read::located::Located<String>,)?
            $($(#[doc = $doc])+ pub $field: $value,)+
            /// Keys that could not be read, which has been reported; an empty string is an unknown key.
            pub misread: Vec<&'static str>,
        }

        impl crate::read::map::Map for $map {
            const SHAPE: &'static crate::read::shape::MapShape = &crate::read::shape::MapShape {
                name: stringify!($map),
                about: concat!($($about, "\n"),+),
                keys: &[$(crate::read::shape::KeyShape {
                    name: crate::read::declaration::key!($field $($key)?),
                    doc: concat!($($doc, "\n"),+),
                    required: crate::read::declaration::is_there!($($required)?),
                    unless: crate::read::declaration::unless!($($($other)?)?),
                    words: crate::read::declaration::words!($($words)?),
                    shape: <$value as crate::read::value::Value>::SHAPE,
                }),+],
            };

            fn read(
                name: crate::read::located::Located<String>,
                node: crate::read::node::Node,
                diagnostics: &mut crate::diagnostic::Diagnostics,
            ) -> Self {
                let what = $what.replace("{name}", &name.value);
                let mut reader = crate::read::map_reader::MapReader::new(node, what, Self::SHAPE, diagnostics);
                Self {
                    at: reader.position().clone(),
                    $($field: reader.value(crate::read::declaration::key!($field $($key)?), diagnostics),)+
                    $($name: name,)?
                    misread: reader.finish(diagnostics),
                }
            }
        }
    };
}

// A repetition cannot emit anything for a part that is absent, so these macros turn each optional part into an
// expression.
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

macro_rules! unless {
    () => {
        None
    };
    ($other:literal) => {
        Some($other)
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

pub(super) use {is_there, key, map, unless, words};
