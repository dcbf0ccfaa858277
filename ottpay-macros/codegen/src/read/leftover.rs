//! Recognises files that are not actions: leftovers of editors, tools and file managers, and notes for people.

/// Extensions of copies and backups.
const ENDINGS: [&str; 23] = [
    ".backup",
    ".bak",
    ".bck",
    ".bkp",
    ".crdownload",
    ".diff",
    ".mine",
    ".old",
    ".orig",
    ".part",
    ".patch",
    ".rej",
    ".yaml.r",
    ".save",
    ".temp",
    ".tmp",
    ".vsctmp",
    "___jb_bak___",
    "___jb_old___",
    "___jb_tmp___",
    ":zone.identifier",
    // Files of other tools, and notes for people.
    ".bazel",
    ".md",
];

/// Files that file managers create.
const NAMES: [&str; 8] = ["__macosx", "desktop.ini", "ehthumbs.db", "icon\r", "license", "readme", "tags", "thumbs.db"];

/// Whether to ignore a file. A possible action is not ignored, for example `refund.yml` or `refund.yaml.txt`.
pub(super) fn is_leftover(name: &str) -> bool {
    let name = name.to_lowercase();
    // Copies are numbered, and Vim creates files such as `4913` to find out whether it may write.
    let unnumbered = name.trim_end_matches(|character: char| character.is_ascii_digit() || ".-".contains(character));
    // The temporary file of `sed -i`.
    let is_of_sed = name.len() == 9 && name.starts_with("sed") && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    // Vim's swap files end in `.swp`, and in `.swo`, `.swn` and so on if that one exists.
    let is_swap = name.len() > 4 && name.get(..name.len() - 1).is_some_and(|start| start.ends_with(".sw"));
    name.starts_with(['.', '~'])
        || name.ends_with('~')
        || (name.starts_with('#') && name.ends_with('#'))
        || unnumbered.is_empty()
        || is_swap
        || is_of_sed
        || ENDINGS.iter().any(|ending| unnumbered.ends_with(ending))
        || NAMES.contains(&&*name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_editors_and_file_managers_are_ignored() {
        for name in [
            // Emacs: copies, numbered copies, unsaved text, locks.
            "refund.yaml~",
            "refund.yaml.~12~",
            "#refund.yaml#",
            ".#refund.yaml",
            // Vim: swap files, undo files, and its test for write access.
            ".refund.yaml.swp",
            ".refund.yaml.swo",
            "refund.yaml.swp",
            "refund.yaml.swx",
            ".refund.yaml.un~",
            "4913",
            "sedA1b2C3",
            "refund.yaml.mine",
            "refund.yaml.r42",
            "refund.yaml.patch",
            "refund.yaml.bak-2024-01-01",
            "refund.yaml:Zone.Identifier",
            "BUILD.bazel",
            "LICENSE",
            "TAGS",
            "5036",
            // Kate, nano, Helix, Visual Studio Code, IDEs of JetBrains, office suites.
            ".refund.yaml.kate-swp",
            "refund.yaml.save",
            "refund.yaml.save.1",
            "refund.yamlq3kP0a.bck",
            "refund.yaml.vsctmp",
            "refund.yaml___jb_tmp___",
            "refund.yaml___jb_old___",
            "~$refund.yaml",
            // Merges, patches, copies, downloads.
            "refund.yaml.orig",
            "refund.yaml.rej",
            "refund.yaml.bak",
            "refund.yaml.BAK",
            "refund.bak2",
            "refund.yaml.old",
            "refund.yaml.tmp",
            "refund.yaml.tmp.1234",
            "refund.yaml.part",
            // File managers and version control.
            ".DS_Store",
            "._refund.yaml",
            "Thumbs.db",
            "desktop.ini",
            "Desktop.ini",
            "Icon\r",
            ".gitkeep",
            ".gitattributes",
            ".nfs000000000123",
            // Notes for people.
            "README.md",
            "README",
            "notes.md",
        ] {
            assert!(is_leftover(name), "{name}");
        }
    }

    #[test]
    fn similar_file_names_are_not_ignored() {
        for name in [
            "refund.yaml",
            "refund.yml",
            "refund.YAML",
            "refund.Yaml",
            "refund.yaml.txt",
            "refund.txt",
            "refund.json",
            "refund.yaml.yaml",
            "refund",
            "refund (1).yaml",
            "refund 2.yaml",
            "refund.2.yaml",
            "refund_tmp.yaml",
            "bak.yaml",
            "readme.yaml",
            "sw.yaml",
            "swp",
            "actions",
            "action",
            "type.yaml",
        ] {
            assert!(!is_leftover(name), "{name}");
        }
    }
}
