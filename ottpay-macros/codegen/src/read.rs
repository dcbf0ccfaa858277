//! First step: YAML text to a raw model, in which every scalar remembers its line and column.
//!
//! Nothing is resolved here and nothing is judged but form: a key that does not exist, a list where a map belongs, a
//! number where text belongs.

mod folder;
mod map_reader;
mod model;
mod outline;
mod shape;
mod yaml;

pub use folder::{folder, texts};
pub use map_reader::Flag;
pub(crate) use map_reader::{LOST, Map};
pub use model::*;
pub(crate) use outline::{entries_at_the_margin, names_under, text_in};
pub(crate) use shape::in_one_line;
pub use shape::{KeyShape, MapShape, Shape};

use crate::Position;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands in its file.
    pub at: Position,
}
