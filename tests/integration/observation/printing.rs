//! Prints everything that a shop receives, in every form: its values, its errors, and traces and logs at the finest
//! level.

use std::error::Error as StdError;
use std::fmt::Debug;

use ottpay::observation::{Observed, Observer};
use tracing_subscriber::fmt::format::FmtSpan;

/// Prints the events of an observer.
pub(super) struct Prints;

impl Observer for Prints {
    fn observe(&self, event: &Observed<'_>) {
        println!("{event:?}\n{event:#?}");
    }
}

/// Prints the records of the crate `log`.
struct Logger;

impl log::Log for Logger {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        println!("{} {}: {}", record.level(), record.target(), record.args());
    }

    fn flush(&self) {}
}

pub(super) fn show(value: &(impl Debug + ?Sized)) {
    eprintln!("{value:?}\n{value:#?}");
}

/// An error with all its causes, in every form.
pub(super) fn show_error<E: StdError + 'static>(error: &E) {
    show(error);
    let mut cause: Option<&dyn StdError> = Some(error);
    while let Some(error) = cause {
        eprintln!("{error}\n{error:#}\n{error:?}");
        cause = error.source();
    }
}

/// Prints traces and logs at the finest level.
pub(super) fn trace_everything() {
    let subscriber = tracing_subscriber::fmt().without_time().with_ansi(false).with_max_level(tracing::Level::TRACE);
    subscriber.with_span_events(FmtSpan::FULL).init();
    log::set_logger(&Logger).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
}
