//! Makes cargo notice files that are added to `spec`.

#![allow(clippy::print_stdout, reason = "cargo reads it")]

fn main() {
    println!("cargo::rerun-if-changed=spec");
}
