//! Requests that are refused before they are handled: logged and kept like others, without their bodies, and not so many
//! that a flood of them would push the others out.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::refusal::MAX_CAUSE;
use super::state::Engine;
use crate::line::fit;
use crate::store::Exchange;

/// How many are kept at once, and the time after which one more is.
const AT_ONCE: u32 = 100;
const ONE_MORE: Duration = Duration::from_secs(1);

/// The longest path that is kept, in characters.
const MAX_PATH: usize = 200;

/// Limits how many of these requests are kept.
#[derive(Debug)]
pub(super) struct UnservedLimit(Mutex<Room>);

#[derive(Debug)]
struct Room {
    left: u32,
    /// Since when there has been room for `left`.
    since: Instant,
    /// How many have not been kept since the last that was.
    dropped: u64,
}

impl Default for UnservedLimit {
    fn default() -> Self {
        Self(Mutex::new(Room { left: AT_ONCE, since: Instant::now(), dropped: 0 }))
    }
}

impl UnservedLimit {
    /// How many have not been kept since the last one that was; none if this one is not kept, either.
    fn admit(&self, now: Instant) -> Option<u64> {
        let mut room = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = now.saturating_duration_since(room.since).as_secs() / ONE_MORE.as_secs();
        if seconds > 0 {
            room.left = room.left.saturating_add(u32::try_from(seconds).unwrap_or(AT_ONCE)).min(AT_ONCE);
            room.since = now;
        }
        match room.left.checked_sub(1) {
            Some(left) => {
                room.left = left;
                Some(std::mem::take(&mut room.dropped))
            }
            None => {
                room.dropped += 1;
                None
            }
        }
    }
}

impl Engine {
    /// Logs and keeps a request that was refused before it was handled, for this cause.
    pub(crate) async fn keep_unserved(&self, path: &str, status: u16, cause: &str) {
        let Some(dropped) = self.unserved.admit(Instant::now()) else { return };
        let (target, cause) = (fit(path, MAX_PATH), fit(cause, MAX_CAUSE));
        let not_listed = Some(dropped).filter(|dropped| *dropped > 0);
        tracing::warn!(target_path = target, status, not_listed, "refused: {cause}");
        let (at, note, cause) = (self.now(), Some(cause.clone()), Some(cause));
        let exchange = Exchange { at, target, status: Some(status), note, cause, ..Exchange::default() };
        if let Err(error) = self.commit_in_group(move |engine| engine.keep(&exchange)).await {
            tracing::error!(%error, "an exchange could not be kept");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_kept_in_part_and_counted() {
        let (limit, start) = (UnservedLimit::default(), Instant::now());
        let kept = (0..1000).filter(|_| limit.admit(start).is_some()).count();
        assert_eq!(kept, AT_ONCE as usize);
        let later = start + ONE_MORE * 2;
        assert_eq!([limit.admit(later), limit.admit(later), limit.admit(later)], [Some(900), Some(0), None]);
        let much_later = later + ONE_MORE * 10_000;
        assert_eq!((0..1000).filter(|_| limit.admit(much_later).is_some()).count(), AT_ONCE as usize);
    }
}
