//! Watches the specification and those of the tests, so that a file added to one is compiled. The macro watches the files
//! that there are.

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=spec");
    // The published package has no tests, and cargo runs this each time while a folder is missing.
    for folder in ["tests/joined", "tests/unusual"] {
        if Path::new(folder).exists() {
            println!("cargo::rerun-if-changed={folder}");
        }
    }
}
