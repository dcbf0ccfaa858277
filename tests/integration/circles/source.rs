//! The modules of a crate, starting at its root file: which file each is in, and what the names in it mean.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use syn::punctuated::Punctuated;
use syn::{Attribute, Item, Meta, Token, UseTree, Visibility};

/// Where files come from: the disk, or a tree that a test has made up.
pub(super) type Disk<'a> = &'a dyn Fn(&Path) -> Option<String>;

/// A crate.
#[derive(Default)]
pub(super) struct Source {
    /// Files by number.
    pub(super) files: Vec<File>,
    /// Modules by number; the root is 0.
    pub(super) modules: Vec<Module>,
    /// The names that the crate gives itself (`extern crate self as NAME`).
    pub(super) own_names: BTreeSet<String>,
    /// What could not be read, which would make the drawing incomplete.
    pub(super) problems: Vec<String>,
}

/// A file of a crate.
pub(super) struct File {
    pub(super) path: PathBuf,
    /// Whether only tests contain it.
    pub(super) is_test: bool,
}

/// A module: the root, a file, or an inline `mod`.
pub(super) struct Module {
    pub(super) file: usize,
    pub(super) parent: Option<usize>,
    pub(super) items: Vec<Item>,
    pub(super) names: BTreeMap<String, Vec<(Space, Name)>>,
    pub(super) globs: Vec<UsedPath>,
    /// Whether a macro may have defined items that have no other trace in the source.
    pub(super) has_item_macros: bool,
}

/// Rust has one table of names for each of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Space {
    Type,
    Value,
    Macro,
}

impl Space {
    pub(super) const ALL: [Self; 3] = [Self::Type, Self::Value, Self::Macro];
}

/// What a name in a module is.
pub(super) enum Name {
    Module(usize),
    /// An item, with its variants if it is an enum.
    Item(Vec<String>),
    Import(UsedPath),
    /// A macro of this module that is exported to the root.
    Exported(usize),
}

/// The path of an import.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct UsedPath {
    /// Whether it begins with `::`.
    pub(super) is_extern: bool,
    pub(super) segments: Vec<String>,
}

/// One import of a `use`.
pub(super) struct Import {
    pub(super) path: UsedPath,
    /// The name it gets; `None` for `*`.
    pub(super) name: Option<String>,
}

impl Source {
    /// Reads the crate with this root file.
    pub(super) fn read(root: &Path, disk: Disk<'_>) -> Self {
        let mut source = Self::default();
        let folder = root.parent().unwrap_or(Path::new("")).to_owned();
        match disk(root) {
            Some(text) => source.read_file(root, &text, &folder, None, false, disk),
            None => source.problems.push(format!("{}: cannot be read", root.display())),
        }
        source
    }

    /// Whether a module is another one or inside it.
    pub(super) fn is_within(&self, module: usize, outer: usize) -> bool {
        let mut next = Some(module);
        while let Some(module) = next {
            if module == outer {
                return true;
            }
            next = self.modules[module].parent;
        }
        false
    }

    /// Reads a file, whose child modules are in `folder`.
    fn read_file(
        &mut self,
        path: &Path,
        text: &str,
        folder: &Path,
        parent: Option<usize>,
        is_test: bool,
        disk: Disk<'_>,
    ) {
        self.files.push(File { path: path.to_owned(), is_test });
        let file = self.files.len() - 1;
        match syn::parse_file(text) {
            Ok(parsed) => {
                let module = Module::new(file, parent, Vec::new());
                self.modules.push(module);
                let place = Place { module: self.modules.len() - 1, folder: folder.to_owned(), is_inline: false };
                self.read_items(parsed.items, &place, is_test, disk);
            }
            Err(error) => self.problems.push(format!("{}: {error}", path.display())),
        }
    }

    fn read_items(&mut self, items: Vec<Item>, place: &Place, is_test: bool, disk: Disk<'_>) {
        let mut kept = Vec::new();
        for item in items {
            let is_test_item = is_for_tests(attributes(&item));
            match item {
                Item::Mod(module) => {
                    let before = self.modules.len();
                    let name = module.ident.to_string();
                    self.read_module(module, place, is_test || is_test_item, disk);
                    if !is_test_item && self.modules.len() > before {
                        self.name(place.module, &name, Space::Type, Name::Module(before));
                    }
                }
                _ if is_test || is_test_item => {}
                item => {
                    self.name_item(place.module, &item);
                    kept.push(item);
                }
            }
        }
        self.modules[place.module].items = kept;
    }

    fn read_module(&mut self, declared: syn::ItemMod, place: &Place, is_test: bool, disk: Disk<'_>) {
        let name = declared.ident.to_string();
        let name = name.trim_start_matches("r#");
        let parent_file = self.modules[place.module].file;
        if let Some((_, items)) = declared.content {
            self.modules.push(Module::new(parent_file, Some(place.module), Vec::new()));
            let inner = Place { module: self.modules.len() - 1, folder: place.folder.join(name), is_inline: true };
            return self.read_items(items, &inner, is_test, disk);
        }
        let parent_path = self.files[parent_file].path.clone();
        let candidates = match path_attribute(&declared.attrs) {
            // Relative to the file that names it, or inside an inline module to that module's folder.
            Some(path) if place.is_inline => vec![place.folder.join(path)],
            Some(path) => vec![parent_path.parent().unwrap_or(Path::new("")).join(path)],
            None => vec![place.folder.join(format!("{name}.rs")), place.folder.join(name).join("mod.rs")],
        };
        for path in &candidates {
            let Some(text) = disk(path) else { continue };
            let owns_folder = path.ends_with("mod.rs") || path_attribute(&declared.attrs).is_some();
            let folder = match owns_folder {
                true => path.parent().unwrap_or(Path::new("")).to_owned(),
                false => path.with_extension(""),
            };
            return self.read_file(path, &text, &folder, Some(place.module), is_test, disk);
        }
        if !is_test {
            self.problems.push(format!("{}: no file for `mod {name};`", parent_path.display()));
        }
    }

    fn name(&mut self, module: usize, name: &str, space: Space, meaning: Name) {
        self.modules[module].names.entry(name.to_owned()).or_default().push((space, meaning));
    }

    /// Adds the names that an item defines.
    fn name_item(&mut self, module: usize, item: &Item) {
        let plain = || Name::Item(Vec::new());
        match item {
            Item::Use(used) => {
                for import in imports(used) {
                    match import.name {
                        Some(name) => {
                            for space in Space::ALL {
                                self.name(module, &name, space, Name::Import(import.path.clone()));
                            }
                        }
                        None => self.modules[module].globs.push(import.path),
                    }
                }
            }
            Item::ExternCrate(named) if named.ident == "self" => {
                let name = named.rename.as_ref().map(|(_, name)| name.to_string());
                self.own_names.extend(name);
            }
            Item::Macro(defined) => match &defined.ident {
                Some(ident) => {
                    self.name(module, &ident.to_string(), Space::Macro, plain());
                    let is_exported = defined.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export"));
                    if is_exported && module != 0 {
                        self.name(0, &ident.to_string(), Space::Macro, Name::Exported(module));
                    }
                }
                None => self.modules[module].has_item_macros = true,
            },
            item => {
                for (name, space) in defined(item) {
                    let variants = match item {
                        Item::Enum(item) => item.variants.iter().map(|variant| variant.ident.to_string()).collect(),
                        _ => Vec::new(),
                    };
                    self.name(module, &name, space, Name::Item(variants));
                }
            }
        }
    }
}

impl Module {
    fn new(file: usize, parent: Option<usize>, items: Vec<Item>) -> Self {
        Self { file, parent, items, names: BTreeMap::new(), globs: Vec::new(), has_item_macros: false }
    }
}

/// A module that is being read.
struct Place {
    module: usize,
    /// Where the files of its child modules are.
    folder: PathBuf,
    is_inline: bool,
}

/// The names that an item defines, each in its table.
pub(super) fn defined(item: &Item) -> Vec<(String, Space)> {
    let (ident, spaces): (_, &[Space]) = match item {
        Item::Const(item) => (&item.ident, &[Space::Value]),
        Item::Static(item) => (&item.ident, &[Space::Value]),
        Item::Fn(item) => (&item.sig.ident, &[Space::Value]),
        Item::Enum(item) => (&item.ident, &[Space::Type]),
        Item::Trait(item) => (&item.ident, &[Space::Type]),
        Item::TraitAlias(item) => (&item.ident, &[Space::Type]),
        Item::Type(item) => (&item.ident, &[Space::Type]),
        Item::Union(item) => (&item.ident, &[Space::Type]),
        Item::Struct(item) if matches!(item.fields, syn::Fields::Named(_)) => (&item.ident, &[Space::Type]),
        Item::Struct(item) => (&item.ident, &[Space::Type, Space::Value]),
        _ => return Vec::new(),
    };
    spaces.iter().map(|space| (ident.to_string(), *space)).collect()
}

/// The imports of a `use`, one by one.
pub(super) fn imports(used: &syn::ItemUse) -> Vec<Import> {
    fn walk(tree: &UseTree, before: &[String], is_extern: bool, out: &mut Vec<Import>) {
        let mut add = |last: Option<&syn::Ident>, name: Option<String>| {
            let mut segments = before.to_vec();
            // `a::{self}` is `a`.
            segments.extend(last.filter(|last| *last != "self" || before.is_empty()).map(ToString::to_string));
            let name = name.or_else(|| segments.last().cloned().filter(|_| last.is_some()));
            out.push(Import { path: UsedPath { is_extern, segments }, name });
        };
        match tree {
            UseTree::Path(path) => {
                let before = [before, &[path.ident.to_string()]].concat();
                walk(&path.tree, &before, is_extern, out);
            }
            UseTree::Name(name) => add(Some(&name.ident), None),
            UseTree::Rename(renamed) => add(Some(&renamed.ident), Some(renamed.rename.to_string())),
            UseTree::Glob(_) => add(None, None),
            UseTree::Group(group) => group.items.iter().for_each(|tree| walk(tree, before, is_extern, out)),
        }
    }
    let mut out = Vec::new();
    walk(&used.tree, &[], used.leading_colon.is_some(), &mut out);
    out
}

/// Whether a `use` re-exports what it imports.
pub(super) fn is_reexport(visibility: &Visibility) -> bool {
    match visibility {
        Visibility::Inherited => false,
        Visibility::Restricted(restricted) => !restricted.path.is_ident("self"),
        _ => true,
    }
}

/// Whether code with these attributes is only in builds for tests.
pub(super) fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let path = attribute.path();
        let is_test = path.segments.last().is_some_and(|last| last.ident == "test");
        let is_off =
            path.is_ident("cfg") && attribute.parse_args::<Meta>().is_ok_and(|condition| !possible(&condition).holds);
        is_test || is_off
    })
}

/// The possible values of a `cfg` condition outside tests.
struct Possible {
    holds: bool,
    fails: bool,
}

fn possible(condition: &Meta) -> Possible {
    let inner = || -> Vec<Possible> {
        let list = condition.require_list().ok();
        let inner = list.and_then(|list| list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok());
        inner.iter().flatten().map(possible).collect()
    };
    let path = condition.path();
    if path.is_ident("test") || path.is_ident("doctest") {
        Possible { holds: false, fails: true }
    } else if path.is_ident("not") {
        let inner = inner();
        Possible { holds: inner.iter().all(|one| one.fails), fails: inner.iter().all(|one| one.holds) }
    } else if path.is_ident("all") {
        let inner = inner();
        Possible { holds: inner.iter().all(|one| one.holds), fails: inner.iter().any(|one| one.fails) }
    } else if path.is_ident("any") {
        let inner = inner();
        Possible { holds: inner.iter().any(|one| one.holds), fails: inner.iter().all(|one| one.fails) }
    } else {
        Possible { holds: true, fails: true }
    }
}

fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    let attribute = attributes.iter().find(|attribute| attribute.path().is_ident("path"))?;
    match &attribute.meta.require_name_value().ok()?.value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(path), .. }) => Some(path.value()),
        _ => None,
    }
}

/// The attributes of an item.
pub(super) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
