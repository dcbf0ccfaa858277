//! The raw model: what the files say, word for word.

mod action;
mod callback;
mod example;
mod field;
mod gateway;
mod types;

pub use action::{ListedMethods, Methods, RawAction, RawMethod};
pub use callback::RawCallback;
pub use example::{RawExample, RawValues};
pub use field::RawField;
pub use gateway::{RawAcknowledgement, RawCode, RawGateway};
pub use types::{RawEnum, RawObject, RawTypes, RawWord};

/// Everything in a folder.
#[derive(Debug, Default)]
pub struct RawSpec {
    /// What messages call the folder.
    pub shown: String,
    /// Every file that was read, relative to the folder.
    pub files: Vec<String>,
    /// Files that are no YAML, as shown: what they declare is not known.
    pub unreadable: Vec<String>,
    /// `gateway.yaml`.
    pub gateway: Option<RawGateway>,
    /// `types.yaml`.
    pub types: RawTypes,
    /// `callbacks.yaml`.
    pub callbacks: Vec<RawCallback>,
    /// `actions/*.yaml` with their names without `.yaml`, sorted; nothing if the file cannot be read.
    pub actions: Vec<(String, Option<RawAction>)>,
}
