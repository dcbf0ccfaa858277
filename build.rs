//! Watches the specification, so that a file added to it rebuilds the client. The macro watches the files themselves.

fn main() {
    println!("cargo::rerun-if-changed=spec");
}
