//! The folder that a macro or a command names: how to read it, watch it, and name it in messages.

use std::path::{Component, Path, PathBuf, absolute};

use proc_macro2::TokenStream;
use quote::quote;

use super::plain_path::without_detours;
use crate::diagnostic::{Diagnostics, Mistake, Position, Report};

/// A folder with a specification.
#[derive(Debug, Clone)]
pub struct Folder {
    /// The path.
    pub path: PathBuf,
    /// Its name in the generated code and its documentation, the same on every machine.
    pub shown: String,
    /// Its name in messages, if it differs.
    printed: Option<String>,
    /// The path by which the compiler finds it.
    watched: Watched,
    /// Whether the generated types implement the traits of serde.
    pub(super) has_serde: bool,
}

/// What the compiler watches, so that a changed file causes a rebuild.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Watched {
    /// A folder relative to the package.
    InPackage(String),
    /// A folder anywhere.
    At(String),
    /// A path that cannot be a Rust literal, because it is not UTF-8.
    Nowhere,
}

impl Folder {
    /// Creates a folder at any path, for tools that compile nothing. Messages name it as in `path`.
    pub fn new(path: &Path) -> Self {
        let shown = path.display().to_string();
        let shown = if shown == "/" { shown } else { shown.trim_end_matches('/').to_owned() };
        let watched = if path.is_absolute() { Watched::At(shown.clone()) } else { Watched::InPackage(shown.clone()) };
        Self { path: path.to_owned(), shown, printed: None, watched, has_serde: false }
    }

    /// Creates the folder that a macro names.
    ///
    /// `spec` is relative to the package, `./spec` to the file that contains this name, even inside a macro that is
    /// called elsewhere.
    ///
    /// # Errors
    /// The path is empty, or absolute: it would not exist on other machines.
    pub fn from_name(name: &str, package: &Path, calling_file: Option<&Path>) -> Result<Self, Report> {
        let written = Path::new(name);
        if written.has_root() || written.is_absolute() {
            return reject_name(name, "the path is absolute, so it does not exist on other machines");
        }
        if written.components().all(|part| part == Component::CurDir) {
            return reject_name(name, "the name of the folder is empty");
        }
        let name = name.trim_end_matches('/');
        let Ok(beside) = written.strip_prefix(".") else {
            let path = package.join(name);
            let watched = if has_literal(package) { Watched::InPackage(name.to_owned()) } else { find_watched(&path) };
            return Ok(Self { path, shown: name.to_owned(), printed: None, watched, has_serde: false });
        };
        let Some(file) = calling_file.and_then(|file| absolute(file).ok()) else {
            return reject_name(name, "the compiler does not know the path of this file");
        };
        Ok(Self::from_path(file.parent().unwrap_or(package).join(beside), package, || name.to_owned()))
    }

    /// Creates the folder that a macro computes from environment variables. Unlike in [`Folder::from_name`], it may be
    /// absolute.
    ///
    /// # Errors
    /// The path names no folder.
    pub fn from_computed_name(name: &str, package: &Path, calling_file: Option<&Path>) -> Result<Self, Report> {
        let path = Path::new(name);
        let Some(last) = path.file_name().filter(|_| path.is_absolute()) else {
            return Self::from_name(name, package, calling_file);
        };
        Ok(Self::from_path(path.to_owned(), package, || last.to_string_lossy().into_owned()))
    }

    /// Creates a folder at any path, named by its path inside the package, or else by `name`.
    fn from_path(path: PathBuf, package: &Path, name: impl FnOnce() -> String) -> Self {
        let in_package = without_detours(&path).strip_prefix(package).ok().and_then(Path::to_str).map(str::to_owned);
        match in_package.filter(|_| has_literal(package)) {
            Some(inner) => {
                Self { path, shown: inner.clone(), printed: None, watched: Watched::InPackage(inner), has_serde: false }
            }
            None => Self { watched: find_watched(&path), path, shown: name(), printed: None, has_serde: false },
        }
    }

    /// Sets whether the generated types implement the traits of serde. The library's feature `serde` must then be
    /// enabled.
    #[must_use]
    pub fn with_serde(mut self, has_serde: bool) -> Self {
        self.has_serde = has_serde;
        self
    }

    /// Makes messages name files as the compiler does, relative to its working folder, so that terminals can link them.
    /// Files outside that folder keep their names.
    #[must_use]
    pub fn printed_from(mut self, working_folder: &Path) -> Self {
        let plain = absolute(&self.path).map(|path| without_detours(&path)).unwrap_or_default();
        // Cargo may have reached the folder through a symbolic link.
        let real = working_folder.canonicalize().ok();
        let is_working_folder = |base: &&Path| real.is_some() && base.canonicalize().ok() == real;
        let base = plain.ancestors().skip(1).find(is_working_folder);
        let beneath = base.and_then(|base| plain.strip_prefix(base).ok());
        self.printed = beneath.map(|path| path.display().to_string());
        self
    }

    /// Returns the problems, with the folder's name for messages.
    pub(super) fn report(&self, diagnostics: Diagnostics) -> Report {
        let report = diagnostics.into_report();
        match &self.printed {
            Some(printed) => report.with_folder_renamed(&self.shown, printed),
            None => report,
        }
    }

    /// Makes the compiler watch every file that was read, so that a changed one causes a rebuild, wherever the macro is
    /// called.
    pub(super) fn watch(&self, files: &[String]) -> TokenStream {
        let files = files.iter().filter_map(|file| match &self.watched {
            Watched::InPackage(folder) => {
                let path = format!("/{folder}/{file}");
                Some(quote!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), #path)))
            }
            Watched::At(folder) => {
                let path = format!("{folder}/{file}");
                Some(quote!(#path))
            }
            Watched::Nowhere => None,
        });
        // The compiler watches the files that a program includes. An unnamed constant adds nothing to it.
        quote!(#(const _: &[u8] = ::core::include_bytes!(#files);)*)
    }
}

/// Whether the emitted code can refer to the package as `env!("CARGO_MANIFEST_DIR")`.
fn has_literal(package: &Path) -> bool {
    package.is_absolute() && package.to_str().is_some()
}

fn find_watched(path: &Path) -> Watched {
    match absolute(path).ok().as_deref().and_then(Path::to_str) {
        Some(path) => Watched::At(path.to_owned()),
        None => Watched::Nowhere,
    }
}

fn reject_name(name: &str, message: &str) -> Result<Folder, Report> {
    let mut diagnostics = Diagnostics::default();
    let help = "write a path relative to the package, such as \"spec\", or to the file in which it is written, such as \
                \"./spec\"";
    diagnostics.report(Mistake::FolderPath, &Position::start(name), message, help);
    Err(diagnostics.into_report())
}
