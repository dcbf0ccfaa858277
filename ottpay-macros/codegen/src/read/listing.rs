//! Lists the contents of a folder, and rejects what does not belong there.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use super::leftover::is_leftover;
use crate::diagnostic::{Diagnostics, Mistake, Position};

/// The largest number of names to read from a folder.
pub(super) const MAX_LISTED: usize = 1000;

/// The names in a folder.
#[derive(Default)]
pub(super) struct Names {
    pub(super) good: BTreeSet<String>,
    pub(super) refused: Vec<String>,
    /// Whether the list is complete: an unreadable folder is not an empty one.
    pub(super) is_known: bool,
}

/// The kind of item that belongs under a name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    File,
    Folder,
}

/// Lists the names in a folder, sorted, so that the same folder always generates the same client.
///
/// `expected` returns what belongs under a name, or advice for a name that does not belong there. Symbolic links are
/// followed.
pub(super) fn list_names(
    folder: &Path,
    shown: &str,
    diagnostics: &mut Diagnostics,
    expected: impl Fn(&str) -> Result<Expected, String>,
) -> Names {
    let mut names = Names::default();
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            let message = format!("the folder cannot be read: {error}");
            diagnostics.report(Mistake::Unreadable, &Position::start(shown), message, "it must be a folder of files");
            return names;
        }
    };
    let entries = entries.filter_map(|entry| Some(entry.ok()?.file_name()));
    // One more than allowed shows that there are too many.
    let mut found: Vec<OsString> = entries.take(MAX_LISTED + 1).collect();
    if found.len() > MAX_LISTED {
        let message = format!("the folder has more than {MAX_LISTED} entries");
        diagnostics.report(Mistake::TooMany, &Position::start(shown), message, "is this the right folder?");
        return names;
    }
    names.is_known = true;
    found.sort();
    for name in found {
        let readable = name.to_string_lossy().into_owned();
        if is_leftover(&readable) {
            continue;
        }
        match find_objection(&folder.join(&name), name.to_str(), &readable, &expected) {
            None => _ = names.good.insert(readable),
            Some((mistake, message, help)) => {
                diagnostics.report(mistake, &Position::start(format!("{shown}/{readable}")), message, help);
                names.refused.push(readable);
            }
        }
    }
    names
}

/// Returns why an item does not belong in the folder, and what to do about it.
fn find_objection(
    path: &Path,
    name: Option<&str>,
    readable: &str,
    expected: impl Fn(&str) -> Result<Expected, String>,
) -> Option<(Mistake, String, String)> {
    let Some(name) = name else {
        let message = format!("the name `{readable}` is not UTF-8");
        return Some((Mistake::StrayFile, message, "rename it".to_owned()));
    };
    let expected = match expected(name) {
        Ok(expected) => expected,
        Err(help) => {
            return Some((Mistake::StrayFile, format!("`{name}` does not belong in this folder"), help));
        }
    };
    let found = match fs::metadata(path) {
        Ok(found) => found.file_type(),
        Err(error) => {
            let help = "fix the link, or make the file readable, or remove it";
            return Some((Mistake::Unreadable, format!("the file cannot be read: {error}"), help.to_owned()));
        }
    };
    // Only regular files are opened: a pipe, a socket or a device may be endless.
    let is_expected = match expected {
        Expected::File => found.is_file(),
        Expected::Folder => found.is_dir(),
    };
    (!is_expected).then(|| {
        let is = match (found.is_dir(), found.is_file()) {
            (true, _) => "a folder",
            (_, true) => "a file",
            _ => "a device, a pipe or a socket",
        };
        let wanted = if expected == Expected::File { "a file" } else { "a folder of actions" };
        (Mistake::StrayFile, format!("`{name}` is {is}, expected {wanted}"), "remove or replace it".to_owned())
    })
}
