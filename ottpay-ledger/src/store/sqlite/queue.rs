//! The transactions that wait for their turn, each for a limited time.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::Receiver;

use super::job::Job;
use crate::store::bounds::PATIENCE;
use crate::store::{StoreError, StoreErrorKind};

/// The number of transactions that are received from the channel while another one is open.
const MAX: usize = 256;

/// How often to check for transactions that have waited for too long.
pub(super) const EVERY: Duration = Duration::from_millis(500);

pub(super) struct Queue {
    channel: Receiver<Job>,
    taken: VecDeque<Job>,
    looked_at: Instant,
}

impl Queue {
    pub(super) fn new(channel: Receiver<Job>) -> Self {
        Self { channel, taken: VecDeque::new(), looked_at: Instant::now() }
    }

    /// Returns the next transaction whose caller still waits, or `None` once all handles have been dropped.
    pub(super) fn next(&mut self) -> Option<Job> {
        loop {
            let job = self.taken.pop_front().or_else(|| self.channel.blocking_recv())?;
            if !job.begun.is_closed() {
                return Some(job);
            }
        }
    }

    /// Rejects the transactions that have waited for too long. Otherwise their callers would wait for the open
    /// transaction to end.
    pub(super) fn dismiss(&mut self) {
        if self.looked_at.elapsed() < EVERY {
            return;
        }
        self.looked_at = Instant::now();
        while self.taken.len() < MAX
            && let Ok(job) = self.channel.try_recv()
        {
            self.taken.push_back(job);
        }
        let is_late = |job: &Job| job.asked_at.elapsed() >= PATIENCE;
        while self.taken.front().is_some_and(is_late) {
            if let Some(job) = self.taken.pop_front() {
                drop(job.begun.send(Err(too_many())));
            }
        }
    }
}

pub(super) fn too_many() -> StoreError {
    let text = "other transactions used the database for 10 seconds";
    StoreError::new(StoreErrorKind::Unavailable, text)
}
