//! Free text in the specification of private actions: whatever it is, the package's documentation has no warnings, and
//! none of it is compiled as an example.

use crate::common::cargo::Package;

const TEXTS: &str = include_str!("../../prose/prose.json");

#[test]
fn prose_is_neither_compiled_nor_warned_of() {
    let package = Package::with_actions("prose", "fn main() {}\n");
    package.write("src/lib.rs", "//! Private actions.\n#![deny(missing_docs)]\nottpay::actions!(\"spec\");\n");
    let texts: Vec<String> = serde_json::from_str(TEXTS).unwrap();
    let mut next = texts.iter().cycle();
    for (file, template) in [
        ("types.yaml", include_str!("../../prose/types.yaml")),
        ("callbacks.yaml", include_str!("../../prose/callbacks.yaml")),
        ("actions/buy.yaml", include_str!("../../prose/actions/buy.yaml")),
        ("actions/open_page.yaml", include_str!("../../prose/actions/open_page.yaml")),
        ("actions/in_app.yaml", include_str!("../../prose/actions/in_app.yaml")),
    ] {
        let mut parts = template.split("\"@PROSE@\"");
        let mut text = parts.next().unwrap().to_owned();
        for part in parts {
            // A JSON string is a YAML string.
            text.push_str(&serde_json::to_string(next.next().unwrap()).unwrap());
            text.push_str(part);
        }
        package.write(&format!("spec/{file}"), &text);
    }

    let output = package.cargo(&["test", "--quiet", "--doc"]);
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stdout}{stderr}");
    assert!(stdout.contains("running 0 tests"), "{stdout}");
    assert_eq!(stderr, "", "no warnings");

    package.write(".cargo/config.toml", "[build]\nrustdocflags = [\"-D\", \"warnings\", \"-D\", \"rustdoc::all\"]\n");
    let output = package.cargo(&["doc", "--quiet", "--no-deps", "--lib"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // Text that looks like HTML or a link is shown as it is written.
    let page = std::fs::read_to_string(crate::common::cargo::target().join("doc/prose/struct.Buy.html")).unwrap();
    assert!(page.contains("&lt;shop&gt;") && page.contains("id[0]") && !page.contains("<shop>"), "{page}");
}
