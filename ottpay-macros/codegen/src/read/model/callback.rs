//! The raw `callbacks.yaml`.

use ottpay_vocabulary::{Evidence, WordSet as _};

use super::example::RawValues;
use super::field::RawField;
use crate::read::declaration::map;
use crate::read::located::Located;
use crate::read::value::Flag;

map! {
    /// A callback: a message that the gateway posts to the merchant.
    pub struct RawCallback("the callback `{name}`", name) {
        /// One sentence that describes it.
        summary (required): Option<Located<String>>,
        /// The vendor's page, as `host/path` or by its name in `pages`.
        page (required): Option<Located<String>>,
        /// Default evidence of its fields: a page of the vendor, public clients, or none.
        evidence [Evidence::WORDS]: Option<Located<String>>,
        /// The fields inside `data`, by their names on the wire.
        fields: Vec<RawField>,
        /// Name of the client's method, if it is not the callback's name with `_callback`.
        method: Option<Located<String>>,
        /// `true`: intentionally, no action names it.
        standalone: Flag,
        /// Points that the vendor does not document.
        unknown: Vec<Located<String>>,
        /// Sample messages, each with a name in snake_case. They are checked against the fields.
        examples: Vec<(Located<String>, RawValues)>,
    }
}
