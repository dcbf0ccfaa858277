//! How an envelope opens, step by step, or where it does not and why.
//!
//! This is for people: for a command that is asked why a message is refused, and for the log of a sandbox. Programs use
//! [`open`](super::open) or [`Message::open`](super::Message::open), which hand out nothing unless all of it holds.
//! **Nothing here may be acted upon**: texts are given out as far as they could be read, verified or not, and whoever
//! sees them has to be one who may see the message.

mod blocks;
mod body_causes;
mod digest_causes;
mod key_causes;
mod keys;
#[cfg(test)]
mod tests;
mod values;
mod walk;

use std::fmt;

use zeroize::Zeroizing;

use super::cipher::Cipher;
use crate::SignKey;

/// The longest body that is explained.
pub(super) const MAX_BODY: usize = 1 << 20;

/// The longest plaintext for which ways to make it wrongly are tried out.
pub(super) const MAX_TRIED: usize = 64 << 10;

/// Explains a body: a request, a reply or a callback, as JSON, Base64 of JSON or a form.
///
/// Whether it is verified is the same as whether [`Message::read_callback`](super::Message::read_callback) and then
/// [`Message::open`](super::Message::open) give fields, but that a body over 1 MiB is not looked at.
///
/// ```
/// # use ottpay_runtime::{Cipher, SignKey, envelope::explain::explain};
/// let key = SignKey::new("6698851A525C9433")?;
/// let explanation = explain(b"<html>502 Bad Gateway</html>", &key, Cipher::Aes128Ecb);
/// let problem = explanation.problem().ok_or("a page is no message")?;
/// assert_eq!(problem.what, "expected a JSON object, the body is an HTML or XML page");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn explain(body: &[u8], key: &SignKey, cipher: Cipher) -> Explanation {
    let mut explanation = Explanation::default();
    walk::walk(body, key, cipher, &mut explanation);
    explanation.conceal(key);
    explanation
}

/// What [`explain`] found. Texts only, **unverified** unless [`Explanation::is_verified`].
///
/// The sign key is in none of them, even where a sender has put it by mistake, unless it is shorter than 8 characters.
/// `Debug` shows no value and no key.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Explanation {
    /// The steps up to the one that failed, or all of them.
    pub steps: Vec<Step>,
    is_verified: bool,
    derivation: Option<Derivation>,
    plaintext: Option<Zeroizing<String>>,
    fields: Vec<(String, String)>,
    md5_received: Option<String>,
    md5_computed: Option<String>,
    concatenation: Option<String>,
}

impl Explanation {
    /// Whether the message decrypts and has the digest it states.
    pub fn is_verified(&self) -> bool {
        self.is_verified
    }

    /// Why it does not open; nothing if it does.
    pub fn problem(&self) -> Option<&Failure> {
        self.steps.iter().find_map(|step| step.failure.as_ref())
    }

    /// How the key of this message came about, if it came to that. A secret: whoever has the key can read the message.
    pub fn derivation(&self) -> Option<&Derivation> {
        self.derivation.as_ref()
    }

    /// What was encrypted, if it decrypts to text.
    pub fn plaintext(&self) -> Option<&str> {
        self.plaintext.as_ref().map(|text| text.as_str())
    }

    /// Name and value of each field as text, in the order of the digest.
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// The `md5` of the message, as it arrived.
    pub fn md5_received(&self) -> Option<&str> {
        self.md5_received.as_deref()
    }

    /// The digest the values have, if they could be read.
    pub fn md5_computed(&self) -> Option<&str> {
        self.md5_computed.as_deref()
    }

    /// The text over which the digest is taken, if the values could be read.
    pub fn concatenation(&self) -> Option<&str> {
        self.concatenation.as_deref()
    }

    /// Takes the sign key out of what a sender put it into by mistake.
    fn conceal(&mut self, key: &SignKey) {
        let Ok(key) = std::str::from_utf8(key.as_bytes()) else { return };
        // No real key is so short, and a short text may stand anywhere.
        if key.len() < 8 {
            return;
        }
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
    /// What is done.
    pub title: &'static str,
    /// What was found, a line each. The values of fields are among it.
    pub details: Vec<String>,
    /// Why it went no further.
    pub failure: Option<Failure>,
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Step");
        out.field("title", &self.title).field("details", &self.details.len()).field("failure", &self.failure).finish()
    }
}

/// Why a step failed. It names fields, and has neither values nor keys.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// What was expected and what came.
    pub what: String,
    /// What the sender or the one who set it up has likely done, and what to do instead.
    pub cause: Option<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// The key of this one message and the digest it was cut from. Shown only when asked for: `Debug` hides it, and its
/// memory is wiped when it is dropped.
#[derive(Clone)]
pub struct Derivation {
    digest: Zeroizing<String>,
    key: Zeroizing<String>,
}

impl Derivation {
    /// The title of the step that derives it.
    pub const STEP: &'static str = "derive the key";

    /// The MD5 of `md5` and the sign key, 32 upper-case hex digits.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The 16 characters of it that are the key.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Debug for Derivation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Derivation(..)")
    }
}

/// Text without characters that would move a cursor or start a new line.
pub(super) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character.is_control() {
            true => out.extend(character.escape_default()),
            false => out.push(character),
        }
    }
    out
}
