//! A specification that another one extends.

use std::collections::BTreeSet;

use crate::read::RawSpec;

/// A specification that another one extends: its files, and the methods of its client.
#[derive(Debug, Default)]
pub(crate) struct Library {
    pub(crate) raw: RawSpec,
    pub(crate) methods: BTreeSet<String>,
}
