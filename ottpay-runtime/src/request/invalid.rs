//! Why a request is not sent.

use std::borrow::Cow;

use crate::field::Problem;
use crate::spec::{ActionInfo, FieldInfo};

/// A request that violates the specification. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{action}: {field}: {problem} (declared at {file}:{line})")]
pub struct InvalidRequest {
    action: &'static str,
    field: Cow<'static, str>,
    problem: Problem,
    file: &'static str,
    line: u32,
}

impl InvalidRequest {
    pub(super) fn new(info: &'static ActionInfo, field: &'static FieldInfo, problem: Problem) -> Self {
        Self { line: field.line, ..Self::for_action(info, field.name, problem) }
    }

    /// For a problem of the call as a whole, not of one field.
    pub(crate) fn for_action(info: &'static ActionInfo, what: impl Into<Cow<'static, str>>, problem: Problem) -> Self {
        Self { action: info.action, field: what.into(), problem, file: info.file, line: info.line }
    }

    /// Returns the action's name on the wire.
    pub fn action(&self) -> &'static str {
        self.action
    }

    /// Returns the field's name on the wire; `path` if the call used an invalid path, `merchant_id` if another
    /// merchant's client built the request.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Returns the problem of the field.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}
