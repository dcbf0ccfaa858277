//! The pages of the crate's documentation, as a reader sees them.

use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::common::cargo;

/// Every page below a folder.
fn pages(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        match entry.path() {
            path if path.is_dir() => pages(&path, found),
            path if path.extension().is_some_and(|extension| extension == "html") => found.push(path),
            _ => {}
        }
    }
}

/// The text between the tags.
fn text(html: &str) -> String {
    html.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect()
}

/// Returns the folder of the library's pages in the folder `CI_DOC`. Without this variable, builds them first.
fn build_pages() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    if let Some(folder) = env::var_os("CI_DOC") {
        return root.join(folder).join("ottpay");
    }
    let arguments = ["doc", "--quiet", "--no-deps", "--locked", "-p", "ottpay", "--no-default-features", "--lib"];
    let output = cargo::cargo(root, &arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    cargo::target().join("doc/ottpay")
}

#[test]
fn pages_name_the_crate_that_a_shop_depends_on() {
    let folder = build_pages();
    let mut found = Vec::new();
    pages(&folder, &mut found);
    assert!(found.len() > 200, "{}", found.len());
    for page in &found {
        let seen = text(&fs::read_to_string(page).unwrap());
        for part in ["ottpay_runtime", "ottpay_vocabulary", "__ottpay", "[Client::"] {
            let at = seen.find(part).map(|at| {
                seen.chars().skip(seen[..at].chars().count().saturating_sub(80)).take(200).collect::<String>()
            });
            assert_eq!(at, None, "{}", page.display());
        }
    }

    // Builders and replies have a list of their own.
    let all = text(&fs::read_to_string(folder.join("index.html")).unwrap());
    assert!(!all.contains("ActivePayBuilder") && !all.contains("ActivePayReply"), "{all}");
    for page in ["builders/struct.ActivePayBuilder.html", "replies/struct.ActivePayReply.html", "struct.Amount.html"] {
        assert!(folder.join(page).is_file(), "{page}");
    }
    // The accepted types are documented at the setter.
    let builder = text(&fs::read_to_string(folder.join("builders/struct.ActivePayBuilder.html")).unwrap());
    for accepted in ["Accepts OrderId, or a reference to one.", "Accepts &amp;str, String, Cow&lt;str&gt; or Url, or a"]
    {
        assert!(builder.contains(accepted), "{accepted}: {builder}");
    }
}

#[test]
fn the_crate_page_has_a_row_for_each_feature() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    let (manifest, page) = (read("Cargo.toml"), read("src/lib.rs"));
    let features = manifest.split_once("[features]\n").unwrap().1.split("\n[").next().unwrap();
    let features = features.lines().filter_map(|line| line.split_once(" = [")).map(|(name, _)| name);
    let features: Vec<&str> = features.filter(|name| *name != "default").collect();
    assert!(features.contains(&"serde"), "{features:?}");
    let rows = page.lines().skip_while(|line| *line != "//! | feature | default | meaning |").skip(2);
    let rows: Vec<&str> = rows.map_while(|line| line.strip_prefix("//! | `")?.split('`').next()).collect();
    assert_eq!(rows, features);
}
