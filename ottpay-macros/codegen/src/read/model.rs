//! The raw model: what the files say, word for word.

mod action;
mod callback;
mod example;
mod field;
mod gateway;
mod types;

pub use action::{RawAction, RawMethod};
pub use callback::RawCallback;
pub use example::{RawExample, RawValues};
pub use field::RawField;
pub use gateway::{RawAcknowledgement, RawCode, RawGateway};
pub use types::{RawEnum, RawObject, RawTypes, RawWord};

/// Everything in a folder.
#[derive(Debug)]
pub struct RawSpec {
    /// What messages call the folder.
    pub shown: String,
    /// Every file that was read, relative to the folder.
    pub files: Vec<String>,
    /// `gateway.yaml`.
    pub gateway: Option<RawGateway>,
    /// `types.yaml`.
    pub types: RawTypes,
    /// `callbacks.yaml`.
    pub callbacks: Vec<RawCallback>,
    /// `actions/*.yaml`, by file name.
    pub actions: Vec<RawAction>,
}

impl RawSpec {
    pub(super) fn new(shown: &str) -> Self {
        Self {
            shown: shown.to_owned(),
            files: Vec::new(),
            gateway: None,
            types: RawTypes::default(),
            callbacks: Vec::new(),
            actions: Vec::new(),
        }
    }
}
