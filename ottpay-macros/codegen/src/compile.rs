//! Performs the three steps one after the other, from a folder to Rust with its compile errors.

mod added_files;
mod compiled;
mod folder;
mod guard;
mod library;
mod plain_path;
mod steps;

pub use added_files::CargoPackage;
pub use compiled::Compiled;
pub use folder::Folder;
pub use guard::catch_panics;
pub use library::{Library, compile_library};

use quote::quote;

use self::steps::{check_raw, emit_checked};
use crate::check::Spec;
use crate::diagnostic::{Diagnostics, Report};
use crate::read;

/// Reads, checks and emits a whole specification.
pub fn compile_client(folder: &Folder) -> Compiled {
    compile_spec(folder, None)
}

/// Reads, checks and emits private actions, which may use the library's declarations.
pub fn compile_actions(folder: &Folder, library: &Library) -> Compiled {
    compile_spec(folder, Some(library))
}

/// Reads and checks a whole specification.
///
/// # Errors
/// Every problem of every file. An invalid specification has no model.
pub fn check_folder(folder: &Folder) -> Result<Spec, Report> {
    let mut diagnostics = Diagnostics::default();
    let raw = read::read_folder(&folder.path, &folder.shown, false, &mut diagnostics);
    let spec = check_raw(raw, None, &mut diagnostics);
    let report = folder.report(diagnostics);
    if report.is_empty() { Ok(spec) } else { Err(report) }
}

fn compile_spec(folder: &Folder, library: Option<&Library>) -> Compiled {
    let mut diagnostics = Diagnostics::default();
    let code = catch_panics(&folder.shown, &mut diagnostics, |diagnostics| {
        let raw = read::read_folder(&folder.path, &folder.shown, library.is_some(), diagnostics);
        let library = library.map(|library| library.parse(diagnostics));
        let mut spec = check_raw(raw, library, diagnostics);
        spec.has_serde = folder.has_serde;
        let code = emit_checked(&mut spec, diagnostics);
        let watched = folder.watch(&spec.files);
        quote!(#code #watched)
    });
    Compiled { code: code.unwrap_or_default(), report: folder.report(diagnostics) }
}
