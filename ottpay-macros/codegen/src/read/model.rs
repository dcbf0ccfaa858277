//! The raw model: the content of the files, unresolved.

mod action;
mod callback;
mod example;
mod field;
mod gateway;
mod query;
mod spec;
mod types;

pub use action::{ListedMethods, Methods, RawAction, RawMethod};
pub use callback::RawCallback;
pub use example::{RawExample, RawValues};
pub use field::RawField;
pub use gateway::{RawAcknowledgement, RawCode, RawGateway};
pub use query::{RawNoQuery, RawQueries, RawQueriesContent, RawQuery, RawSet};
pub use spec::RawSpec;
pub(crate) use types::PAGES;
pub use types::{RawEnum, RawObject, RawPages, RawTypes, RawWord};
