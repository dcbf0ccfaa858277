//! How the project's own YAML is laid out.

use std::fs;
use std::path::{Path, PathBuf};

use ottpay_codegen::{Folder, MAX_WIDTH, wide_lines as warnings};

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

#[test]
fn a_line_that_is_too_wide_is_a_warning_at_its_place() {
    let package = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("layout");
    fs::create_dir_all(package.join("spec/actions")).unwrap();
    // Columns are characters, and not bytes.
    let doc = "é".repeat(MAX_WIDTH);
    fs::write(package.join("spec/actions/ask.yaml"), format!("# {}\naction: ASK\ndoc: {doc}\n", &doc[..216])).unwrap();
    let found = warnings(&Folder::from_name("spec", &package, None).unwrap());
    assert_eq!(found.len(), 1);
    let place = &found[0].place.position;
    assert_eq!((&*place.file, place.line, place.column), ("spec/actions/ask.yaml", 3, 111));
    let shown = found[0].render(false);
    assert!(shown.starts_with("warning: the line is 115 columns wide, expected at most 110\n"), "{shown}");
    assert!(shown.contains(" --> spec/actions/ask.yaml:3:111"), "{shown}");
}
