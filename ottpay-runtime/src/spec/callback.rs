//! Messages from the gateway to the merchant.

use super::field::FieldInfo;

/// One message from the gateway to the merchant.
#[derive(Debug)]
pub struct CallbackInfo {
    /// Name in `callbacks.yaml`.
    pub name: &'static str,
    /// A description of one sentence.
    pub summary: &'static str,
    /// Points that the vendor does not document.
    pub unknown: &'static [&'static str],
    /// The vendor's page.
    pub page: &'static str,
    /// Fields in the order of the file.
    pub fields: &'static [FieldInfo],
    /// Sample messages.
    pub examples: &'static [&'static [(&'static str, &'static str)]],
    /// The YAML file, as shown in messages.
    pub file: &'static str,
    /// The line in that file.
    pub line: u32,
}
