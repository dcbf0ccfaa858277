//! The compiled specification: plain static data that says what every action, field and code is.
//!
//! The macro emits one [`Gateway`] with everything in it. The client, the sandbox and every tool read it; nothing parses
//! YAML at run time. Only generated code builds these structs, and it moves together with this crate; building one by hand
//! is not covered by semantic versioning: members may be added at any time.

mod acknowledgement;
mod action;
mod alike;
mod callback;
mod declared;
mod field;
mod gateway;
mod join;
mod query;

pub use acknowledgement::Acknowledgement;
pub use action::{ActionInfo, Example, QueryInfo};
pub use callback::CallbackInfo;
pub use field::{EnumInfo, FieldInfo, Kind, ObjectInfo};
pub use gateway::{CodeInfo, Gateway, joined};
pub use join::JoinError;
pub use ottpay_vocabulary::{
    Charset, CodeClass, Compare, Effect, Encoding, Evidence, Fill, Limits, Moves, Protocol, Role, Rule, WordSet,
};
pub use query::{QueryField, QueryValue};
