//! A whole specification, word for word.

use super::action::RawAction;
use super::callback::RawCallback;
use super::gateway::RawGateway;
use super::types::RawTypes;

/// Everything in a folder.
#[derive(Debug, Default)]
pub struct RawSpec {
    /// What messages call the folder.
    pub shown: String,
    /// Every file that was read, relative to the folder.
    pub files: Vec<String>,
    /// Files that are not YAML, as shown: what they declare is not known.
    pub unreadable: Vec<String>,
    /// `gateway.yaml`.
    pub gateway: Option<RawGateway>,
    /// `types.yaml`.
    pub types: RawTypes,
    /// `callbacks.yaml`.
    pub callbacks: Vec<RawCallback>,
    /// `actions/*.yaml` with their names without `.yaml`, sorted; nothing if the file cannot be read.
    pub actions: Vec<(String, Option<RawAction>)>,
    /// Whether it has some actions only: those of a specification that another one extends.
    pub is_partial: bool,
}
