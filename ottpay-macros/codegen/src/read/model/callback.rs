//! `callbacks.yaml`, word for word.

use ottpay_vocabulary::{Evidence, WordSet as _};

use super::example::RawValues;
use super::field::RawField;
use crate::read::declaration::map;
use crate::read::located::Located;
use crate::read::value::Flag;

map! {
    /// A callback: what the gateway posts to the merchant.
    pub struct RawCallback("the callback `{name}`", name) {
        /// One sentence on what it reports.
        summary (required): Option<Located<String>>,
        /// The vendor's page that describes it, as `host/path` or by its name in `pages`.
        page (required): Option<Located<String>>,
        /// Evidence of its fields, where they do not state it themselves: a page of the vendor, clients in the
        /// field, or none.
        evidence [Evidence::WORDS]: Option<Located<String>>,
        /// The fields inside `data`, by their names on the wire.
        fields: Vec<RawField>,
        /// Name of the client's method, where it is not the callback's with `_callback`.
        method: Option<Located<String>>,
        /// `true`: no action names it, on purpose.
        standalone: Flag,
        /// What the vendor does not document.
        unknown: Vec<Located<String>>,
        /// Sample messages, each under a name in snake_case. They are checked against the fields.
        examples: Vec<(Located<String>, RawValues)>,
    }
}
