//! A raw specification.

use super::action::RawAction;
use super::callback::RawCallback;
use super::gateway::RawGateway;
use super::types::RawTypes;

/// The content of a folder.
#[derive(Debug, Default)]
pub struct RawSpec {
    /// The name of the folder in messages.
    pub shown: String,
    /// Every file that was read, relative to the folder.
    pub files: Vec<String>,
    /// Files that are not YAML, by the names in messages; their declarations are unknown.
    pub unreadable: Vec<String>,
    /// `gateway.yaml`.
    pub gateway: Option<RawGateway>,
    /// `types.yaml`.
    pub types: RawTypes,
    /// `callbacks.yaml`.
    pub callbacks: Vec<RawCallback>,
    /// `actions/*.yaml` by stem, sorted; `None` if the file could not be read.
    pub actions: Vec<(String, Option<RawAction>)>,
    /// Whether it has only some of the actions: those of a specification that another one extends.
    pub is_partial: bool,
}
