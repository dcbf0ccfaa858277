//! What only generated code calls. It is not part of the interface: a shop reaches nothing of it but by a door that says so.

pub use crate::link::browser::returned;
pub use crate::reply::typed::{Arrived, Typed, nested, way};
pub use crate::request::draft::Draft;
pub use crate::request::sealed::Declared;

mod sealed {
    pub trait Sealed {}
}

/// What nothing is, and nothing can be made to be.
pub trait Nobody: sealed::Sealed {}
