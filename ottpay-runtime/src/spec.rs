//! The compiled specification: plain static data that describes every action, field and code.
//!
//! The macro emits one [`Gateway`] that contains everything. The client, the sandbox and every tool read it; YAML is
//! never parsed at run time. Only generated code builds these structs, and its version matches that of this crate.
//! Building one by hand is not covered by semantic versioning: members may be added at any time.

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
pub use gateway::{CodeInfo, Gateway, concat};
pub use join::JoinError;
pub use ottpay_vocabulary::{
    Charset, CodeClass, Compare, Effect, Encoding, Evidence, Fill, Limits, Moves, Protocol, Role, Rule, WordSet,
};
pub use query::{QueryField, QueryValue};
