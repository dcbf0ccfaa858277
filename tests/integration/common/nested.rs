//! Cargo as tests run it. A module of its own, because the tests of the fuzz targets run it, too.

use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::sync::LazyLock;
use std::{env, fs};

/// Prefixes of the artifacts of the project's own crates.
const OWN: [&str; 5] = ["ottpay", "libottpay", "integration-", "private", "libprivate"];

/// One target folder for all packages that tests build, so that their dependencies are compiled once. It initially
/// contains links to the other crates that the outer build has compiled. It is not the target folder of the outer
/// build: artifacts of the project's own crates would be replaced there, and its doc tests could not link them.
pub(crate) fn target() -> &'static Path {
    static TARGET: LazyLock<PathBuf> = LazyLock::new(|| {
        let tests = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let target = tests.join("packages-target");
        if !target.exists() {
            let new = tests.join(format!("packages-target-{}", process::id()));
            for folder in ["build", "deps", ".fingerprint"].map(|name| Path::new("debug").join(name)) {
                link(&tests.parent().unwrap().join(&folder), &new.join(&folder), &OWN);
            }
            // Fails if another test program was faster.
            let _ = fs::rename(new, &target);
        }
        target
    });
    &TARGET
}

/// Links files, including those of subfolders, except those of `from` itself whose names begin with one of `except`.
/// Files that are missing are compiled.
fn link(from: &Path, to: &Path, except: &[&str]) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).into_iter().flatten().filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        match entry.path() {
            _ if except.iter().any(|start| name.starts_with(start)) => {}
            path if path.is_dir() => link(&path, &to.join(name), &[]),
            path => _ = fs::hard_link(path, to.join(name)),
        }
    }
}

/// Cargo in a folder, without the network.
pub(crate) fn cargo(folder: &Path, arguments: &[&str]) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.arg("--offline").args(arguments).current_dir(folder);
    // Those of the outer build. Build scripts that watch them, as that of ring does, would run again there and here.
    let of_outer_build =
        |name: &str| name == "OUT_DIR" || name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_str().is_some_and(of_outer_build)) {
        cargo.env_remove(name);
    }
    cargo.env("CARGO_TARGET_DIR", target());
    cargo
}
