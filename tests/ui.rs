//! Programs that must not compile, and the compiler's messages: one mistake per file, named after the mistake. What
//! must compile is in `integration/ownership`.
//!
//! `TRYBUILD=overwrite cargo test -p ottpay-ui` rewrites the expected messages; read them before you commit them. They
//! consist of our own text wherever possible. The rest is rustc's and changes with its version, so the messages are
//! compared only with the version that `rust-toolchain.toml` pins.

#![allow(clippy::expect_used, missing_docs, reason = "a test says what it expects by failing")]

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

const TOOLCHAIN: &str = include_str!("../rust-toolchain.toml");

/// The version that `rust-toolchain.toml` pins.
fn pinned() -> &'static str {
    let channel = TOOLCHAIN.lines().find_map(|line| line.trim().strip_prefix("channel"));
    channel.expect("rust-toolchain.toml pins a channel").trim_matches([' ', '=', '"'])
}

/// The version of the compiler that runs now.
fn running() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let output = Command::new(rustc).arg("--version").output().expect("rustc runs");
    let words = String::from_utf8(output.stdout).expect("rustc writes text");
    words.split_whitespace().nth(1).expect("`rustc --version` is a name and a version").to_owned()
}

#[test]
fn misuse_of_a_field_is_a_compile_error() {
    let (pinned, running) = (pinned(), running());
    if running != pinned {
        eprintln!("skipped: the expected messages are those of rustc {pinned}, this is {running}");
        return;
    }
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/*.rs");
}

#[test]
fn every_case_has_its_expected_message() {
    let folder = fs::read_dir("ui").unwrap();
    let files: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    let with = |extension: &str| {
        let mut files: Vec<PathBuf> =
            files.iter().filter(|file| file.extension().is_some_and(|it| it == extension)).cloned().collect();
        files.sort();
        files
    };
    let cases = with("rs");
    assert!(cases.len() >= 30, "{} cases", cases.len());
    let expected: Vec<PathBuf> = with("stderr").iter().map(|file| file.with_extension("rs")).collect();
    assert_eq!(cases, expected);
}
