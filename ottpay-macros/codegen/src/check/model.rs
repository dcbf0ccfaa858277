//! The checked model, the input of the emitter: every index is valid, and every name is a Rust name. No other crate can
//! create or change it.

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
