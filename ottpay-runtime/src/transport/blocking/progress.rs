//! How far the exchange is that this thread does: a limit that ends before there is a connection is known to have sent nothing.

use std::cell::Cell;
use std::time::{Duration, Instant};

thread_local! {
    static CURRENT: Cell<Progress> = const { Cell::new(Progress { is_unsent: false, reads_until: None }) };
}

#[derive(Clone, Copy)]
struct Progress {
    /// Whether it is known that nothing was sent.
    is_unsent: bool,
    reads_until: Option<Instant>,
}

/// Begins an exchange. One that is alone on its connection has sent nothing yet; another may use one that is kept, and of
/// that nothing is seen.
pub(super) fn begin(is_alone: bool) {
    CURRENT.set(Progress { is_unsent: is_alone, reads_until: None });
}

/// Records that there is no connection: nothing was sent.
pub(super) fn record_no_connection() {
    CURRENT.set(Progress { is_unsent: true, ..CURRENT.get() });
}

/// Records that there is a connection, TLS included, on which everything that follows is sent.
pub(super) fn record_connection() {
    CURRENT.set(Progress { is_unsent: false, ..CURRENT.get() });
}

/// Whether nothing was sent for certain.
pub(super) fn is_unsent() -> bool {
    CURRENT.get().is_unsent
}

/// Ends reading at this moment, even if the limit of the exchange is later.
pub(super) fn stop_reading_at(moment: Instant) {
    CURRENT.set(Progress { reads_until: Some(moment), ..CURRENT.get() });
}

/// How long the exchange may read, if that has a limit of its own.
pub(super) fn time_to_read() -> Option<Duration> {
    let until = CURRENT.get().reads_until?;
    Some(until.saturating_duration_since(Instant::now()))
}
