//! The state of this thread's exchange: if the timeout ends before there is a connection, nothing was sent.

use std::cell::Cell;
use std::time::{Duration, Instant};

// ureq does an exchange on the calling thread, and does not tell a connector which request it serves.
thread_local! {
    static CURRENT: Cell<Progress> = const { Cell::new(Progress { is_unsent: false, reads_until: None }) };
}

#[derive(Clone, Copy)]
struct Progress {
    /// Whether it is certain that nothing was sent.
    is_unsent: bool,
    reads_until: Option<Instant>,
}

/// Begins an exchange. If it is alone on its connection, nothing is sent yet; otherwise it may use a kept-alive
/// connection, which is not recorded here.
pub(super) fn begin(is_alone: bool) {
    CURRENT.set(Progress { is_unsent: is_alone, reads_until: None });
}

/// Records that there is no connection, so nothing was sent.
pub(super) fn record_no_connection() {
    CURRENT.set(Progress { is_unsent: true, ..CURRENT.get() });
}

/// Records that there is a connection, including TLS; from now on data may be sent.
pub(super) fn record_connection() {
    CURRENT.set(Progress { is_unsent: false, ..CURRENT.get() });
}

/// Returns whether it is certain that nothing was sent.
pub(super) fn is_unsent() -> bool {
    CURRENT.get().is_unsent
}

/// Ends reading at this moment, even if the timeout of the exchange is later.
pub(super) fn stop_reading_at(moment: Instant) {
    CURRENT.set(Progress { reads_until: Some(moment), ..CURRENT.get() });
}

/// Returns how long the exchange may still read, if reading has its own limit.
pub(super) fn time_to_read() -> Option<Duration> {
    let until = CURRENT.get().reads_until?;
    Some(until.saturating_duration_since(Instant::now()))
}
