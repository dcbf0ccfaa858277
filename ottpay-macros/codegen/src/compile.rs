//! The three steps one after the other, from a folder to Rust with its compile errors.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Component, Path, PathBuf, absolute};

use proc_macro2::{Span, TokenStream};
use quote::quote;

use crate::{Diagnostics, Mistake, Position, Report, check, emit, read};

/// A folder with a specification.
#[derive(Debug, Clone)]
pub struct Folder {
    /// Where it is.
    pub path: PathBuf,
    /// What messages and documentation call it.
    pub shown: String,
    /// How the compiler finds it.
    pub(crate) watched: Watched,
}

/// What the compiler is to look at, so that a change in a file rebuilds the crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Watched {
    /// A folder relative to the package.
    InPackage(String),
    /// A folder relative to the file that names it.
    BesideFile(String),
}

impl Folder {
    /// A folder anywhere, for tools that compile nothing: messages call it what `path` says.
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

/// What came of a specification.
#[derive(Debug)]
pub struct Compiled {
    code: TokenStream,
    report: Report,
}

impl Compiled {
    /// The problems.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The code, and an error for each problem. What has problems is a stand-in, so that code that uses it gives no
    /// errors of its own. `span` is where the folder is named; the compiler points there.
    pub fn into_tokens(self, span: Span) -> TokenStream {
        let code = self.code;
        let mut errors = self.report.errors(span).into_iter();
        let Some(first) = errors.next() else { return code };
        // An error as the length of an array: the compiler does not follow it up, wherever that type is used.
        quote! {
            #[doc(hidden)]
            pub type __Unusable = [(); #first];
            #(#errors;)*
            #code
        }
    }
}

/// Reads, checks and emits a whole specification.
pub fn client(folder: &Folder) -> Compiled {
    compile(folder, None)
}

/// What a specification shares with those that extend it.
#[derive(Debug, Clone)]
pub struct Library {
    /// Text of `gateway.yaml`.
    pub gateway: String,
    /// Text of `types.yaml`.
    pub types: String,
    /// Text of `callbacks.yaml`.
    pub callbacks: String,
    /// Methods of its client.
    pub methods: String,
}

/// What messages call the files of the library.
const LIBRARY: &str = "ottpay/spec";

/// Reads, checks and emits actions of one's own, which may use what the library declares.
pub fn actions(folder: &Folder, library: &Library) -> Compiled {
    compile(folder, Some(library))
}

fn compile(folder: &Folder, library: Option<&Library>) -> Compiled {
    let mut diagnostics = Diagnostics::default();
    let code = guarded(&folder.shown, &mut diagnostics, |diagnostics| {
        let raw = read::folder(&folder.path, &folder.shown, library.is_some(), diagnostics);
        let library = library.map(|library| {
            let files = [
                ("gateway.yaml", &*library.gateway),
                ("types.yaml", &*library.types),
                ("callbacks.yaml", &*library.callbacks),
            ];
            let raw = read::texts(LIBRARY, &files, diagnostics);
            let methods: BTreeSet<String> = library.methods.split_whitespace().map(ToOwned::to_owned).collect();
            check::Library { raw, methods }
        });
        let mut spec = check::all(raw, library, diagnostics);
        emit::all(&mut spec, &folder.watched, diagnostics)
    });
    Compiled { code: code.unwrap_or_default(), report: diagnostics.into_report() }
}

/// The macro by which the library hands its shared files to [`actions`], and the same as a constant for tools.
pub fn library(folder: &Folder) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let raw = read::folder(&folder.path, &folder.shown, false, &mut diagnostics);
    let file = |name: &str| diagnostics.text(&format!("{}/{name}", folder.shown)).to_owned();
    let (gateway, types, callbacks) = (file("gateway.yaml"), file("types.yaml"), file("callbacks.yaml"));
    let spec = check::all(raw, None, &mut diagnostics);
    let methods = emit::methods(&spec).join(" ");
    // Whoever compiles the same folder reports its problems.
    let _ = diagnostics.into_report();
    quote! {
        /// The shared part of the specification: `gateway.yaml`, `types.yaml`, `callbacks.yaml`, and the client's methods.
        #[doc(hidden)]
        pub const __LIBRARY: [&str; 4] = [#gateway, #types, #callbacks, #methods];

        /// Hands the shared part of the specification to the macro `actions`.
        #[doc(hidden)]
        #[macro_export]
        macro_rules! __library {
            ($folder:literal) => {
                $crate::__private::actions! { $folder #gateway #types #callbacks #methods }
            };
        }
    }
}

/// Runs a step of the generator that concerns a file. A panic in it becomes a problem like any other, so that it is known
/// on which file it came about.
pub fn guarded<T>(file: &str, diagnostics: &mut Diagnostics, step: impl FnOnce(&mut Diagnostics) -> T) -> Option<T> {
    let done = catch_unwind(AssertUnwindSafe(|| step(diagnostics)));
    if done.is_err() {
        let message = "this is a bug in the generator of ottpay, met in this file and not caused by it";
        let help = "please report it with the file; nothing is wrong with the others";
        diagnostics.report(Mistake::GeneratorBug, &Position::start(file), message, help);
    }
    done.ok()
}
