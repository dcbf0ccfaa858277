//! Finds out whether cargo notices files that are added to a folder. The compiler watches only existing files; cargo
//! watches whole folders if a build script asks for it.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use super::folder::Folder;
use super::plain_path::{relative_path, without_detours};

/// The largest part of a build script's output to read, in bytes.
const MAX_OUTPUT: u64 = 1024 * 1024;

/// A package that cargo compiles.
#[derive(Debug, Clone)]
pub struct CargoPackage {
    /// The package's name.
    pub name: String,
    /// The package's folder.
    pub folder: PathBuf,
    /// `OUT_DIR`, which is set for packages with a build script.
    pub out_dir: Option<PathBuf>,
}

/// The state of the package's build script.
enum Script {
    Missing,
    Printed(String),
    Unknown,
}

impl Folder {
    /// Returns a compiler warning at `span` if cargo does not notice files that are added to the folder.
    pub fn warn_of_missed_files(&self, package: &CargoPackage, span: Span) -> Option<TokenStream> {
        let script = package.script();
        let is_missed = match &script {
            Script::Missing => true,
            Script::Printed(output) => !sees_added_files(output, &package.folder, &self.path),
            Script::Unknown => false,
        };
        let is_generated = package.out_dir.as_ref().is_some_and(|out_dir| self.path.starts_with(out_dir));
        (is_missed && !is_generated).then(|| {
            let folder = relative_path(&without_detours(&package.folder), &without_detours(&self.path));
            let folder = folder.display().to_string();
            let line = format!("println!(\"cargo::rerun-if-changed={folder}\");");
            let help = match script {
                Script::Missing => format!("add the file build.rs with `fn main() {{ {line} }}`"),
                _ => format!("add `{line}` to the build script"),
            };
            let note = format!("cargo does not notice files that are added to `{folder}`: {help}");
            // The only way to a warning from a stable macro: it defines a deprecated item, and uses it.
            quote_spanned! {span=>
                const _: () = {
                    // The warning names the item, so its name is part of the message.
                    #[deprecated(note = #note)]
                    #[allow(non_upper_case_globals)]
                    const added_files_are_missed: () = ();
                    added_files_are_missed
                };
            }
        })
    }
}

impl CargoPackage {
    fn script(&self) -> Script {
        // A test that runs cargo passes on the `OUT_DIR` of its own package.
        let Some(out_dir) = self.out_dir.as_ref().filter(|out_dir| self.owns(out_dir)) else { return Script::Missing };
        let mut printed = Vec::new();
        // Cargo keeps the output of a build script next to its `OUT_DIR`.
        let output = out_dir.parent().map(|folder| folder.join("output")).filter(|output| output.is_file());
        let read = output.and_then(|output| File::open(output).ok()?.take(MAX_OUTPUT).read_to_end(&mut printed).ok());
        match read {
            Some(_) => Script::Printed(String::from_utf8_lossy(&printed).into_owned()),
            None => Script::Unknown,
        }
    }

    /// Whether cargo created the folder for the build script of this package: `…/build/NAME-HASH/out`.
    fn owns(&self, out_dir: &Path) -> bool {
        let is_hash = |text: &str| text.len() == 16 && text.chars().all(|c| c.is_ascii_hexdigit());
        out_dir.components().filter_map(|part| part.as_os_str().to_str()).any(|part| {
            let rest = part.strip_prefix(&*self.name);
            rest.is_some_and(|rest| rest.is_empty() || rest.strip_prefix('-').is_some_and(is_hash))
        })
    }
}

/// Whether cargo reruns the build script when a file is added to the folder, according to the script's output.
fn sees_added_files(output: &str, package: &Path, folder: &Path) -> bool {
    let mut watches_all = true;
    for line in output.lines() {
        // Scripts for older versions of cargo print a single colon.
        let Some(said) = line.strip_prefix("cargo::").or_else(|| line.strip_prefix("cargo:")) else { continue };
        watches_all &= !said.starts_with("rerun-if-");
        if let Some(path) = said.strip_prefix("rerun-if-changed=") {
            let watched = package.join(path);
            // Cargo runs the script on every build if a watched file does not exist.
            if !watched.exists() || is_beneath(folder, &watched) || is_beneath(&folder.join("actions"), &watched) {
                return true;
            }
        }
    }
    // Without instructions, cargo watches the whole package.
    watches_all && is_beneath(folder, package)
}

/// Whether a path is a folder or inside it, by its name or after symbolic links are resolved.
fn is_beneath(path: &Path, folder: &Path) -> bool {
    let by_name = without_detours(path).starts_with(without_detours(folder));
    by_name
        || path
            .canonicalize()
            .ok()
            .zip(folder.canonicalize().ok())
            .is_some_and(|(path, folder)| path.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_script_sees_added_files_if_it_watches_the_folder() {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = package.join("src/read");
        for (output, sees) in [
            ("cargo::rerun-if-changed=src/read\n", true),
            ("cargo:rerun-if-changed=src/read/\n", true),
            ("cargo::rerun-if-changed=src/check\ncargo::rerun-if-changed=./src/read\n", true),
            ("cargo::rerun-if-changed=src\n", true),
            ("cargo::rerun-if-changed=src/check/../read\n", true),
            ("cargo::rerun-if-changed=.\n", true),
            // A script without instructions runs after every change of its package.
            ("", true),
            ("cargo::rustc-cfg=x\nhello\n", true),
            // The file does not exist, so the script runs on every build.
            ("cargo::rerun-if-changed=src/nothing\n", true),
            ("cargo::rerun-if-changed=build.rs\n", true),
            ("cargo::rerun-if-changed=Cargo.toml\n", false),
            ("cargo::rerun-if-changed=src/check\n", false),
            ("cargo::rerun-if-changed=src/read/model\n", false),
            ("cargo::rerun-if-env-changed=X\n", false),
            ("rerun-if-changed=src/read\ncargo::rerun-if-changed=Cargo.toml\n", false),
        ] {
            assert_eq!(sees_added_files(output, package, &folder), sees, "{output}");
        }
        assert!(!sees_added_files("", &package.join("tests"), &folder));
    }

    #[test]
    fn the_folder_of_another_package_is_not_its_own() {
        let package = |name: &str, out_dir: &str| {
            CargoPackage { name: name.to_owned(), folder: PathBuf::new(), out_dir: None }.owns(Path::new(out_dir))
        };
        assert!(package("shop", "/t/debug/build/shop-fc0d1b01327b0b98/out"));
        assert!(package("shop", "/t/debug/build/shop/fc0d1b01327b0b98/out"));
        assert!(!package("shop", "/t/debug/build/shop-tests-fc0d1b01327b0b98/out"));
        assert!(!package("shop", "/t/debug/build/ottpay-fc0d1b01327b0b98/out"));
    }
}
