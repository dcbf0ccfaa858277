//! Paths without `.` and `..`.

use std::path::{Component, Path, PathBuf};

/// Removes `.` and `..` from a path, unless that changes its target: after a symbolic link, `..` leads elsewhere.
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

/// Returns the relative path from one folder to another, both without `.` and `..`.
pub(super) fn relative_path(from: &Path, to: &Path) -> PathBuf {
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(to.components().skip(shared)).collect()
}
