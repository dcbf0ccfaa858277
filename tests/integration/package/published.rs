//! The packages that are published: what they tell a registry, which files are in them, and which compiler they need.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The top-level files of each package, in addition to the files that all have.
const CONTENTS: [(&str, &[&str]); 9] = [
    ("ottpay", &["CHANGELOG.md", "build.rs", "spec", "src"]),
    ("ottpay-cli", &["src"]),
    ("ottpay-codegen", &["src"]),
    ("ottpay-ledger", &["src", "states.md", "transitions.md"]),
    ("ottpay-macros", &["src"]),
    // Its unit tests read the vectors, too.
    ("ottpay-runtime", &["src", "tests"]),
    ("ottpay-sandbox", &["src", "templates"]),
    ("ottpay-server", &["src"]),
    ("ottpay-vocabulary", &["src"]),
];

const IN_ALL: [&str; 7] = [
    ".cargo_vcs_info.json",
    "Cargo.lock",
    "Cargo.toml",
    "Cargo.toml.orig",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn run(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The packages that `cargo metadata` lists.
fn packages(arguments: &[&str]) -> Vec<Value> {
    let text = run(&[&["metadata", "--locked", "--format-version=1"], arguments].concat());
    let metadata: Value = serde_json::from_str(&text).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn published() -> Vec<Value> {
    let mut packages = packages(&["--no-deps"]);
    packages.retain(|package| package["publish"].is_null());
    packages
}

fn name(package: &Value) -> &str {
    package["name"].as_str().unwrap()
}

/// `1.89` or `1.89.0` as numbers that can be compared.
fn parse_compiler(version: &str) -> (u32, u32, u32) {
    let mut parts = version.split('.').map(|part| part.parse().unwrap());
    (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap_or(0))
}

#[test]
fn a_published_package_contains_its_licences_its_readme_and_its_sources() {
    let packages = published();
    let names: BTreeSet<&str> = packages.iter().map(name).collect();
    assert_eq!(names, CONTENTS.iter().map(|(name, _)| *name).collect());
    for (name, contents) in CONTENTS {
        let list = run(&["package", "--list", "--allow-dirty", "-p", name]);
        let top: BTreeSet<&str> = list.lines().map(|path| path.split('/').next().unwrap()).collect();
        let expected: BTreeSet<&str> = IN_ALL.iter().chain(contents).copied().collect();
        // The unpacked sources are not in a repository.
        let expected: BTreeSet<&str> = match root().join(".git").exists() {
            true => expected,
            false => expected.into_iter().filter(|path| *path != ".cargo_vcs_info.json").collect(),
        };
        assert_eq!(top, expected, "{name}");
    }
}

#[test]
fn the_published_library_contains_every_file_of_the_specification() {
    let list = run(&["package", "--list", "--allow-dirty", "-p", "ottpay"]);
    let listed: BTreeSet<String> = list.lines().filter(|path| path.starts_with("spec/")).map(str::to_owned).collect();
    let mut there = BTreeSet::new();
    for folder in ["spec", "spec/actions"] {
        for entry in fs::read_dir(root().join(folder)).unwrap().map(Result::unwrap) {
            if entry.path().is_file() {
                there.insert(format!("{folder}/{}", entry.file_name().to_str().unwrap()));
            }
        }
    }
    assert!(there.len() > 20, "{there:?}");
    assert_eq!(listed, there);
}

#[test]
fn a_published_package_states_its_purpose_and_its_origin() {
    for package in published() {
        for key in ["description", "license", "repository", "documentation", "readme", "rust_version"] {
            assert!(package[key].as_str().is_some_and(|text| !text.is_empty()), "{}: {key}", name(&package));
        }
        let description = package["description"].as_str().unwrap();
        assert!(description.len() <= 160 && !description.ends_with('.'), "{}: {description}", name(&package));
        let keywords: Vec<&str> = package["keywords"].as_array().unwrap().iter().map(|k| k.as_str().unwrap()).collect();
        assert!((1..=5).contains(&keywords.len()), "{}: {keywords:?}", name(&package));
        for keyword in keywords {
            let has_right_form = keyword.len() <= 20
                && keyword.starts_with(|first: char| first.is_ascii_alphanumeric())
                && keyword.chars().all(|c| c.is_ascii_alphanumeric() || "_-+".contains(c));
            assert!(has_right_form, "{}: {keyword}", name(&package));
        }
        assert!((1..=5).contains(&package["categories"].as_array().unwrap().len()), "{}", name(&package));
    }
}

#[test]
fn a_published_package_documents_its_features() {
    let packages = published();
    let features_of = |package: &Value| -> BTreeSet<String> {
        let features = package["features"].as_object().unwrap().keys().cloned();
        features.filter(|feature| feature != "default" && !feature.starts_with("__")).collect()
    };
    let find = |wanted: &str| packages.iter().find(|package| name(package) == wanted).unwrap();
    // Its page refers to that of `ottpay`.
    assert_eq!(features_of(find("ottpay-runtime")), features_of(find("ottpay")));

    let mut documented = 0;
    for package in packages.iter().filter(|package| name(package) != "ottpay-runtime") {
        let folder = Path::new(package["manifest_path"].as_str().unwrap()).parent().unwrap();
        let crate_page = fs::read_to_string(folder.join("src/lib.rs")).ok();
        let page = crate_page.clone().unwrap_or_else(|| fs::read_to_string(folder.join("README.md")).unwrap());
        let features = features_of(package);
        for feature in &features {
            let in_table = page.contains(&format!("| `{feature}` |"));
            assert!(in_table || page.contains(&format!("feature `{feature}`")), "{}: {feature}", name(package));
        }
        documented += features.len();
        // docs.rs documents no features by default, and does not mark what needs one.
        if let Some(crate_page) = crate_page.filter(|_| !features.is_empty()) {
            let settings = &package["metadata"]["docs"]["rs"];
            let expected = serde_json::json!({ "all-features": true, "rustdoc-args": ["--cfg", "docsrs"] });
            assert_eq!(settings, &expected, "{}", name(package));
            assert!(crate_page.contains("#![cfg_attr(docsrs, feature(doc_cfg))]"), "{}", name(package));
        }
    }
    assert!(documented >= 16, "{documented}");
}

#[test]
fn packages_of_the_project_need_each_other_in_exactly_one_version() {
    let packages = published();
    let names: BTreeSet<&str> = packages.iter().map(name).collect();
    for package in &packages {
        let dependencies = package["dependencies"].as_array().unwrap();
        for dependency in dependencies.iter().filter(|dependency| names.contains(name(dependency))) {
            let expected = match dependency["kind"].as_str() {
                // A package must not need one that is published after it, and a version would mean that it does.
                Some("dev") if dependency["req"] == "*" => continue,
                _ => format!("={}", package["version"].as_str().unwrap()),
            };
            assert_eq!(dependency["req"], expected, "{} needs {}", name(package), name(dependency));
        }
    }
}

#[test]
fn no_dependency_needs_a_newer_compiler_than_is_promised() {
    let host = Command::new("rustc").args(["--print", "host-tuple"]).output().unwrap();
    let host = String::from_utf8(host.stdout).unwrap();
    let packages = packages(&["--all-features", "--filter-platform", host.trim()]);
    let promised: BTreeSet<String> =
        published().iter().map(|package| package["rust_version"].as_str().unwrap().to_owned()).collect();
    let [promised] = Vec::from_iter(promised).try_into().unwrap();
    let mut seen = 0;
    for package in &packages {
        let Some(needed) = package["rust_version"].as_str() else { continue };
        seen += 1;
        let is_kept = parse_compiler(needed) <= parse_compiler(&promised);
        assert!(is_kept, "{} {} needs Rust {needed}, and {promised} is promised", name(package), package["version"]);
    }
    assert!(seen > 100, "{seen}");
}
