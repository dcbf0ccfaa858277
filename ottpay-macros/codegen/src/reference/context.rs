//! What every section of the reference looks up.

use super::anchors::Anchors;
use super::fields::Fields;
use crate::check::Spec;

/// The specification that is described, with its headings. Each section is in a file of its own.
pub(super) struct Reference<'a> {
    pub(super) spec: &'a Spec,
    pub(super) anchors: &'a Anchors<'a>,
    pub(super) fields: Fields<'a>,
}
