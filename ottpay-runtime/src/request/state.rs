//! Whether a field of a builder is set, as a type.

/// State of a builder's field that has not been set.
#[derive(Debug)]
pub enum Unset {}

/// State of a builder's field that has been set.
#[derive(Debug)]
pub enum Set {}
