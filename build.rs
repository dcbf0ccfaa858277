//! Watches the folders of the specification and of the tests, so that cargo notices new files. The macro watches existing
//! ones.

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=spec");
    // The published package has no tests, and cargo would run this every time if a watched folder is missing.
    for folder in ["tests/joined", "tests/unusual"] {
        if Path::new(folder).exists() {
            println!("cargo::rerun-if-changed={folder}");
        }
    }
}
