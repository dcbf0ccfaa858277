//! A setting and its source.

/// A value and its source, for messages.
#[derive(Debug, Clone)]
pub(crate) struct Setting<T> {
    pub(crate) value: T,
    /// `--endpoint`, `the variable OTTPAY_ENDPOINT`, or `` `endpoint` in ottpay.toml ``.
    pub(super) source: String,
}
