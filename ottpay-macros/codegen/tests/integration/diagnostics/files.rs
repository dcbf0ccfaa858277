//! Files that do not belong in the folder, and what editors add to those that do.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use super::{PAY, Spec};

/// The problems in short.
fn problems(spec: &Spec) -> Vec<String> {
    let report = spec.report();
    let short = |found: &ottpay_codegen::Diagnostic| {
        let at = &found.place.position;
        format!("{}:{}:{}: {}", at.file, at.line, at.column, found.message)
    };
    report.diagnostics().iter().map(short).collect()
}

#[test]
fn copies_that_editors_leave_do_not_stop_the_build() {
    let spec = Spec::good("files/copies");
    let names = [
        "pay.yaml~",
        "#pay.yaml#",
        "4913",
        ".pay.yaml.swp",
        "pay.yaml.orig",
        "pay.yaml___jb_tmp___",
        "Thumbs.db",
        "README.md",
    ];
    for folder in ["", "actions/"] {
        for name in names {
            spec.write(&format!("{folder}{name}"), "neither: [ YAML");
        }
        // The lock of Emacs is a link to nothing, and some copies are folders.
        symlink("user@host.1234:1700000000", spec.0.join(folder).join(".#pay.yaml")).unwrap();
        fs::create_dir(spec.0.join(folder).join("old.bak")).unwrap();
    }
    fs::write(spec.0.join("actions").join(OsStr::from_bytes(b"caf\xe9.yaml~")), "").unwrap();
    assert_eq!(problems(&spec), [""; 0]);
}

#[test]
fn the_nearest_name_is_suggested() {
    for name in ["shop.yml", "shop.YAML", "shop.yaml.txt", "shop.json", "shop", "shop.yaml.yaml", "shop.toml"] {
        let spec = Spec::good("files/meant");
        spec.write(&format!("actions/{name}"), PAY.replace("PAY", "SHOP"));
        let expected = format!("spec/actions/{name}:1:1: `{name}` does not belong in this folder");
        assert_eq!(problems(&spec), [expected]);
    }
    let spec = Spec::good("files/latin");
    fs::write(spec.0.join("actions").join(OsStr::from_bytes(b"caf\xe9.yaml")), PAY).unwrap();
    let expected = "spec/actions/caf\u{fffd}.yaml:1:1: the name `caf\u{fffd}.yaml` is not UTF-8";
    assert_eq!(problems(&spec), [expected]);
}

#[test]
fn markers_directives_and_byte_order_marks_around_a_document_change_nothing() {
    for (before, after) in [
        ("", "---\n"),
        ("", "---"),
        ("", "...\n"),
        ("", "---\n\n# the end\n"),
        ("---\n", "---\n...\n"),
        ("---\n# nothing\n---\n", ""),
        ("%YAML 1.2\n---\n", ""),
        ("%YAML 1.1\n---\n", "...\n"),
        ("# yaml-language-server: $schema=x\n---\n", ""),
        ("\u{feff}", ""),
        ("\u{feff}---\n", "---\n"),
        ("\u{feff}# a comment\n", ""),
        ("\u{feff}%YAML 1.2\n---\n", ""),
    ] {
        let spec = Spec::good("files/around");
        spec.write("actions/pay.yaml", format!("{before}{PAY}{after}"));
        assert_eq!(problems(&spec), [""; 0], "{before:?} {after:?}");
        // Places are those of the whole file.
        spec.write("actions/pay.yaml", format!("{before}{}{after}", PAY.replace("effect: write", "effect: wrote")));
        let line = before.matches('\n').count() + 3;
        let expected = format!("spec/actions/pay.yaml:{line}:9: ");
        let found = problems(&spec);
        assert!(found.len() == 1 && found[0].starts_with(&expected), "{before:?} {after:?}: {found:?}");
        let crlf = format!("{before}{PAY}{after}").replace('\n', "\r\n");
        spec.write("actions/pay.yaml", crlf);
        assert_eq!(problems(&spec), [""; 0], "{before:?} {after:?} with CR LF");
    }
    for after in ["---\naction: REFUND\n", "--- {}\n", "...\n---\n# c\na: 1\n"] {
        let spec = Spec::good("files/second");
        spec.write("actions/pay.yaml", format!("{PAY}{after}"));
        let found = problems(&spec);
        assert!(found.len() == 1 && found[0].contains("a file may contain only one document"), "{after:?}: {found:?}");
    }
}
