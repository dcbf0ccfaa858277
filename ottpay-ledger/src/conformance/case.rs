//! A case of the suite, and how it fails.

use super::bench::{Bench, Wrong};
use crate::store::BoxFuture;

/// A case of the suite.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Case {
    /// The name of the case, which is a sentence about behaviour.
    pub name: &'static str,
    pub(super) run: for<'a> fn(&'a Bench) -> BoxFuture<'a, Result<(), Wrong>>,
}

/// The case that a store failed.
#[derive(Debug, thiserror::Error)]
#[error("the store fails the conformance case `{case}`: {why}")]
pub struct Failed {
    case: &'static str,
    why: String,
}

impl Failed {
    pub(super) fn new(case: &'static str, why: String) -> Self {
        Self { case, why }
    }

    /// The name of the case.
    pub fn case(&self) -> &'static str {
        self.case
    }
}
