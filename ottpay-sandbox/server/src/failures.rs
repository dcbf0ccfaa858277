//! Failures of the machine that come in floods, reported once a second.

use std::io;
use std::time::Duration;

use tokio::time::Instant;

/// The shortest time between two reports.
const PERIOD: Duration = Duration::from_secs(1);

/// Failures since the last report, and when that was.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    reported: Option<Instant>,
    /// The latest failure, and how many there were.
    held: Option<(io::Error, u64)>,
}

impl Failures {
    pub(crate) fn add(&mut self, error: io::Error) {
        let count = self.held.take().map_or(1, |(_, count)| count.saturating_add(1));
        self.held = Some((error, count));
    }

    /// When the next report is due; none if there is nothing to report.
    pub(crate) fn due(&self, now: Instant) -> Option<Instant> {
        self.held.as_ref()?;
        Some(self.reported.map_or(now, |reported| reported + PERIOD))
    }

    /// The latest failure and their number, if a report is due.
    pub(crate) fn take(&mut self, now: Instant) -> Option<(io::Error, u64)> {
        self.due(now).filter(|due| *due <= now)?;
        self.reported = Some(now);
        self.held.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(number: u64) -> io::Error {
        io::Error::other(number.to_string())
    }

    #[test]
    fn a_flood_is_one_report_a_second_and_none_is_lost() {
        let (mut failures, start) = (Failures::default(), Instant::now());
        let mut reports = Vec::new();
        for number in 1..=2500 {
            failures.add(failure(number));
            let now = start + Duration::from_millis(number);
            reports.extend(failures.take(now).map(|(error, count)| (error.to_string(), count)));
        }
        assert_eq!(reports, [("1".to_owned(), 1), ("1001".to_owned(), 1000), ("2001".to_owned(), 1000)]);
        // What came after the last report is reported when the second is over, although nothing fails any more.
        let now = start + Duration::from_millis(2500);
        let due = failures.due(now).unwrap();
        assert_eq!(due, start + Duration::from_millis(3001));
        assert!(failures.take(now).is_none());
        assert_eq!(failures.take(due).map(|(_, count)| count), Some(499));
        assert!(failures.due(due).is_none());
        // A single one later on does not wait.
        let later = due + PERIOD;
        failures.add(failure(1));
        assert_eq!(failures.take(later).map(|(_, count)| count), Some(1));
    }
}
