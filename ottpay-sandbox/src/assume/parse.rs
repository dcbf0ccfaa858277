//! Parses assumptions as on a command line: `refused_ids=burnt`.

use std::fmt;
use std::str::FromStr;

use ottpay_vocabulary::find_nearest;

use super::questions::{Assumption, Question};
use crate::line::escape;

/// Why a string is not an assumption, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct AssumptionError {
    reason: String,
}

/// Prints the form that can be parsed: `refused_ids=burnt`.
impl fmt::Display for Assumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.question(), self.value())
    }
}

/// Parses `refused_ids=burnt`. Case does not matter.
impl FromStr for Assumption {
    type Err = AssumptionError;

    fn from_str(text: &str) -> Result<Self, AssumptionError> {
        match text.split_once('=') {
            Some((question, answer)) => Self::from_names(question.trim(), answer.trim()),
            None => {
                let reason = format!("expected NAME=VALUE, such as refused_ids=burnt, found `{}`", escape(text));
                Err(AssumptionError { reason })
            }
        }
    }
}

impl Assumption {
    /// Finds an answer by its name and that of its question. Case does not matter.
    ///
    /// # Errors
    /// [`AssumptionError`] if the question does not exist or does not have this answer. It lists the valid names.
    pub fn from_names(question: &str, answer: &str) -> Result<Self, AssumptionError> {
        let names = || Question::ALL.iter().map(|known| known.name());
        let Some(known) = Question::ALL.iter().find(|known| known.name().eq_ignore_ascii_case(question)) else {
            return Err(describe_unknown("assumption", question, &names().collect::<Vec<_>>()));
        };
        let found = known.answers().iter().find(|known| known.value().eq_ignore_ascii_case(answer));
        found.copied().ok_or_else(|| {
            let values: Vec<_> = known.answers().iter().map(|known| known.value()).collect();
            describe_unknown(&format!("value of {}", known.name()), answer, &values)
        })
    }
}

fn describe_unknown(what: &str, given: &str, names: &[&str]) -> AssumptionError {
    let meant =
        find_nearest(given, names.iter().copied()).map(|name| format!("did you mean `{name}`? ")).unwrap_or_default();
    let reason = format!("unknown {what} `{}`; {meant}expected one of {}", escape(given), names.join(", "));
    AssumptionError { reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_assumption_is_read_as_it_is_written() {
        for assumption in Assumption::ALL {
            assert_eq!(assumption.to_string().parse(), Ok(*assumption));
            assert_eq!(assumption.to_string().to_uppercase().parse(), Ok(*assumption));
        }
    }

    #[test]
    fn names_are_unique_and_each_question_has_one_default() {
        let answers: Vec<_> = Question::ALL.iter().flat_map(|question| question.answers()).copied().collect();
        assert_eq!(answers, Assumption::ALL);
        for question in Question::ALL {
            assert!(question.answers().len() >= 2, "{}", question.name());
            assert_eq!(Question::ALL.iter().filter(|other| other.name() == question.name()).count(), 1);
            for (place, answer) in question.answers().iter().enumerate() {
                assert_eq!((answer.question(), answer.is_default()), (question.name(), place == 0), "{answer}");
                let same = question.answers().iter().filter(|other| other.value() == answer.value());
                assert_eq!(same.count(), 1, "{answer}");
            }
        }
    }

    #[test]
    fn an_error_suggests_the_nearest_name_and_lists_all_names() {
        for (text, expected) in [
            (
                "refused_id=burnt",
                "unknown assumption `refused_id`; did you mean `refused_ids`? expected one of refused_ids,",
            ),
            (
                "refused_ids=burned",
                "unknown value of refused_ids `burned`; did you mean `burnt`? expected one of free, burnt",
            ),
            ("refused_ids=", "unknown value of refused_ids ``; expected one of free, burnt"),
            ("refused_ids", "expected NAME=VALUE, such as refused_ids=burnt, found `refused_ids`"),
        ] {
            let error = text.parse::<Assumption>().unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
        let long = "x\n".repeat(1000).parse::<Assumption>().unwrap_err().to_string();
        assert!(long.len() < 200 && !long.contains('\n'), "{long}");
    }
}
