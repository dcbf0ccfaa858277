//! A checked query: a read that reports the outcome of a write.

use ottpay_vocabulary::Evidence;

use crate::diagnostic::Position;

/// The source of a query field's value.
pub type QueryValue = ottpay_vocabulary::QueryValue<String>;

/// A read that reports the outcome of a write.
#[derive(Debug, Clone)]
pub struct Query {
    /// The read, by the name of its method.
    pub action: String,
    /// Whether the read belongs to the specification that this one extends.
    pub from_library: bool,
    /// Fields of the read by wire name, each with the source of its value, in the order of the file.
    pub set: Vec<(String, QueryValue)>,
    /// The evidence that the read serves this write.
    pub evidence: Evidence,
    /// Position of the declaration.
    pub source: Position,
}

impl Query {
    /// Describes the evidence, if it is not the vendor's, as a remark after the query's name.
    pub(crate) fn evidence_in_words(&self) -> &'static str {
        match self.evidence {
            Evidence::Vendor => "",
            Evidence::Clients => " (seen in clients)",
            Evidence::Assumed => " (**assumed**)",
        }
    }
}
