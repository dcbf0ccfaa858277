//! The steps at which a shop kills itself.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::said::say;

/// A step, and how many of its occurrences in one round are tried.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) occurrences: u32,
}

const fn step_of(name: &'static str, occurrences: u32) -> Step {
    Step { name, occurrences }
}

/// The shop's own steps, those of its requests, and those of every transaction of the ledger.
pub(crate) const STEPS: [Step; 10] = [
    step_of("before the note", 2),
    step_of("between note and send", 5),
    step_of("between send and reply", 5),
    step_of("between store and acknowledgement", 2),
    step_of("inside the handler", 3),
    step_of("between effect and commit", 3),
    step_of("before BEGIN", 20),
    step_of("before a statement", 97),
    step_of("before COMMIT", 20),
    step_of("after COMMIT", 20),
];

static ARMED: OnceLock<(String, u32)> = OnceLock::new();
static SEEN: AtomicU32 = AtomicU32::new(0);
static LAST: AtomicU64 = AtomicU64::new(0);

fn elapsed() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// Chooses the step, and which of its occurrences, counted from 1.
pub(crate) fn arm(name: String, occurrence: u32) {
    ARMED.set((name, occurrence)).unwrap();
}

/// How long nothing has happened.
pub(crate) fn quiet() -> Duration {
    elapsed().saturating_sub(Duration::from_micros(LAST.load(Ordering::Relaxed)))
}

/// Records that something happens.
pub(crate) fn touch() {
    LAST.store(elapsed().as_micros() as u64, Ordering::Relaxed);
}

/// A step is reached: the process ends here if it is the chosen one, without any cleanup.
pub(crate) fn reach(name: &'static str) {
    debug_assert!(STEPS.iter().any(|step| step.name == name), "{name}");
    touch();
    let is_chosen = ARMED.get().is_some_and(|(chosen, _)| chosen == name);
    if is_chosen && SEEN.fetch_add(1, Ordering::SeqCst) + 1 == ARMED.get().map_or(0, |(_, occurrence)| *occurrence) {
        say("killed");
        std::process::abort();
    }
}
