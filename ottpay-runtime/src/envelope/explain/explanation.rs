//! The result of an explanation: text for people, step by step.

use std::fmt;

use zeroize::Zeroizing;

use crate::SignKey;

/// The result of [`explain`](super::explain). All text is **unverified** unless [`Explanation::is_verified`] is true.
///
/// No text contains the sign key, even where a sender has put it by mistake, unless it is shorter than 8 characters.
/// `Debug` shows no value and no key.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Explanation {
    /// The steps up to and including the one that failed, or all of them.
    pub steps: Vec<Step>,
    pub(super) is_verified: bool,
    pub(super) derivation: Option<Derivation>,
    pub(super) plaintext: Option<Zeroizing<String>>,
    pub(super) fields: Vec<(String, String)>,
    pub(super) md5_received: Option<String>,
    pub(super) md5_computed: Option<String>,
    pub(super) concatenation: Option<String>,
    /// How much the search for a cause has cost.
    #[cfg(test)]
    pub(super) work: usize,
}

impl Explanation {
    /// Whether the message decrypts and matches the digest that it states.
    pub fn is_verified(&self) -> bool {
        self.is_verified
    }

    /// Returns why the message cannot be opened; `None` if it can.
    pub fn problem(&self) -> Option<&Failure> {
        self.steps.iter().find_map(|step| step.failure.as_ref())
    }

    /// Returns how the key of this message was derived, if this step was reached. Secret: anyone with
    /// this key can read the message.
    pub fn derivation(&self) -> Option<&Derivation> {
        self.derivation.as_ref()
    }

    /// Returns the encrypted text, if it can be decrypted.
    pub fn plaintext(&self) -> Option<&str> {
        self.plaintext.as_ref().map(|text| text.as_str())
    }

    /// Name and value of each field as a string, in the order of the digest.
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// Returns the `md5` of the message, as it was received.
    pub fn md5_received(&self) -> Option<&str> {
        self.md5_received.as_deref()
    }

    /// Returns the digest that the values have, if they could be read.
    pub fn md5_computed(&self) -> Option<&str> {
        self.md5_computed.as_deref()
    }

    /// Returns the text that is digested, if the values could be read.
    pub fn concatenation(&self) -> Option<&str> {
        self.concatenation.as_deref()
    }

    /// Removes the sign key from places where a sender has put it by mistake.
    pub(super) fn hide_key(&mut self, key: &SignKey) {
        let Ok(key) = std::str::from_utf8(key.as_bytes()) else { return };
        // No real key is that short, and a short string may occur anywhere.
        if key.len() < 8 {
            return;
        }
        // The derivation need not be searched: it contains a digest and a part of it.
        let steps = self.steps.iter_mut().flat_map(|Step { details, failure, .. }| {
            let failure = failure.iter_mut().flat_map(|Failure { what, cause }| std::iter::once(what).chain(cause));
            details.iter_mut().chain(failure)
        });
        let fields = self.fields.iter_mut().flat_map(|(name, value)| [name, value]);
        let texts = self.plaintext.iter_mut().map(|text| &mut **text);
        let outer = self.md5_received.iter_mut().chain(&mut self.concatenation);
        for text in steps.chain(fields).chain(texts).chain(outer) {
            if text.contains(key) {
                *text = text.replace(key, "[sign key]");
            }
        }
    }
}

impl fmt::Debug for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Explanation");
        out.field("steps", &self.steps).field("is_verified", &self.is_verified).finish_non_exhaustive()
    }
}

/// A step of opening. `Debug` hides the details.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// What the step does.
    pub title: &'static str,
    /// What the step found, one line each. This includes the values of fields.
    pub details: Vec<String>,
    /// Why the step failed.
    pub failure: Option<Failure>,
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Step");
        out.field("title", &self.title).field("details", &self.details.len()).field("failure", &self.failure).finish()
    }
}

/// Why a step failed. It names fields, but contains neither values nor keys.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// What was expected and what was found.
    pub what: String,
    /// The mistake that the sender probably made, in code or configuration, and what to do instead.
    pub cause: Option<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// The key of a single message and the digest from which it was cut. Shown only on request: `Debug` hides it, and its
/// memory is wiped when it is dropped.
#[derive(Clone)]
pub struct Derivation {
    pub(super) digest: Zeroizing<String>,
    pub(super) key: Zeroizing<String>,
}

impl Derivation {
    /// The title of the step that derives the key.
    pub const STEP: &'static str = "derive the key";

    /// Returns the MD5 of `md5` and the sign key, as 32 upper-case hex digits.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Returns the 16 characters of the digest that are the key.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Debug for Derivation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Derivation(..)")
    }
}
