//! When a specification is compiled again: after every change of its files, and at no other time.

use std::fs;

use std::os::unix::fs::symlink;

use crate::common::cargo::Package;

/// Prints its own actions with their summaries.
const MAIN: &str = "ottpay::actions!(\"spec\");\n\nfn main() {\n    \
    for info in GATEWAY.actions.iter().skip(ottpay::GATEWAY.actions.len()) {\n        \
    println!(\"{}: {}\", info.name, info.summary);\n    }\n}\n";

fn action(name: &str, summary: &str) -> String {
    format!(
        "action: {name}\nversion: \"1.0\"\neffect: read\nsummary: {summary}\npage: example.com/p\nrequest:\n  a: {{ type: Note }}\n"
    )
}

#[test]
fn every_change_of_the_files_is_seen_and_nothing_else_compiles_anything() {
    let package = Package::with_actions("rebuild", MAIN);
    package.write("spec/types.yaml", "Note: { type: text, max_len: 9, doc: A note. }\n");
    package.write("spec/actions/first.yaml", &action("FIRST", "One."));
    let file = |name: &str| package.path().join("spec/actions").join(name);
    let unchanged = |step: &str| assert!(package.build().is_fresh, "{step}: compiled again, though nothing changed");
    let changed = |step: &str, expected: &str| {
        let built = package.build();
        assert!(!built.is_fresh, "{step}: the change was not seen");
        assert_eq!(built.run(), expected, "{step}");
        unchanged(step);
    };
    changed("new", "first: One.\n");
    package.write("spec/actions/first.yaml", &action("FIRST", "Number one."));
    changed("edited", "first: Number one.\n");
    package.write("spec/actions/second.yaml", &action("SECOND", "Two."));
    changed("added", "first: Number one.\nsecond: Two.\n");
    fs::rename(file("second.yaml"), file("third.yaml")).unwrap();
    changed("renamed", "first: Number one.\nthird: Two.\n");
    fs::remove_file(file("third.yaml")).unwrap();
    changed("removed", "first: Number one.\n");
    package.write("README.md", "Not a part of the specification.\n");
    unchanged("another file of the package");

    // A file with a mistake is compiled again, too, after it was corrected.
    package.write("spec/types.yaml", "Note: { type: txt, doc: A note. }\n");
    let broken = package.build();
    assert_eq!(broken.errors.len(), 1, "{}", broken.errors.join("\n"));
    assert!(broken.errors[0].contains("spec/types.yaml:1:15"), "{}", broken.errors[0]);
    package.write("spec/types.yaml", "Note: { type: text, doc: A note. }\n");
    changed("mended", "first: Number one.\n");
}

#[test]
fn the_compiler_itself_watches_the_files_that_there_are() {
    for (name, folder) in [("watched_in_package", "spec"), ("watched_beside_file", "./spec")] {
        let package = Package::with_actions(name, &MAIN.replace("\"spec\"", &format!("{folder:?}")));
        // Without a build script only the compiler's own list of files is left.
        fs::remove_file(package.path().join("build.rs")).unwrap();
        let spec = if folder == "spec" { "spec" } else { "src/spec" };
        package.write(&format!("{spec}/types.yaml"), "Note: { type: text, max_len: 9, doc: A note. }\n");
        package.write(&format!("{spec}/actions/first.yaml"), &action("FIRST", "One."));
        package.write(&format!("{spec}/actions/second.yaml"), &action("SECOND", "Two."));
        assert_eq!(package.build().run(), "first: One.\nsecond: Two.\n");
        assert!(package.build().is_fresh);
        package.write(&format!("{spec}/actions/first.yaml"), &action("FIRST", "Number one."));
        assert_eq!(package.build().run(), "first: Number one.\nsecond: Two.\n");
        fs::remove_file(package.path().join(spec).join("actions/second.yaml")).unwrap();
        assert_eq!(package.build().run(), "first: Number one.\n");
        package.write(&format!("{spec}/types.yaml"), "Note: { type: txt, doc: A note. }\n");
        let errors = package.build().errors;
        assert!(errors.len() == 1 && errors[0].contains(&format!("{spec}/types.yaml:1:15")), "{}", errors.join("\n"));
        package.write(&format!("{spec}/types.yaml"), "Note: { type: text, doc: A note. }\n");
        assert_eq!(package.build().run(), "first: Number one.\n");
    }
}

#[test]
fn a_change_of_a_link_target_is_detected() {
    let package = Package::with_actions("rebuild_linked", MAIN);
    package.write("elsewhere/first.yaml", &action("FIRST", "One."));
    fs::create_dir_all(package.path().join("farm/actions")).unwrap();
    symlink("farm", package.path().join("spec")).unwrap();
    symlink("../../elsewhere/first.yaml", package.path().join("farm/actions/first.yaml")).unwrap();
    package.write("farm/types.yaml", "Note: { type: text, max_len: 9, doc: A note. }\n");
    for script in [true, false] {
        if !script {
            fs::remove_file(package.path().join("build.rs")).unwrap();
        }
        package.write("elsewhere/first.yaml", &action("FIRST", "One."));
        assert_eq!(package.build().run(), "first: One.\n");
        assert!(package.build().is_fresh);
        package.write("elsewhere/first.yaml", &action("FIRST", "Number one."));
        assert_eq!(package.build().run(), "first: Number one.\n");
    }
}

/// The compiler's warnings about files that cargo would not notice, and their number.
fn warnings(package: &Package) -> Vec<String> {
    let built = package.build();
    assert!(built.errors.is_empty(), "{}", built.errors.join("\n"));
    built.warnings
}

#[test]
fn a_folder_that_nothing_watches_for_added_files_is_warned_of_once() {
    let package = Package::with_actions("rebuild_missed", MAIN);
    package.write("spec/types.yaml", "Note: { type: text, max_len: 9, doc: A note. }\n");
    package.write("spec/actions/first.yaml", &action("FIRST", "One."));
    let script = |text: &str| package.write("build.rs", &format!("fn main() {{ {text} }}\n"));
    for watching in [
        "println!(\"cargo::rerun-if-changed=spec\");",
        "println!(\"cargo:rerun-if-changed=spec/actions\"); println!(\"cargo:rerun-if-changed=build.rs\");",
        // Cargo watches the whole package then.
        "",
    ] {
        script(watching);
        assert_eq!(warnings(&package), [""; 0], "{watching}");
        package.write("spec/actions/second.yaml", &action("SECOND", "Two."));
        assert_eq!(package.build().run(), "first: One.\nsecond: Two.\n", "{watching}");
        fs::remove_file(package.path().join("spec/actions/second.yaml")).unwrap();
    }
    script("println!(\"cargo::rerun-if-changed=build.rs\");");
    let [warning] = warnings(&package).try_into().unwrap();
    let expected = "cargo does not notice files that are added to `spec`: add \
                    `println!(\"cargo::rerun-if-changed=spec\");` to the build script\n --> src/main.rs:1:18";
    assert!(warning.contains(expected), "{warning}");
    fs::remove_file(package.path().join("build.rs")).unwrap();
    let [warning] = warnings(&package).try_into().unwrap();
    let expected = "cargo does not notice files that are added to `spec`: add the file build.rs with \
                    `fn main() { println!(\"cargo::rerun-if-changed=spec\"); }`\n --> src/main.rs:1:18";
    assert!(warning.contains(expected), "{warning}");
    // The warning is right.
    package.write("spec/actions/second.yaml", &action("SECOND", "Two."));
    assert!(package.build().is_fresh);
}
