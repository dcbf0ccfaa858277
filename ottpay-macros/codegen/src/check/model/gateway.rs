//! The checked gateway.

use ottpay_vocabulary::{Cipher, CodeClass, Framing};

use crate::diagnostic::Position;

/// The gateway.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Gateway {
    /// Base URL.
    pub base_url: String,
    /// Path of actions without their own.
    pub path: String,
    /// Further paths at which the gateway accepts actions.
    pub other_paths: Vec<String>,
    /// How requests are framed.
    pub framing: Framing,
    /// How `data` is encrypted.
    pub cipher: Cipher,
    /// Status, content type and body of the answer to a callback.
    pub acknowledgement: (u16, String, String),
    /// Response codes.
    pub codes: Vec<Code>,
    /// Points that the vendor does not document.
    pub unknown: Vec<String>,
    /// The vendor's page.
    pub page: String,
    /// Position of the declaration.
    pub source: Position,
}

/// A response code.
#[derive(Debug, Clone)]
pub struct Code {
    /// The code, in upper case.
    pub code: String,
    /// Name of the variant of `ResponseCode`.
    pub variant: String,
    /// What it means, or `None` if the vendor does not document it.
    pub class: Option<CodeClass>,
    /// Explanation.
    pub doc: String,
    /// Position of the declaration.
    pub source: Position,
}
