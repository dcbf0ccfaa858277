//! The blocks of `docs/spec-language.md`: a specification with everything that the language has, and code that uses it.

use std::collections::BTreeMap;

const GUIDE: &str = include_str!("../../../docs/spec-language.md");

/// The fenced blocks of the guide: the text after the fence, and the lines inside.
fn blocks() -> Vec<(&'static str, &'static str)> {
    let fences: Vec<&str> = GUIDE.split("\n```").collect();
    let inside = fences.iter().skip(1).step_by(2).map(|block| block.split_once('\n').unwrap());
    inside.collect()
}

/// The blocks with a label, each with a line break at its end.
pub(crate) fn labelled(label: &str) -> Vec<String> {
    let blocks = blocks().into_iter().filter(|(known, _)| *known == label);
    blocks.map(|(_, block)| format!("{block}\n")).collect()
}

/// The files of the guide's package under their names, without the one that private actions do not have.
pub(crate) fn files_of_private_actions() -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for block in labelled("yaml") {
        let name = block.lines().next().unwrap().trim_start_matches("# ").to_owned();
        files.entry(name).or_default().push_str(&block);
    }
    files.remove("spec/gateway.yaml").unwrap();
    files
}
