//! How generated code writes a field down: a call for a plain field, and one more for each thing in which a field differs.
//! A call is cheap to compile. A literal of all members is not: the compiler checks, lowers and evaluates each of them,
//! for every field of every action.

use ottpay_vocabulary::{Charset, Encoding, Evidence, Fill, Limits, Role};

use super::field::{FieldInfo, Kind, ObjectInfo};

#[doc(hidden)]
impl FieldInfo {
    /// A field that must be there.
    pub const fn required(name: &'static str, kind: Kind, doc: &'static str, line: u32) -> Self {
        Self { name, kind, doc, line, ..Self::PLAIN }
    }

    /// A field that may be absent.
    pub const fn optional(name: &'static str, kind: Kind, doc: &'static str, line: u32) -> Self {
        Self { required: false, ..Self::required(name, kind, doc, line) }
    }

    /// With other names under which it is received.
    #[must_use]
    pub const fn with_aliases(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    /// One that a request may go without all the same.
    #[must_use]
    pub const fn with_may_omit(self) -> Self {
        Self { may_omit: true, ..self }
    }

    /// One beside `data`.
    #[must_use]
    pub const fn with_outer(self) -> Self {
        Self { outer: true, ..self }
    }

    /// One whose value is never shown.
    #[must_use]
    pub const fn with_sensitive(self) -> Self {
        Self { sensitive: true, ..self }
    }

    /// With the only words that the action takes.
    #[must_use]
    pub const fn with_only(self, only: &'static [&'static str]) -> Self {
        Self { only, ..self }
    }

    /// Written in another way than as it is.
    #[must_use]
    pub const fn with_encoding(self, encoding: Encoding) -> Self {
        Self { encoding, ..self }
    }

    /// On the word of another source than the vendor.
    #[must_use]
    pub const fn with_evidence(self, evidence: Evidence) -> Self {
        Self { evidence, ..self }
    }

    /// With the value that the client writes.
    #[must_use]
    pub const fn with_constant(self, constant: &'static str) -> Self {
        Self { constant: Some(constant), ..self }
    }

    /// With where the client takes the value from.
    #[must_use]
    pub const fn with_fill(self, fill: Fill<&'static str>) -> Self {
        Self { fill: Some(fill), ..self }
    }

    /// One that is sent in the place of another.
    #[must_use]
    pub const fn with_instead_of(self, other: &'static str) -> Self {
        Self { instead_of: Some(other), ..self }
    }

    /// With what is inside the text that the caller encrypts.
    #[must_use]
    pub const fn with_content(self, content: &'static ObjectInfo) -> Self {
        Self { content: Some(content), ..self }
    }

    /// With the part that it plays.
    #[must_use]
    pub const fn with_role(self, role: Role) -> Self {
        Self { role: Some(role), ..self }
    }

    /// With limits on its length and characters.
    #[must_use]
    pub const fn with_limits(self, min_len: usize, max_len: usize, charset: Charset) -> Self {
        Self { limits: Limits { min_len, max_len, charset }, ..self }
    }

    /// With limits that only a strict client holds it to.
    #[must_use]
    pub const fn with_uncertain_limits(self, min_len: usize, max_len: usize, charset: Charset) -> Self {
        Self { lenient: true, ..self.with_limits(min_len, max_len, charset) }
    }
}
