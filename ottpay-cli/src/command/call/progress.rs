//! The progress of a wait, for a person at a terminal.

use std::fmt::Display;
use std::future::pending;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use tokio::time::{MissedTickBehavior, interval};

/// A line on standard error that is rewritten every second, if standard error is a terminal.
pub(super) struct Progress {
    line: Option<Line>,
}

struct Line {
    started: Instant,
    status: String,
    ticks: tokio::time::Interval,
}

impl Progress {
    pub(super) fn start(limit: Duration) -> Self {
        let stderr = io::stderr();
        if !stderr.is_terminal() {
            return Self { line: None };
        }
        let mut ticks = interval(Duration::from_secs(1));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        // A closed standard error is the user's choice, here and below.
        let _ = writeln!(
            stderr.lock(),
            "waiting for at most {} s; Ctrl-C stops waiting and leaves the order unchanged",
            limit.as_secs()
        );
        Self { line: Some(Line { started: Instant::now(), status: "asking".to_owned(), ticks }) }
    }

    /// Replaces the text before the time.
    pub(super) fn set_status(&mut self, status: impl Display) {
        if let Some(line) = &mut self.line {
            line.status = status.to_string();
        }
    }

    /// Writes the line when the next second begins; never returns if nothing is shown.
    pub(super) async fn tick(&mut self) {
        let Some(line) = &mut self.line else { return pending().await };
        line.ticks.tick().await;
        let mut stderr = io::stderr().lock();
        // Back to the beginning of the line, which is erased to its end.
        let _ = write!(stderr, "\r\x1b[K{}, {} s", line.status, line.started.elapsed().as_secs());
        let _ = stderr.flush();
    }
}

/// Removes the line.
impl Drop for Progress {
    fn drop(&mut self) {
        if self.line.is_some() {
            let mut stderr = io::stderr().lock();
            let _ = write!(stderr, "\r\x1b[K");
            let _ = stderr.flush();
        }
    }
}
