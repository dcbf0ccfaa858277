//! How each attempt to send a request ended, and what the attempts prove together.

use crate::error::Outcome;

/// How one attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attempt {
    /// A reply was received.
    Answered,
    /// No reply was received.
    Failed(Outcome),
}

impl Attempt {
    const ANSWERED: &str = "answered";

    /// Returns the name under which it is stored.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Answered => Self::ANSWERED,
            Self::Failed(outcome) => outcome.as_str(),
        }
    }

    /// Parses a stored name.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        if word == Self::ANSWERED { Some(Self::Answered) } else { word.parse().ok().map(Self::Failed) }
    }
}

/// What the recorded attempts to send a request prove, without any query.
///
/// The variants are exhaustive on purpose: adding one requires a new major version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Proof {
    /// Nothing was carried out: no attempt reached the gateway, or the only one was refused with a documented code.
    NotDone,
    /// The gateway knew the id before the first request reached it.
    Conflict,
    /// The request may have been carried out, but no reply was received.
    Lost,
    /// The request was answered, or no attempt is recorded.
    Open,
}

/// Evaluates the attempts in the order in which they were made.
pub(super) fn evaluate_attempts(attempts: &[Attempt]) -> Proof {
    let arrived = |attempt: &&Attempt| !matches!(attempt, Attempt::Failed(Outcome::NotSent | Outcome::Never));
    let mut arrived = attempts.iter().filter(arrived);
    match (arrived.next(), arrived.next()) {
        (None, _) if attempts.is_empty() => Proof::Open,
        // A refusal is proof only if it answered the only attempt that arrived: after a lost reply, it may be about the
        // repetition.
        (None, _) | (Some(Attempt::Failed(Outcome::Refused)), None) => Proof::NotDone,
        // Only the first attempt that arrived proves this: a later one may be a duplicate of the first.
        (Some(Attempt::Failed(Outcome::DuplicateId)), _) => Proof::Conflict,
        _ if attempts.contains(&Attempt::Answered) => Proof::Open,
        _ => Proof::Lost,
    }
}

/// Adds an attempt. A second attempt in a row that did not reach the gateway proves nothing new and is left out,
/// because a request may be retried for days.
pub(super) fn push(attempts: &mut Vec<Attempt>, attempt: Attempt) {
    let is_of_no_effect = attempt == Attempt::Failed(Outcome::NotSent);
    if !is_of_no_effect || attempts.last() != Some(&attempt) {
        attempts.push(attempt);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWERED: Attempt = Attempt::Answered;

    fn failed<const N: usize>(outcomes: [Outcome; N]) -> Vec<Attempt> {
        outcomes.map(Attempt::Failed).to_vec()
    }

    #[test]
    fn only_a_request_that_never_arrived_or_was_refused_once_is_not_done() {
        use Outcome::{DuplicateId, Never, NotSent, Refused, Unknown};
        for attempts in [failed([NotSent]), failed([Never, NotSent]), failed([Refused]), failed([NotSent, Refused])] {
            assert_eq!(evaluate_attempts(&attempts), Proof::NotDone, "{attempts:?}");
        }
        for attempts in
            [failed([Unknown]), failed([Refused, Refused]), failed([Unknown, Refused]), failed([NotSent, Unknown])]
        {
            assert_eq!(evaluate_attempts(&attempts), Proof::Lost, "{attempts:?}");
        }
        assert_eq!(evaluate_attempts(&failed([Unknown, DuplicateId])), Proof::Lost);
        assert_eq!(evaluate_attempts(&[]), Proof::Open);
        assert_eq!(evaluate_attempts(&[ANSWERED]), Proof::Open);
        assert_eq!(evaluate_attempts(&[Attempt::Failed(Unknown), ANSWERED]), Proof::Open);
    }

    #[test]
    fn attempts_that_never_leave_do_not_pile_up_and_prove_the_same() {
        use Outcome::{DuplicateId, NotSent, Refused, Unknown};
        let ends = [NotSent, Refused, DuplicateId, Unknown];
        for first in ends {
            for last in ends {
                let all = failed([first, NotSent, NotSent, NotSent, last]);
                let mut kept = Vec::new();
                all.iter().for_each(|attempt| push(&mut kept, *attempt));
                let number = 3 - usize::from(first == NotSent) - usize::from(last == NotSent);
                assert_eq!((kept.len(), evaluate_attempts(&kept)), (number, evaluate_attempts(&all)), "{all:?}");
            }
        }
        let mut refused = failed([Refused]);
        push(&mut refused, Attempt::Failed(Refused));
        assert_eq!(evaluate_attempts(&refused), Proof::Lost, "what arrived counts each time");
    }

    #[test]
    fn an_id_that_was_used_before_the_first_request_is_a_conflict() {
        use Outcome::{DuplicateId, NotSent};
        assert_eq!(evaluate_attempts(&failed([DuplicateId])), Proof::Conflict);
        assert_eq!(evaluate_attempts(&failed([NotSent, DuplicateId])), Proof::Conflict);
        assert_eq!(evaluate_attempts(&failed([DuplicateId, DuplicateId])), Proof::Conflict);
    }

    #[test]
    fn an_attempt_survives_as_a_word() {
        use Outcome::{DuplicateId, Never, NotSent, Refused, Unknown};
        for attempt in failed([Never, NotSent, Refused, DuplicateId, Unknown]).into_iter().chain([ANSWERED]) {
            assert_eq!(Attempt::from_word(attempt.as_str()), Some(attempt));
        }
        assert_eq!(Attempt::from_word("paid"), None);
    }
}
