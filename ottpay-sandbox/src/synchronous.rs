//! The durability of a commit to the database file.

/// What a commit to a database file waits for before the request is answered. In both cases a killed process does not
/// lose anything that was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Synchronous {
    /// The operating system: after a power failure the last commits may be lost although they were answered. The file
    /// stays consistent.
    #[default]
    Normal,
    /// The disk: a power failure does not lose anything that was answered either. This is slower, because each group of
    /// requests that arrive together waits for the disk once.
    Full,
}

impl Synchronous {
    /// Returns the value for SQLite's `PRAGMA synchronous`.
    pub(crate) fn pragma(self) -> &'static str {
        match self {
            Self::Normal => "NORMAL",
            Self::Full => "FULL",
        }
    }
}
