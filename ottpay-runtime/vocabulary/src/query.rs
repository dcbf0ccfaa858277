//! How a query about a write is filled.

/// The source of a query field's value. `N` is the type of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryValue<N> {
    /// A field of the write, by its name on the wire.
    Field(N),
    /// The time at which the query is sent.
    Now,
}

impl<N> QueryValue<N> {
    /// The keyword for the time at which the query is sent.
    pub const NOW: &'static str = "now";
}
