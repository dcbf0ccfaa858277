//! What a commit to the database file waits for.

/// What a commit to a database file waits for before it is answered. In both cases a killed process loses nothing that was
/// answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Synchronous {
    /// For the operating system: if the power fails, the last commits may be lost, although they were answered. The file
    /// stays whole.
    #[default]
    Normal,
    /// For the disk: a power failure loses nothing that was answered, either. Slower, as each group of requests that arrive
    /// together waits for the disk once.
    Full,
}

impl Synchronous {
    /// Its name in SQLite's `PRAGMA synchronous`.
    pub(crate) fn pragma(self) -> &'static str {
        match self {
            Self::Normal => "NORMAL",
            Self::Full => "FULL",
        }
    }
}
