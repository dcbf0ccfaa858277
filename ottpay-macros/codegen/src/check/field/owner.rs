//! What fields belong to.

use ottpay_vocabulary::Evidence;

/// What the fields belong to, for messages.
pub(crate) struct Owner<'a> {
    /// "REFUND", "the callback `payment`".
    pub(crate) name: &'a str,
    /// Names that generated methods have already.
    pub(crate) taken: &'a [&'a str],
    /// Whether the fields travel without an envelope, where values may be encoded.
    pub(crate) is_plain: bool,
    /// The evidence of fields that do not have their own.
    pub(crate) evidence: Option<Evidence>,
}
