//! Which database is opened, and how.

use std::path::PathBuf;

#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) place: Place,
    /// Whether the file is switched to a write-ahead log.
    pub(super) is_wal: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Place {
    File(PathBuf),
    Memory,
}
