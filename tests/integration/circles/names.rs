//! Finds what a path names: through imports, renames, re-exports and globs, to the file that defines the item.

use std::collections::BTreeSet;

use super::source::{Name, Source, Space, UsedPath};

/// The item that a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    Module(usize),
    Item {
        /// The module that defines it.
        module: usize,
        name: String,
    },
    /// An item of another crate.
    Outside,
    /// A path into this crate that leads nowhere.
    Nothing,
}

/// The imports that are being followed, so that following a circle of them ends.
type Followed = BTreeSet<(usize, String, Space)>;

impl Source {
    /// What a path in a module names.
    pub(super) fn find(&self, module: usize, path: &UsedPath, space: Space) -> Found {
        self.follow(module, path, space, &mut Followed::new())
    }

    /// What an import in a module names: at most one item in each table of names.
    pub(super) fn find_import(&self, module: usize, path: &UsedPath) -> Vec<Found> {
        let mut all: Vec<Found> = Vec::new();
        for space in Space::ALL {
            let found = self.find(module, path, space);
            if found != Found::Nothing && !all.contains(&found) {
                all.push(found);
            }
        }
        all
    }

    fn follow(&self, module: usize, path: &UsedPath, space: Space, followed: &mut Followed) -> Found {
        let mut segments = path.segments.iter().peekable();
        let Some(first) = segments.next() else { return Found::Module(module) };
        let only = segments.peek().is_none();
        let mut found = match first.as_str() {
            name if path.is_extern => self.outside(name),
            "crate" => Found::Module(0),
            "self" => Found::Module(module),
            "super" => self.parent(module),
            name => {
                let space = if only { space } else { Space::Type };
                match self.look_up(module, name, space, followed) {
                    Found::Nothing => self.outside(name),
                    found => found,
                }
            }
        };
        while let Some(segment) = segments.next() {
            let Found::Module(inner) = found else { return found };
            let is_last = segments.peek().is_none();
            found = match segment.as_str() {
                "super" => self.parent(inner),
                name => {
                    let space = if is_last { space } else { Space::Type };
                    match self.look_up(inner, name, space, followed) {
                        Found::Nothing if self.modules[inner].has_item_macros => {
                            Found::Item { module: inner, name: name.to_owned() }
                        }
                        found => found,
                    }
                }
            };
        }
        found
    }

    fn outside(&self, name: &str) -> Found {
        if self.own_names.contains(name) { Found::Module(0) } else { Found::Outside }
    }

    fn parent(&self, module: usize) -> Found {
        self.modules[module].parent.map_or(Found::Nothing, Found::Module)
    }

    /// What a name means in a module.
    fn look_up(&self, module: usize, name: &str, space: Space, followed: &mut Followed) -> Found {
        if !followed.insert((module, name.to_owned(), space)) {
            return Found::Nothing;
        }
        let found = self.look_up_once(module, name, space, followed);
        followed.remove(&(module, name.to_owned(), space));
        found
    }

    fn look_up_once(&self, module: usize, name: &str, space: Space, followed: &mut Followed) -> Found {
        let own = self.modules[module].names.get(name).into_iter().flatten();
        for (_, meaning) in own.filter(|(own, _)| *own == space) {
            let found = match meaning {
                Name::Module(inner) => Found::Module(*inner),
                Name::Item(_) => Found::Item { module, name: name.to_owned() },
                Name::Exported(module) => Found::Item { module: *module, name: name.to_owned() },
                Name::Import(path) => self.follow(module, path, space, followed),
            };
            if found != Found::Nothing {
                return found;
            }
        }
        for path in &self.modules[module].globs {
            let found = match self.follow(module, path, Space::Type, followed) {
                Found::Module(inner) => self.look_up(inner, name, space, followed),
                Found::Item { module, name: item } if self.has_variant(module, &item, name) => {
                    Found::Item { module, name: item }
                }
                _ => Found::Nothing,
            };
            // Names that another crate's glob may import do not belong to this crate.
            if !matches!(found, Found::Nothing | Found::Outside) {
                return found;
            }
        }
        Found::Nothing
    }

    fn has_variant(&self, module: usize, item: &str, variant: &str) -> bool {
        let meanings = self.modules[module].names.get(item).into_iter().flatten();
        meanings.into_iter().any(|(_, name)| match name {
            Name::Item(variants) => variants.iter().any(|own| own == variant),
            _ => false,
        })
    }
}
