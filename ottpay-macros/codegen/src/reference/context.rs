//! The data that all sections of the reference share.

use super::anchors::Anchors;
use super::fields::Fields;
use crate::check::Spec;

/// The described specification, and its headings. Each section has its own file.
pub(super) struct Reference<'a> {
    pub(super) spec: &'a Spec,
    pub(super) anchors: &'a Anchors<'a>,
    pub(super) fields: Fields<'a>,
}
