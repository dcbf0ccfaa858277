//! How a query about a write is filled.

/// The source of a query field's value.
pub type QueryValue = ottpay_vocabulary::QueryValue<&'static str>;

/// A field of a query, and the source of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryField {
    /// The name of the query's field on the wire.
    pub name: &'static str,
    /// The source of its value.
    pub value: QueryValue,
}
