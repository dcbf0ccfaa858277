//! Who may call the macros: a crate without the standard prelude, of any edition, that calls `ottpay` by another name
//! or gets it from another crate. The specification has everything that the language has.

use std::fs;
use std::path::Path;

use crate::common::cargo::Package;
use crate::common::guide;

/// Uses the generated code where neither `String` nor `ToOwned` is in scope.
const RENAMED: &str = r#"//! Without the prelude of `std`, and with `ottpay` under another name.
#![no_std]
#![deny(warnings, missing_docs)]

extern crate std;

/// Private actions.
pub mod own {
    pay::actions!("spec");
}

use own::ClientExt as _;

/// Names types from the modules in which they are defined, and from the root.
pub fn request(client: &pay::Client) -> Result<own::ShopQuery, pay::request::InvalidRequest> {
    let builder: own::builders::ShopQueryBuilder = client.shop_query();
    builder.shop_id("S1").build()
}

/// A reply by both of its names.
pub fn reply(reply: own::replies::ShopQueryReply) -> own::ShopQueryReply {
    reply
}
"#;

const WHOLE: &str = r#"//! A client of its own without the prelude of `std`.
#![no_std]
#![deny(warnings, missing_docs)]

extern crate std;

/// The client.
pub mod own {
    ottpay_macros::client!("unusual");
}
"#;

const OF_FACADE: &str = r#"//! Uses `ottpay` only through another crate.
#![deny(warnings, missing_docs)]

extern crate facade;

/// Private actions.
pub mod own {
    ::facade::ottpay::actions!("spec");
}

/// Of the other crate.
pub fn name(info: &::facade::ottpay::spec::ActionInfo) -> &'static str {
    info.name
}
"#;

const INSIDE: &str = r#"//! Calls the macro inside of a function.

fn main() {
    pay::actions!("spec");
}
"#;

/// A member of the workspace.
fn member(package: &Package, name: &str, edition: &str, dependencies: &str, code: &str) {
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"{edition}\"\n\n[dependencies]\n{dependencies}\n"
    );
    package.write(&format!("{name}/Cargo.toml"), &manifest);
    let file = if code.contains("fn main") { "main" } else { "lib" };
    package.write(&format!("{name}/src/{file}.rs"), code);
    let watched = ["spec", "unusual"].map(|folder| format!("println!(\"cargo::rerun-if-changed={folder}\");"));
    package.write(&format!("{name}/build.rs"), &format!("fn main() {{ {} }}\n", watched.join(" ")));
    for (path, text) in guide::files_of_private_actions() {
        package.write(&format!("{name}/{path}"), &text);
    }
}

#[test]
fn any_crate_can_call_the_macros() {
    let library = Path::new(env!("CARGO_MANIFEST_DIR"));
    let package = Package::empty("callers");
    package.write("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"*\"]\nexclude = [\".cargo\"]\n");
    package.lock(library);
    let ottpay = format!("ottpay = {{ path = {library:?}, default-features = false }}");
    let pay = format!("pay = {{ package = \"ottpay\", path = {library:?}, default-features = false }}");
    let macros = format!("{ottpay}\nottpay-macros = {{ path = {:?} }}", library.join("ottpay-macros"));
    let facade = "facade = { path = \"../facade\" }";

    member(&package, "facade", "2024", &ottpay, "//! Hands `ottpay` on.\npub use ottpay;\n");
    member(&package, "renamed", "2024", &pay, RENAMED);
    member(&package, "whole", "2024", &macros, WHOLE);
    copy(&library.join("tests/unusual"), &package.path().join("whole/unusual"));
    for edition in ["2015", "2018", "2021"] {
        member(&package, &format!("edition{edition}"), edition, facade, OF_FACADE);
    }
    member(&package, "inside", "2024", &pay, INSIDE);

    let output = package.cargo(&["check", "--quiet", "--workspace", "--exclude", "inside"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert_eq!(errors, "", "no warnings");

    // The links of the documentation lead to the library, whatever its name.
    package.write(".cargo/config.toml", "[build]\nrustdocflags = [\"-D\", \"warnings\"]\n");
    let output = package.cargo(&["doc", "--quiet", "--no-deps", "-p", "renamed", "-p", "edition2018"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let output = package.cargo(&["check", "--quiet", "-p", "inside"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    let count = errors.lines().filter(|line| line.starts_with("error")).count();
    assert!(!output.status.success() && count == 2, "one error, and that it could not compile: {errors}");
    assert!(errors.contains("call_each_actions_macro_in_a_module_of_its_own"), "{errors}");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        match entry.path().is_dir() {
            true => copy(&entry.path(), &to.join(entry.file_name())),
            false => _ = fs::copy(entry.path(), to.join(entry.file_name())).unwrap(),
        }
    }
}
