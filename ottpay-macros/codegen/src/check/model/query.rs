//! A read that finds out what became of a write, checked.

use ottpay_vocabulary::Evidence;

use crate::diagnostic::Position;

/// Where a field of a query takes its value from.
pub type QueryValue = ottpay_vocabulary::QueryValue<String>;

/// A read that finds out what became of a write.
#[derive(Debug, Clone)]
pub struct Query {
    /// The read, by its method.
    pub action: String,
    /// Whether the read belongs to the specification that is extended.
    pub from_library: bool,
    /// Fields of the read by their names on the wire, each with where its value is from, in the order of the file.
    pub set: Vec<(String, QueryValue)>,
    /// The source of the statement that it answers for this write.
    pub evidence: Evidence,
    /// Declaration.
    pub source: Position,
}

impl Query {
    /// Who says that it answers, if it is not the vendor, as a remark after its name.
    pub(crate) fn evidence_in_words(&self) -> &'static str {
        match self.evidence {
            Evidence::Vendor => "",
            Evidence::Clients => " (seen in clients)",
            Evidence::Assumed => " (**assumed**)",
        }
    }
}
