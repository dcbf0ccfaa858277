//! Any bytes, and good files with slips: the generator reports a problem, does not panic, and ends in time.

use std::time::{Duration, Instant};

use proc_macro2::Span;
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence};

use super::{CALLBACKS, GATEWAY, OTHER, PAY, Spec, TYPES};
use ottpay_codegen::Mistake;

/// Signs that mean something in YAML, and words of the language, so that slips go deep.
const PIECES: [&str; 34] = [
    "{",
    "}",
    "[",
    "]",
    ": ",
    ":",
    "- ",
    "\n",
    "\n  ",
    "\t",
    "#",
    "\"",
    "'",
    "&a",
    "*a",
    "!!str",
    "---\n",
    "? ",
    "| ",
    "> ",
    "<<: ",
    "~",
    "0x1F",
    "1e999",
    "\u{feff}",
    "可",
    "type",
    "const",
    "copy_of",
    "instead_of",
    "methods",
    "request",
    "reply",
    "\u{0}",
];

fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES.as_slice()), 0..60).prop_map(|pieces| pieces.concat())
}

/// A good file with some of its characters replaced.
fn slips() -> impl Strategy<Value = (usize, String)> {
    let files = [PAY, OTHER, TYPES, CALLBACKS, GATEWAY];
    let slip = (any::<prop::sample::Index>(), prop::sample::select(PIECES.as_slice()), 0..4_usize);
    (0..files.len(), prop::collection::vec(slip, 1..6)).prop_map(move |(file, slips)| {
        let mut text: Vec<char> = files.get(file).copied().unwrap_or_default().chars().collect();
        for (at, piece, removed) in slips {
            let at = at.index(text.len() + 1);
            let end = (at + removed).min(text.len());
            text.splice(at..end, piece.chars());
        }
        (file, text.into_iter().collect())
    })
}

fn survives(name: &str, file: usize, text: &[u8]) -> Result<(), TestCaseError> {
    let files = ["actions/pay.yaml", "actions/other.yaml", "types.yaml", "callbacks.yaml", "gateway.yaml"];
    let spec = Spec::good(name);
    spec.write(files.get(file).copied().unwrap_or("gateway.yaml"), text);
    let start = Instant::now();
    let folder = ottpay_codegen::Folder::from_name("spec", spec.0.parent().unwrap(), None).unwrap();
    let compiled = ottpay_codegen::compile_client(&folder);
    let bugs: Vec<_> =
        compiled.report().diagnostics().iter().filter(|found| found.mistake == Mistake::GeneratorBug).collect();
    prop_assert!(bugs.is_empty(), "{:?}", bugs);
    let texts = compiled.report().messages();
    prop_assert!(texts.iter().all(|text| !text.is_empty()));
    // The output is Rust for any input.
    let code = compiled.into_tokens(Span::call_site());
    prop_assert!(syn::parse2::<syn::File>(code).is_ok());
    prop_assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    Ok(())
}

fn config() -> Config {
    // A failing input is printed; no file is written next to the sources.
    Config { cases: 400, failure_persistence: Some(Box::new(FileFailurePersistence::Off)), ..Config::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_bytes_are_refused_and_never_panic(file in 0..5_usize, bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        survives("any_bytes", file, &bytes)?;
    }

    #[test]
    fn any_text_of_yaml_signs_never_panics(file in 0..5_usize, text in pieces()) {
        survives("any_text", file, text.as_bytes())?;
    }

    #[test]
    fn slips_in_good_files_never_panic((file, text) in slips()) {
        survives("slips", file, text.as_bytes())?;
    }
}
