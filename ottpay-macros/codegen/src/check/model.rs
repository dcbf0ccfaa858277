//! The checked model: what the emitter works from. Every index is valid, every name is a Rust name. No other crate can make
//! or change one.

mod action;
mod callback;
mod field;
mod gateway;
mod query;
mod spec;
mod types;

pub use action::{Action, Example};
pub use callback::Callback;
pub use field::{Field, Fill, Kind, Side};
pub use gateway::{Code, Gateway};
pub use query::{Query, QueryValue};
pub use spec::Spec;
pub(crate) use spec::StandIns;
pub use types::{Class, Enum, Object, Word};
