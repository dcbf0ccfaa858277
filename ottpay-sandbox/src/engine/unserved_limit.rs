//! Limits the rate at which refused requests are stored, so that a flood of them does not displace other messages.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The maximum burst of stored requests, and the time after which one more is stored.
const AT_ONCE: u32 = 100;
const ONE_MORE: Duration = Duration::from_secs(1);

/// Limits the rate at which refused requests are stored.
#[derive(Debug)]
pub(super) struct UnservedLimit(Mutex<Room>);

#[derive(Debug)]
struct Room {
    left: u32,
    /// When `left` last increased.
    since: Instant,
    /// How many requests were dropped since the last stored one.
    dropped: u64,
}

impl Default for UnservedLimit {
    fn default() -> Self {
        Self(Mutex::new(Room { left: AT_ONCE, since: Instant::now(), dropped: 0 }))
    }
}

impl UnservedLimit {
    /// Admits a request, and returns how many were dropped since the last one. Returns `None` if this one is dropped
    /// too.
    pub(super) fn admit(&self, now: Instant) -> Option<u64> {
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
