//! The message or type that fields belong to.

use ottpay_vocabulary::Evidence;

/// The message or type that fields belong to.
pub(crate) struct Owner<'a> {
    /// Its name for messages: "REFUND", "the callback `payment`".
    pub(crate) name: &'a str,
    /// Names of methods that the generated type already has.
    pub(crate) taken: &'a [&'a str],
    /// Whether the fields are sent without an envelope, where values may be encoded.
    pub(crate) is_plain: bool,
    /// The default evidence of its fields.
    pub(crate) evidence: Option<Evidence>,
}
