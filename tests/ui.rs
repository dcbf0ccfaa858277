//! What must not compile, and what the compiler says then. One mistake a file, named after the mistake.
//!
//! `TRYBUILD=overwrite cargo test --test ui` writes the expected messages anew; read them before you commit them. They
//! belong to the compiler that `rust-toolchain.toml` pins.

#![allow(missing_docs)]

#[test]
fn misuse_of_a_field_is_a_compile_error() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
}
