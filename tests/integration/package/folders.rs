//! The folder that a macro names: the files that are read are also watched, and messages name them so that they can be
//! clicked.

use std::fs;

use crate::common::cargo::{Package, target};

/// An action in a folder of the package.
fn write_action(package: &Package, folder: &str, name: &str) {
    let text = format!(
        "action: {}\nversion: \"1.0\"\neffect: read\nsummary: Asks.\npage: example.com/p\nrequest:\n  a: {{ type: text, doc: D }}\n",
        name.to_uppercase()
    );
    package.write(&format!("{folder}/actions/{name}.yaml"), &text);
}

/// Prints the actions of modules.
fn main_of(modules: &[&str]) -> String {
    let shown: Vec<String> = modules.iter().map(|module| format!("&{module}::GATEWAY")).collect();
    format!(
        "\nfn main() {{\n    for gateway in [{}] {{\n        \
         for info in gateway.actions.iter().skip(ottpay::GATEWAY.actions.len()) {{\n            \
         println!(\"{{}} {{}}:{{}}\", info.name, info.file, info.line);\n        }}\n    }}\n}}\n",
        shown.join(", ")
    )
}

const MAIN: &str = r##"
#[macro_use]
mod macros;
mod own { own_folder!(); }
mod passed { passed_folder!("./beside"); }
mod passed_on { passed_folder!(concat!("./", "passed_on")); }
mod deep { pub mod deeper; }
mod included { include!("included/part.txt"); }
mod raw { ottpay::actions!(r"raw",); }
mod computed { ottpay::actions!(concat!(env!("CARGO_MANIFEST_DIR"), "/it's \"quoted\" \\ back")); }
mod generated { ottpay::actions!(concat!(env!("OUT_DIR"), "/spec")); }
mod far { far::far_folder!(); }
mod here { far::callers_folder!(); }
"##;

const BUILD: &str = r#"
fn main() {
    println!("cargo::rerun-if-changed=template");
    for folder in ["src", "raw", "it's \"quoted\" \\ back", "far", "callers"] {
        println!("cargo::rerun-if-changed={folder}");
    }
    let actions = std::path::Path::new(&std::env::var_os("OUT_DIR").unwrap()).join("spec/actions");
    std::fs::create_dir_all(&actions).unwrap();
    std::fs::copy("template/actions/generated.yaml", actions.join("generated.yaml")).unwrap();
}
"#;

#[test]
fn a_folder_is_read_and_watched_where_its_name_is_written() {
    let modules =
        ["own", "passed", "passed_on", "deep::deeper", "included", "raw", "computed", "generated", "far", "here"];
    let package = Package::with_actions("folders", &(MAIN.to_owned() + &main_of(&modules)));
    package.write("build.rs", BUILD);
    package.write(
        "src/macros/mod.rs",
        "macro_rules! own_folder { () => { ottpay::actions!(\"./own\"); } }\n\
         macro_rules! passed_folder { ($folder:expr) => { ottpay::actions!($folder); } }\n",
    );
    package.write("src/deep/deeper.rs", "passed_folder!(\"./deeper\");\n");
    package.write("src/included/part.txt", "ottpay::actions!(\"./part\");\n");
    // A library that exports macros, one of which has its own files.
    let manifest = fs::read_to_string(package.path().join("Cargo.toml")).unwrap();
    package.write("Cargo.toml", &(manifest.clone() + "far = { path = \"far\" }\n"));
    package.write(
        "far/Cargo.toml",
        &manifest.replace("name = \"folders\"", "name = \"far\"").replace("[workspace]\n", ""),
    );
    package.write(
        "far/src/lib.rs",
        "pub use ottpay;\n\
         #[macro_export]\nmacro_rules! far_folder { () => { $crate::ottpay::actions!(\"./far\"); } }\n\
         #[macro_export]\nmacro_rules! callers_folder { () => { $crate::ottpay::actions!(\"callers\"); } }\n",
    );
    let folders = [
        ("src/macros/own", "own"),
        ("src/beside", "passed"),
        ("src/passed_on", "passed_on"),
        ("src/deep/deeper", "deeper"),
        ("src/included/part", "included"),
        ("raw", "raw"),
        ("it's \"quoted\" \\ back", "computed"),
        ("template", "generated"),
        ("far/src/far", "far"),
        ("callers", "here"),
    ];
    folders.iter().for_each(|(folder, name)| write_action(&package, folder, name));

    // The paths of the sources that the compiler prints have nothing to do with it.
    let built = package.build_with(&["--", "--remap-path-prefix", "src=/elsewhere"]);
    let printed = built.run();
    assert_eq!(built.warnings, [""; 0]);
    for (folder, name) in folders.iter().filter(|(_, name)| *name != "generated") {
        let expected = format!("{name} {folder}/actions/{name}.yaml:1\n");
        assert!(printed.contains(&expected), "{expected}{printed}");
    }
    let generated = printed.lines().find(|line| line.starts_with("generated "));
    assert!(generated.is_some_and(|line| line.ends_with("spec/actions/generated.yaml:1")), "{printed}");

    let watched = fs::read_to_string(target().join("debug/folders.d")).unwrap();
    for (folder, name) in folders.iter().filter(|(_, name)| *name != "generated") {
        let path = package.path().join(folder).join(format!("actions/{name}.yaml"));
        let path = path.to_str().unwrap().replace(' ', "\\ ");
        assert!(watched.contains(&path), "{path} is not in {watched}");
    }
    assert!(watched.contains("/out/spec/actions/generated.yaml"), "{watched}");
}

#[test]
fn an_argument_that_names_no_folder_is_a_clear_error() {
    let package = Package::with_actions("folders_argument", "");
    for (argument, expected) in [
        ("", "expected the name of a folder, such as \"spec\""),
        ("SPEC", "expected the name of a folder"),
        ("include_str!(\"x\")", "expected the name of a folder"),
        ("b\"spec\"", "expected the name of a folder"),
        ("\"spec\", \"other\"", "unexpected token"),
        ("env!(\"NO_SUCH_VARIABLE\")", "there is no variable `NO_SUCH_VARIABLE` at compile time"),
        ("\"/spec\"", "the path is absolute"),
        ("concat!(\"/\", \"spec\")", "the path is absolute"),
        ("\"./\"", "the name of the folder is empty"),
        ("\"sp\\0ec\"", "the folder cannot be read"),
    ] {
        package.write("src/main.rs", &format!("ottpay::actions!({argument});\nfn main() {{}}\n"));
        let errors = package.build().errors;
        assert!(errors.len() == 1 && errors[0].contains(expected), "{argument}: {}", errors.join("\n"));
    }
}

#[test]
fn messages_of_a_workspace_name_files_from_its_root() {
    let package = Package::with_actions("folders_workspace", "");
    let manifest = fs::read_to_string(package.path().join("Cargo.toml")).unwrap().replace("[workspace]\n", "");
    package.write("Cargo.toml", "[workspace]\nmembers = [\"crates/shop\"]\nresolver = \"3\"\n");
    package.write("crates/shop/Cargo.toml", &manifest.replace("name = \"folders_workspace\"", "name = \"shop\""));
    package.write("crates/shop/build.rs", "fn main() { println!(\"cargo::rerun-if-changed=spec\"); }\n");
    package.write(
        "crates/shop/src/main.rs",
        &("mod tickets { ottpay::actions!(\"spec\"); }\nmod beside { ottpay::actions!(\"./../beside\"); }\n\
          mod shared { ottpay::actions!(\"../../shared\"); }\n"
            .to_owned()
            + &main_of(&["tickets", "beside", "shared"])),
    );
    for (folder, name) in [("crates/shop/spec", "tickets"), ("crates/shop/beside", "beside"), ("shared", "shared")] {
        write_action(&package, folder, name);
    }
    // What the program knows is the same wherever it was built.
    let built = package.build_with(&["-p", "shop"]);
    assert_eq!(
        built.run(),
        "tickets spec/actions/tickets.yaml:1\nbeside beside/actions/beside.yaml:1\n\
         shared ../../shared/actions/shared.yaml:1\n"
    );
    let missed: Vec<&str> = built.warnings.iter().filter_map(|warning| warning.split('`').nth(3)).collect();
    assert_eq!(missed, ["beside", "../../shared"], "{}", built.warnings.join("\n"));
    for (folder, name) in [("crates/shop/spec", "tickets"), ("crates/shop/beside", "beside"), ("shared", "shared")] {
        package.write(&format!("{folder}/actions/{name}.yaml"), "action: X\nefect: read\n");
        let errors = package.build_with(&["-p", "shop"]).errors.join("\n");
        let place = format!("--> {folder}/actions/{name}.yaml:2:1");
        assert!(errors.contains(&place), "{place} is not in {errors}");
        write_action(&package, folder, name);
    }
}
