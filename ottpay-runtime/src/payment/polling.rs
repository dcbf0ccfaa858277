//! Queries repeatedly, until the order has ended or the limit is reached.

use std::time::{Duration, Instant};

use backon::BackoffBuilder as _;

use super::confirm::{Deadline, Inquiry};
use super::confirmed::Confirmed;
use super::follow_error::FollowError;
use super::tracked::Tracked;
use super::wait_error::WaitError;
use crate::client::Client;
use crate::transport::Clock;

/// A wait in progress.
#[derive(Debug)]
pub(super) struct Polling {
    client: Client,
    order: Tracked,
    clock: Clock,
    delays: backon::ConstantBackoff,
    started: Instant,
    deadline: Instant,
    next: Instant,
    queries: u32,
    last: Option<Result<Confirmed, FollowError>>,
}

impl Polling {
    pub(super) fn start(client: Client, order: Tracked, clock: Clock, every: Duration, up_to: Duration) -> Self {
        // By default, `backon` ends after three delays.
        let delays = backon::ConstantBuilder::default().with_delay(every).with_jitter().without_max_times().build();
        let started = clock.now();
        // If the limit is beyond the range of the clock, 30 years are as good as no limit.
        let deadline =
            started.checked_add(up_to).unwrap_or_else(|| started + Duration::from_secs(30 * 365 * 24 * 3600));
        Self { client, order, clock, delays, started, deadline, next: started, queries: 0, last: None }
    }

    /// Returns the latest answer, if there was one.
    pub(super) fn latest_answer(&self) -> Option<&Confirmed> {
        self.last.as_ref()?.as_ref().ok()
    }

    /// Waits for the next round and queries. Returns the result if this was the last round.
    pub(super) async fn run_round(&mut self) -> Option<Result<Confirmed, WaitError>> {
        // It is too late for another query, but the wait still lasts until its limit.
        if self.next >= self.deadline {
            self.clock.sleep_until(self.deadline).await;
            return Some(Err(self.time_out()));
        }
        self.clock.sleep_until(self.next).await;
        self.queries = self.queries.saturating_add(1);
        let inquiry = match Inquiry::new(&self.client, &self.order) {
            Ok(inquiry) => inquiry,
            Err(error) => return Some(Err(error.into())),
        };
        let asking = inquiry.query_once(Some(Deadline { clock: self.clock, moment: self.deadline }));
        let Some(answer) = self.clock.give_up_at(self.deadline, asking).await else {
            return Some(Err(self.time_out()));
        };
        match answer {
            Ok(answer) if !answer.is_open() => return Some(Ok(answer)),
            Err(error) if !error.is_transient() => return Some(Err(error.into())),
            // An answer is worth more than the error of a later query.
            open if open.is_ok() || self.latest_answer().is_none() => self.last = Some(open),
            _ => {}
        }
        let delay = self.delays.next().unwrap_or_default();
        self.next = self.clock.now().checked_add(delay).unwrap_or(self.deadline);
        None
    }

    fn time_out(&mut self) -> WaitError {
        let last = self.last.take().map(Box::new);
        WaitError::TimedOut {
            last,
            elapsed: self.clock.now().saturating_duration_since(self.started),
            queries: self.queries,
        }
    }
}
