//! How a query about a write is filled.

/// Where a field of a query takes its value from.
pub type QueryValue = ottpay_vocabulary::QueryValue<&'static str>;

/// A field of a query, and where its value is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryField {
    /// Name of the query's field on the wire.
    pub name: &'static str,
    /// Where its value is from.
    pub value: QueryValue,
}
