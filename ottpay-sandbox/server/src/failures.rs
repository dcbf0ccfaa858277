//! Reports failures at most once a second, however many there are.

use std::time::Duration;

use tokio::time::Instant;

/// The shortest time between two reports.
const PERIOD: Duration = Duration::from_secs(1);

/// Failures since the last report, and the time of that report.
#[derive(Debug)]
pub(crate) struct Failures<T> {
    reported: Option<Instant>,
    /// The latest failure, and the number of failures.
    held: Option<(T, u64)>,
}

impl<T> Failures<T> {
    pub(crate) fn new() -> Self {
        Self { reported: None, held: None }
    }

    pub(crate) fn add(&mut self, failure: T) {
        let count = self.held.take().map_or(1, |(_, count)| count.saturating_add(1));
        self.held = Some((failure, count));
    }

    /// Returns when the next report is due, or `None` if there is nothing to report.
    pub(crate) fn due(&self, now: Instant) -> Option<Instant> {
        self.held.as_ref()?;
        Some(self.reported.map_or(now, |reported| reported + PERIOD))
    }

    /// Returns the latest failure and the number of failures if a report is due.
    pub(crate) fn pop_due(&mut self, now: Instant) -> Option<(T, u64)> {
        self.due(now).filter(|due| *due <= now)?;
        self.reported = Some(now);
        self.held.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_one_report_a_second_and_none_is_lost() {
        let (mut failures, start) = (Failures::new(), Instant::now());
        let mut reports = Vec::new();
        for number in 1..=2500 {
            failures.add(number);
            let now = start + Duration::from_millis(number);
            reports.extend(failures.pop_due(now));
        }
        assert_eq!(reports, [(1, 1), (1001, 1000), (2001, 1000)]);
        // Failures after the last report are reported at the end of the second, even if no further one occurs.
        let now = start + Duration::from_millis(2500);
        let due = failures.due(now).unwrap();
        assert_eq!(due, start + Duration::from_millis(3001));
        assert!(failures.pop_due(now).is_none());
        assert_eq!(failures.pop_due(due).map(|(_, count)| count), Some(499));
        assert!(failures.due(due).is_none());
        // A later, single failure is reported immediately.
        let later = due + PERIOD;
        failures.add(1);
        assert_eq!(failures.pop_due(later).map(|(_, count)| count), Some(1));
    }
}
