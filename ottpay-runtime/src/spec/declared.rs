//! Constructors with which generated code declares a field: one call for a plain field, and one more for each property
//! in which it differs. A call is cheap to compile. A literal with all members is not: the compiler checks, lowers and
//! evaluates each of them, for every field of every action.

use ottpay_vocabulary::{Charset, Encoding, Evidence, Fill, Limits, Role};

use super::field::{FieldInfo, Kind, ObjectInfo};

#[doc(hidden)]
impl FieldInfo {
    /// Declares a required field.
    pub const fn required(name: &'static str, kind: Kind, doc: &'static str, line: u32) -> Self {
        Self { name, kind, doc, line, ..Self::PLAIN }
    }

    /// Declares an optional field.
    pub const fn optional(name: &'static str, kind: Kind, doc: &'static str, line: u32) -> Self {
        Self { required: false, ..Self::required(name, kind, doc, line) }
    }

    /// Adds other names under which the field is received.
    #[must_use]
    pub const fn with_aliases(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    /// Allows a request to omit the field although it is required.
    #[must_use]
    pub const fn with_may_omit(self) -> Self {
        Self { may_omit: true, ..self }
    }

    /// Puts the field outside `data`.
    #[must_use]
    pub const fn with_outer(self) -> Self {
        Self { outer: true, ..self }
    }

    /// Hides the value everywhere.
    #[must_use]
    pub const fn with_sensitive(self) -> Self {
        Self { sensitive: true, ..self }
    }

    /// Restricts the field to the values that the action accepts.
    #[must_use]
    pub const fn with_only(self, only: &'static [&'static str]) -> Self {
        Self { only, ..self }
    }

    /// Sets an encoding of the value.
    #[must_use]
    pub const fn with_encoding(self, encoding: Encoding) -> Self {
        Self { encoding, ..self }
    }

    /// Sets a source of the description other than the vendor.
    #[must_use]
    pub const fn with_evidence(self, evidence: Evidence) -> Self {
        Self { evidence, ..self }
    }

    /// Sets the value that the client writes.
    #[must_use]
    pub const fn with_constant(self, constant: &'static str) -> Self {
        Self { constant: Some(constant), ..self }
    }

    /// Sets the source from which the client takes the value.
    #[must_use]
    pub const fn with_fill(self, fill: Fill<&'static str>) -> Self {
        Self { fill: Some(fill), ..self }
    }

    /// Sends the field in place of another one.
    #[must_use]
    pub const fn with_instead_of(self, other: &'static str) -> Self {
        Self { instead_of: Some(other), ..self }
    }

    /// Describes the content of a string that the caller encrypts.
    #[must_use]
    pub const fn with_content(self, content: &'static ObjectInfo) -> Self {
        Self { content: Some(content), ..self }
    }

    /// Sets the role.
    #[must_use]
    pub const fn with_role(self, role: Role) -> Self {
        Self { role: Some(role), ..self }
    }

    /// Sets limits on length and characters.
    #[must_use]
    pub const fn with_limits(self, min_len: usize, max_len: usize, charset: Charset) -> Self {
        Self { limits: Limits { min_len, max_len, charset }, ..self }
    }

    /// Sets limits that only a strict client enforces.
    #[must_use]
    pub const fn with_uncertain_limits(self, min_len: usize, max_len: usize, charset: Charset) -> Self {
        Self { lenient: true, ..self.with_limits(min_len, max_len, charset) }
    }
}
