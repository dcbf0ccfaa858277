//! The folder that a macro or a command names.

use std::path::{Component, Path, PathBuf, absolute};

use proc_macro2::TokenStream;
use quote::quote;

use crate::diagnostic::{Diagnostics, Mistake, Position, Report};

/// A folder with a specification.
#[derive(Debug, Clone)]
pub struct Folder {
    /// Where it is.
    pub path: PathBuf,
    /// What messages and documentation call it.
    pub shown: String,
    /// How the compiler finds it.
    watched: Watched,
}

/// What the compiler is to look at, so that a change in a file rebuilds the crate.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Watched {
    /// A folder relative to the package.
    InPackage(String),
    /// A folder relative to the file that names it.
    BesideFile(String),
}

impl Folder {
    /// A folder anywhere, for tools that compile nothing: messages call it `path`.
    pub fn at(path: &Path) -> Self {
        let shown = path.display().to_string();
        let shown = if shown == "/" { shown } else { shown.trim_end_matches('/').to_owned() };
        Self { path: path.to_owned(), watched: Watched::InPackage(shown.clone()), shown }
    }

    /// The folder that a macro names: `spec` is relative to the package, `./spec` to the file in which it is named.
    ///
    /// # Errors
    /// An absolute path, which would be another one on the next machine, or none at all.
    pub fn named(name: &str, package: &Path, calling_file: Option<&Path>) -> Result<Self, Report> {
        let refuse = |message: &str| {
            let mut diagnostics = Diagnostics::default();
            let help = "write a path relative to the package, such as \"spec\", or to the file in which it stands, such as \
                        \"./spec\"";
            diagnostics.report(Mistake::FolderPath, &Position::start(name), message, help);
            Err(diagnostics.into_report())
        };
        if Path::new(name).has_root() || Path::new(name).is_absolute() {
            return refuse("the folder is named by an absolute path, which another machine does not have");
        }
        let name = name.trim_end_matches('/');
        let Some(beside) = name.strip_prefix("./") else {
            let is_empty = Path::new(name).components().all(|part| part == Component::CurDir);
            return match is_empty {
                true => refuse("no folder is named"),
                false => Ok(Self {
                    path: package.join(name),
                    shown: name.to_owned(),
                    watched: Watched::InPackage(name.to_owned()),
                }),
            };
        };
        let Some(file) = calling_file.and_then(|file| absolute(file).ok()) else {
            return refuse("the compiler does not say in which file this stands");
        };
        let path = file.parent().unwrap_or(package).join(beside);
        let plain = without_detours(&path);
        let in_package = plain.strip_prefix(package).ok().and_then(Path::to_str).map(ToOwned::to_owned);
        Ok(Self {
            shown: in_package.unwrap_or_else(|| name.to_owned()),
            path,
            watched: Watched::BesideFile(beside.to_owned()),
        })
    }

    /// Makes the compiler look at every file, so that a change in one of them rebuilds the crate.
    pub(super) fn watch(&self, files: &[String]) -> TokenStream {
        let files = files.iter().map(|file| match &self.watched {
            Watched::InPackage(folder) => {
                let path = format!("/{folder}/{file}");
                quote!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), #path))
            }
            Watched::BesideFile(folder) => {
                let path = format!("{folder}/{file}");
                quote!(#path)
            }
        });
        quote!(#(const _: &[u8] = ::core::include_bytes!(#files);)*)
    }
}

/// The path without `.` and `..`, for people.
fn without_detours(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => _ = plain.pop(),
            part => plain.push(part),
        }
    }
    plain
}
