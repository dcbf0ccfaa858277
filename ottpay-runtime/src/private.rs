//! What only generated code calls. Not part of the interface: `ottpay` re-exports it as `__private`.

pub use crate::link::browser::returned;
pub use crate::reply::typed::{Arrived, Typed, nested, way};
pub use crate::request::declared::Declared;
pub use crate::request::draft::Draft;

mod unnameable {
    pub trait Unnameable {}
}

/// What no type implements, and none can.
pub trait Nobody: unnameable::Unnameable {}
