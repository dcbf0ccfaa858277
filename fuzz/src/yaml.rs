//! A specification in YAML: the generator reports its mistakes, or generates Rust; it never reports a bug of its own.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use fastrand::Rng;
use ottpay_codegen::{Compiled, Folder, Library, Mistake, compile_actions, compile_client};
use proc_macro2::Span;
use tempfile::TempDir;

use crate::samples::{EXTENSION, SMALL};
use crate::specification::extension;

/// The line that begins a file of an input.
const FILE: &str = "=== ";

/// The longest time for a specification.
const LONGEST: Duration = Duration::from_secs(10);

/// What `ottpay` shares with specifications that extend it.
static LIBRARY: LazyLock<Library> = LazyLock::new(|| {
    let [gateway, types, callbacks, methods] = ottpay::__LIBRARY.map(str::to_owned);
    let reads = ottpay::__READS.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Library { gateway, types, callbacks, methods, reads }
});

/// A smaller library, which is read in a tenth of the time.
static SMALL_LIBRARY: LazyLock<Library> = LazyLock::new(|| {
    let files = files_of(SMALL.as_bytes());
    let text = |name: &str| {
        let file = files.iter().find(|(known, _)| known == name).map(|(_, text)| text.clone());
        String::from_utf8(file.unwrap_or_default()).expect("a text")
    };
    let reads = vec![("actions/status_query.yaml".to_owned(), text("actions/status_query.yaml"))];
    let [_, _, _, methods] = ottpay::__LIBRARY.map(str::to_owned);
    Library { gateway: text(GATEWAY), types: text("types.yaml"), callbacks: text("callbacks.yaml"), methods, reads }
});

/// Compiles the files of an input: a whole specification if one of them is a gateway, or else one that extends a
/// library's. Returns whether they were valid.
pub fn target(data: &[u8]) -> bool {
    let files = files_of(data);
    let folder = write(&files);
    let start = Instant::now();
    let compiled = compile(folder.path(), &files, &SMALL_LIBRARY);
    let report = compiled.report();
    let bugs: Vec<_> = report.diagnostics().iter().filter(|found| found.mistake == Mistake::GeneratorBug).collect();
    assert!(bugs.is_empty(), "{bugs:?}");
    assert!(report.messages().iter().all(|text| !text.is_empty()), "a problem of which nothing is said");
    let is_good = report.is_empty();
    let code = compiled.into_tokens(Span::call_site());
    if is_good {
        // The same files give the same code.
        let again = compile(folder.path(), &files, &SMALL_LIBRARY).into_tokens(Span::call_site());
        assert_eq!(code.to_string(), again.to_string());
    }
    syn::parse2::<syn::File>(code).expect("what comes out is Rust, whatever went in");
    assert!(start.elapsed() < LONGEST, "{:?}", start.elapsed());
    is_good
}

/// Whether a specification extends that of `ottpay` and is valid, in which case it has to compile.
pub fn is_good_extension(data: &[u8]) -> bool {
    let files = files_of(data);
    !files.iter().any(|(name, _)| name == GATEWAY)
        && compile(write(&files).path(), &files, &LIBRARY).report().is_empty()
}

const GATEWAY: &str = "gateway.yaml";

/// The names and contents of the files of an input; files that cannot be part of a specification are omitted.
pub fn files_of(data: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        let name = line.strip_prefix(FILE.as_bytes()).and_then(|name| std::str::from_utf8(name).ok()).map(str::trim);
        match name.filter(|name| is_name(name)) {
            Some(name) => files.push((name.to_owned(), Vec::new())),
            None => files.last_mut().map_or((), |(_, text)| text.extend_from_slice(line)),
        }
    }
    files
}

fn is_name(name: &str) -> bool {
    let is_plain = |stem: &str| {
        let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        (1..40).contains(&stem.len()) && stem.bytes().all(is_part)
    };
    let action = name.strip_prefix("actions/").and_then(|name| name.strip_suffix(".yaml"));
    [GATEWAY, "types.yaml", "callbacks.yaml"].contains(&name) || action.is_some_and(is_plain)
}

/// A folder with these files, which is removed at the end.
fn write(files: &[(String, Vec<u8>)]) -> TempDir {
    let folder = TempDir::with_prefix("ottpay-fuzz-").expect("a temporary folder");
    fs::create_dir_all(folder.path().join("spec/actions")).expect("a temporary folder");
    for (name, text) in files {
        fs::write(folder.path().join("spec").join(name), text).expect("a temporary file");
    }
    folder
}

fn compile(package: &Path, files: &[(String, Vec<u8>)], library: &Library) -> Compiled {
    let folder = Folder::from_name("spec", package, None).expect("a folder in the package");
    let is_whole = files.iter().any(|(name, _)| name == GATEWAY);
    if is_whole { compile_client(&folder) } else { compile_actions(&folder, library) }
}

/// Small specifications with everything in them: whole ones and extensions.
pub fn seeds() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut seeds = Vec::new();
    for folder in [
        "tests/unusual",
        "tests/prose",
        "tests/joined/drinks",
        "tests/joined/tickets",
        "tests/joined/renamed",
        "tests/joined/asked",
    ] {
        seeds.push(read(&root.join(folder)));
    }
    // The same, one action at a time.
    for seed in seeds.clone() {
        let files = files_of(&seed);
        let shared = |name: &str| !name.starts_with("actions/");
        for action in files.iter().filter(|(name, _)| !shared(name)) {
            seeds.push(join(files.iter().filter(|(name, _)| shared(name)).chain([action])));
        }
    }
    let small = |text: &str| text.as_bytes().to_vec();
    seeds.push(small(SMALL));
    seeds.push(small(EXTENSION));
    let mut chance = Rng::with_seed(1);
    seeds.extend((0..12).map(|_| extension(&mut chance)));
    seeds
}

fn read(folder: &Path) -> Vec<u8> {
    let mut files = Vec::new();
    let names = |folder: &Path, inner: &str| {
        let entries = fs::read_dir(folder.join(inner)).expect("a folder of the project");
        let names = entries.map(|entry| entry.expect("a file").file_name().into_string().expect("a plain name"));
        let mut names: Vec<String> =
            names.filter(|name| name.ends_with(".yaml")).map(|name| format!("{inner}{name}")).collect();
        names.sort();
        names
    };
    for name in names(folder, "").into_iter().chain(names(folder, "actions/")) {
        let text = fs::read(folder.join(&name)).expect("a file of the project");
        files.push((name, text));
    }
    join(&files)
}

fn join<'a>(files: impl IntoIterator<Item = &'a (String, Vec<u8>)>) -> Vec<u8> {
    let mut all = Vec::new();
    for (name, text) in files {
        all.extend_from_slice(format!("{FILE}{name}\n").as_bytes());
        all.extend_from_slice(text);
    }
    all
}
