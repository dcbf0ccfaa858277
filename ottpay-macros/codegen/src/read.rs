//! The first step: turns YAML into a raw model, in which every scalar remembers its file, line and column.
//!
//! It resolves nothing and checks only the form: an unknown key, a list instead of a map, a number instead of a string.

mod declaration;
mod document;
mod entries;
mod file;
mod folder;
mod leftover;
mod listing;
mod located;
mod map;
mod map_reader;
mod model;
mod node;
mod outline;
mod shape;
mod slip;
mod text;
mod value;
mod yaml;

pub use folder::{read_folder, read_texts};
pub use located::Located;
pub(crate) use located::text_or_empty;
pub(crate) use map::Map;
pub(crate) use map_reader::LOST;
pub use model::*;
pub(crate) use outline::{entries_at_the_margin, names_under, text_in};
pub(crate) use shape::in_one_line;
pub use shape::{KeyShape, MapShape, Shape};
pub use value::Flag;
