//! No circles: the imports between the files of a crate form none, and a file with child modules counts like any other.
//! Every crate of the workspace is drawn; see `references` for what counts as an import.
//!
//! ```sh
//! cargo test --workspace --test integration circles -- --nocapture
//! ```

mod drawing;
mod made_up;
mod names;
mod references;
mod source;
mod tokens;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use drawing::Drawing;

#[test]
fn no_crate_has_a_circle_of_imports() {
    let mut failures = Vec::new();
    println!("{:<20} {:>6} {:>7} {:>8} {:>17}", "crate", "files", "arrows", "circles", "files in circles");
    for (name, crate_drawings) in crates() {
        let (mut files, mut arrows, mut circles) = (0, 0, Vec::new());
        for drawing in &crate_drawings {
            files += drawing.files.len();
            arrows += drawing.arrows();
            circles.extend(drawing.circles());
            failures.extend(drawing.problems.iter().map(|problem| format!("{name}: {problem}")));
        }
        let tied: usize = circles.iter().map(|circle| circle.files.len()).sum();
        println!("{name:<20} {files:>6} {arrows:>7} {:>8} {tied:>17}", circles.len());
        failures.extend(circles.iter().map(|circle| format!("{name}: {circle}")));
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// The drawings of every crate of the workspace: one for its library, one for each of its commands.
fn crates() -> BTreeMap<String, Vec<Drawing>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo).args(["metadata", "--no-deps", "--format-version", "1"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let workspace = PathBuf::from(metadata["workspace_root"].as_str().unwrap());
    let mut crates = BTreeMap::new();
    for package in metadata["packages"].as_array().unwrap() {
        let is_drawn = |target: &&serde_json::Value| {
            let kinds = target["kind"].as_array().unwrap();
            kinds.iter().any(|kind| kind == "lib" || kind == "proc-macro" || kind == "bin")
        };
        let roots = package["targets"].as_array().unwrap().iter().filter(is_drawn);
        let roots = roots.map(|target| Path::new(target["src_path"].as_str().unwrap()));
        let roots: Vec<&Path> = roots.map(|root| root.strip_prefix(&workspace).unwrap()).collect();
        // A package that contains only tests.
        if roots.is_empty() {
            continue;
        }
        let disk = |path: &Path| fs::read_to_string(workspace.join(path)).ok();
        let mut drawings: Vec<_> = roots.iter().map(|root| Drawing::of_crate(root, &disk)).collect();
        for folder in roots.iter().filter_map(|root| root.parent()) {
            let missing = undrawn(folder, &workspace, &drawings);
            drawings.iter_mut().take(1).for_each(|first| first.problems.extend(missing.iter().cloned()));
        }
        crates.insert(package["name"].as_str().unwrap().to_owned(), drawings);
    }
    assert!(crates.len() > 1, "no crate was found");
    crates
}

/// Files that no drawing contains: their arrows would be missed.
fn undrawn(folder: &Path, workspace: &Path, drawings: &[Drawing]) -> Vec<String> {
    let (mut missing, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(workspace.join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let path = folder.join(entry.file_name());
            let is_read = |drawing: &Drawing| drawing.files.contains(&path) || drawing.test_files.contains(&path);
            if entry.path().is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !drawings.iter().any(is_read) {
                missing.push(format!("{}: no module is in this file", path.display()));
            }
        }
    }
    missing
}
