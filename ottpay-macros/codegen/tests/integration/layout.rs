//! How the project's own YAML is laid out.

use std::fs;
use std::path::{Path, PathBuf};

/// Columns that a line may take.
const MAX_WIDTH: usize = 110;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files of a folder and of the folders in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The lines that are too wide, each with its place.
fn wide_lines(file: &Path, text: &str) -> Vec<String> {
    let wide = text.lines().enumerate().filter(|(_, line)| line.chars().count() > MAX_WIDTH);
    wide.map(|(index, line)| format!("{}:{}: {line}", file.display(), index + 1)).collect()
}

#[test]
fn no_line_of_the_specification_is_wider_than_110_columns() {
    let files: Vec<_> = ["spec", "tests/unusual"].iter().flat_map(|folder| files(&root().join(folder))).collect();
    assert!(files.len() > 30, "{}", files.len());
    let wide: Vec<_> = files.iter().flat_map(|file| wide_lines(file, &fs::read_to_string(file).unwrap())).collect();
    assert!(wide.is_empty(), "lines wider than {MAX_WIDTH} columns:\n{}", wide.join("\n"));
}

#[test]
fn no_line_of_yaml_in_the_documentation_is_wider_than_110_columns() {
    for name in ["README.md", "docs/spec-language.md"] {
        let (path, text) = (root().join(name), fs::read_to_string(root().join(name)).unwrap());
        let blocks = text.split("```yaml").skip(1).map(|rest| rest.split("```").next().unwrap());
        let blocks: Vec<_> = blocks.collect();
        assert!(!blocks.is_empty(), "{name} has no YAML");
        let wide: Vec<_> = blocks.into_iter().flat_map(|block| wide_lines(&path, block)).collect();
        assert!(wide.is_empty(), "lines wider than {MAX_WIDTH} columns:\n{}", wide.join("\n"));
    }
}
