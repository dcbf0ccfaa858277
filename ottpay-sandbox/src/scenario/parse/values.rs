//! Reads the keys of a step one by one, so that each mistake has the place of its value.

use std::time::Duration;

use jiff::SignedDuration;
use ottpay::Amount;
use ottpay_vocabulary::{find_nearest, number};

use crate::line::escape;
use crate::scenario::error::{Mistakes, Place};
use crate::scenario::read::Entry;
use crate::scenario::step::Located;

/// The default and the maximum time of a `wait`, by the machine's clock.
pub(super) const DEFAULT_WAIT: Duration = Duration::from_secs(30);
const MAX_WAIT: Duration = Duration::from_secs(3600);

/// The maximum step of the clock, and the maximum delay of a fault: ten years.
pub(super) const MAX_CLOCK: Duration = Duration::from_secs(10 * 366 * 86_400);

/// Describes an unknown name: ``unknown step `payy`; did you mean `pay`?``. Without a similar name it lists all.
pub(super) fn describe_unknown(what: &str, given: &str, names: &[&str]) -> String {
    let given = escape(given);
    match find_nearest(&given, names.iter().copied()) {
        Some(meant) => format!("unknown {what} `{given}`; did you mean `{meant}`?"),
        None => format!("unknown {what} `{given}`; expected one of {}", names.join(", ")),
    }
}

fn parse_digits(text: &str) -> Option<u64> {
    // `parse` alone would accept a plus sign.
    text.parse().ok().filter(|_| number::is_digits(text))
}

/// The keys of a step, except the one that determines its kind.
pub(super) struct Options<'a> {
    entries: Vec<Entry>,
    mistakes: &'a mut Mistakes,
    is_mistaken: bool,
}

impl<'a> Options<'a> {
    pub(super) fn new(entries: Vec<Entry>, mistakes: &'a mut Mistakes) -> Self {
        Self { entries, mistakes, is_mistaken: false }
    }

    /// Reports a mistake, and returns `None`.
    pub(super) fn report<T>(&mut self, at: Place, message: impl Into<String>) -> Option<T> {
        self.mistakes.report(at, message);
        self.is_mistaken = true;
        None
    }

    /// Reports a mistake unless the step has another one that may be its cause.
    pub(super) fn report_unless_mistaken<T>(&mut self, at: Place, message: &str) -> Option<T> {
        if self.is_mistaken { None } else { self.report(at, message) }
    }

    /// Reports keys that this kind of step does not have.
    pub(super) fn reject_unknown(&mut self, verb: &str, known: &[&str]) {
        let unknown: Vec<_> = self.entries.iter().map(|(key, _)| key.clone()).collect();
        for key in unknown.into_iter().filter(|key| !known.contains(&&*key.value)) {
            let message = match known {
                [] => format!("`{verb}` does not have other keys; remove `{}`", escape(&key.value)),
                known => format!("in `{verb}`: {}", describe_unknown("key", &key.value, known)),
            };
            self.report::<()>(key.at, message);
        }
    }

    /// Removes a key, and returns its value.
    pub(super) fn remove(&mut self, name: &str) -> Option<Located<String>> {
        let place = self.entries.iter().position(|(key, _)| key.value == name)?;
        Some(self.entries.swap_remove(place).1)
    }

    /// Reports a required value that is missing.
    pub(super) fn require<T>(&mut self, at: Place, value: Option<T>, missing: &str) -> Option<T> {
        value.or_else(|| self.report_unless_mistaken(at, missing))
    }

    /// Takes the value of a key that allows only certain words.
    pub(super) fn take_word<T: Copy, const N: usize>(&mut self, name: &str, words: [(&str, T); N]) -> Option<T> {
        let given = self.remove(name)?;
        let found = words.iter().find(|(word, _)| *word == given.value).map(|(_, meant)| *meant);
        found.or_else(|| self.report(given.at, describe_unknown(name, &given.value, &words.map(|(word, _)| word))))
    }

    /// Takes a whole number.
    pub(super) fn take_number(&mut self, name: &str) -> Option<u64> {
        let given = self.remove(name)?;
        let expected = || format!("{name}: expected a whole number, found `{}`", escape(&given.value));
        parse_digits(&given.value).or_else(|| self.report(given.at, expected()))
    }

    /// Takes an amount in minor units.
    pub(super) fn take_amount(&mut self, name: &str) -> Option<Amount> {
        let given = self.remove(name)?;
        let minor = parse_digits(&given.value);
        let expected = || format!("{name}: expected minor units, a whole number: 150 is 1.50");
        minor.map(Amount::from_minor).or_else(|| self.report(given.at, expected()))
    }

    /// Takes the time after `within`, if present. Returns `None` if it is invalid.
    pub(super) fn take_patience(&mut self) -> Option<Option<Duration>> {
        match self.remove("within") {
            Some(within) => self.parse_duration(&within, MAX_WAIT).map(Some),
            None => Some(None),
        }
    }

    /// Parses a duration with its unit.
    pub(super) fn parse_duration(&mut self, given: &Located<String>, max: Duration) -> Option<Duration> {
        let parsed = given.value.parse::<SignedDuration>().ok().and_then(|parsed| Duration::try_from(parsed).ok());
        match parsed {
            Some(duration) if duration <= max => Some(duration),
            Some(_) => self.report(given.at, format!("expected at most {}h", max.as_secs() / 3600)),
            None => {
                let found = escape(&given.value);
                self.report(given.at, format!("expected a duration such as `30s`, `5m` or `1h 30m`, found `{found}`"))
            }
        }
    }
}
