//! What is known about a write that failed.

use std::fmt;
use std::str::FromStr;

/// What is known about a write that failed, see [`Error::outcome`](super::Error::outcome). Errors of reads have no
/// outcome, because a query that fails states nothing about the money.
///
/// A `match` has to handle every variant. This is intended: a new variant would be a new case in which a shop has to
/// decide what to do, and therefore requires a new major version of this crate.
///
/// A database column can store [`as_str`](Self::as_str), which `parse` reads again:
///
/// ```
/// # extern crate ottpay_runtime as ottpay;
/// use ottpay::Outcome;
///
/// assert_eq!(Outcome::DuplicateId.as_str(), "duplicate_id");
/// assert_eq!("duplicate_id".parse(), Ok(Outcome::DuplicateId));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use = "the outcome decides whether the request may be sent again"]
pub enum Outcome {
    /// The request can never be sent: a field violates a rule, a setting is invalid, or the transport can never work.
    ///
    /// **Certain:** nothing reached the gateway, and retrying fails in the same way. **Do:** correct the program or its
    /// settings. A loop that retries the request never ends.
    Never,
    /// The request did not reach the gateway, for example because no connection was established.
    ///
    /// **Certain:** it moved no money, and the gateway has not seen its id. **Do:** send the same request again, with
    /// the same id, now or later.
    NotSent,
    /// The gateway rejected the request with a code that the vendor documents as a rejection.
    ///
    /// **Certain**, as far as the vendor's list of codes is correct: it moved no money. Whether its id can be used
    /// again is not documented. **Do:** correct the problem that the gateway names, and send the request under a new
    /// id.
    Refused,
    /// The gateway has seen this id before.
    ///
    /// **Certain:** this attempt did not create a second order. The gateway does not report who used the id first, or
    /// with what result: an earlier attempt of this shop, or another shop, another till or a restored backup with the
    /// same merchant id. **Do:** call [`resolve`](crate::Client::resolve). Never send the payment under a new id before
    /// the first one has ended or a person has checked it.
    DuplicateId,
    /// The request may have been carried out: the reply was lost, cannot be trusted, or does not state whether it was.
    ///
    /// **Certain:** nothing. **Do:** call [`resolve`](crate::Client::resolve), which returns what is known and whether
    /// a new id is safe. Do not send the request again, whether with the same id or with another one.
    Unknown,
}

impl Outcome {
    /// Every outcome.
    const ALL: [Self; 5] = [Self::Never, Self::NotSent, Self::Refused, Self::DuplicateId, Self::Unknown];

    /// Returns a name for a database column or a metric: `never`, `not_sent`, `refused`, `duplicate_id` or `unknown`.
    /// These names do not change between versions.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::NotSent => "not_sent",
            Self::Refused => "refused",
            Self::DuplicateId => "duplicate_id",
            Self::Unknown => "unknown",
        }
    }
}

/// Formats the name, like [`Outcome::as_str`].
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Parses the output of [`Outcome::as_str`].
impl FromStr for Outcome {
    type Err = OutcomeError;

    fn from_str(word: &str) -> Result<Self, OutcomeError> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == word).ok_or(OutcomeError)
    }
}

/// A string that is not an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an outcome: never, not_sent, refused, duplicate_id or unknown")]
pub struct OutcomeError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_for_a_column_are_stable_and_lead_back() {
        let words = ["never", "not_sent", "refused", "duplicate_id", "unknown"];
        for (outcome, word) in Outcome::ALL.into_iter().zip(words) {
            assert_eq!((outcome.as_str(), outcome.to_string().as_str()), (word, word));
            assert_eq!(word.parse(), Ok(outcome));
        }
        for wrong in ["", "Never", "refused ", "not-sent", "1"] {
            assert_eq!(wrong.parse::<Outcome>(), Err(OutcomeError), "{wrong:?}");
        }
    }
}
