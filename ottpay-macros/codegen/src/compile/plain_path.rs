//! Paths without `.` and `..`.

use std::path::{Component, Path, PathBuf};

/// The path without `.` and `..`, if that is the same place: after a link, `..` leads elsewhere.
pub(super) fn without_detours(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => _ = plain.pop(),
            part => plain.push(part),
        }
    }
    match (path.canonicalize(), plain.canonicalize()) {
        (Ok(real), Ok(same)) if real != same => path.to_owned(),
        _ => plain,
    }
}
