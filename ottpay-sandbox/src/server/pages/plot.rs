//! Plots the number of payments and callbacks over time as bars.

use crate::clock::format_wire_time;
use crate::order::OrderState;
use crate::store::{Event, Topic};

/// The maximum number of pairs of bars.
const MAX_BARS: i64 = 48;

/// The width of a pair of bars, and of one bar.
const PAIR: i64 = 10;
const BAR: i64 = 4;

/// The height of the plot.
const HEIGHT: i64 = 100;

/// The periods that a pair of bars can cover, in milliseconds, with their names.
const STEPS: [(i64, &str); 13] = [
    (1_000, "second"),
    (5_000, "5 seconds"),
    (15_000, "15 seconds"),
    (60_000, "minute"),
    (300_000, "5 minutes"),
    (900_000, "15 minutes"),
    (3_600_000, "hour"),
    (4 * 3_600_000, "4 hours"),
    (24 * 3_600_000, "day"),
    (7 * 24 * 3_600_000, "week"),
    (30 * 24 * 3_600_000, "30 days"),
    (365 * 24 * 3_600_000, "365 days"),
    (3_650 * 24 * 3_600_000, "3650 days"),
];

/// What the plot shows.
pub(super) struct Plot {
    pub(super) bars: Vec<Bar>,
    pub(super) width: i64,
    pub(super) from: String,
    pub(super) to: String,
    /// The period that a pair of bars covers.
    pub(super) step: &'static str,
    /// The count of the highest bar.
    pub(super) peak: i64,
    pub(super) payments: i64,
    pub(super) callbacks: i64,
    /// Whether earlier events may be missing.
    pub(super) is_cut: bool,
}

/// One bar.
pub(super) struct Bar {
    pub(super) class: &'static str,
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) height: i64,
}

impl Plot {
    /// The maximum number of events in a plot.
    pub(super) const MAX_EVENTS: u32 = 500;

    /// Plots these events, which are sorted latest first. Returns `None` if there are none.
    pub(super) fn new(events: &[Event], now: i64) -> Option<Self> {
        let first = events.last()?.at.min(now);
        // The last period ends at `end`, and the first event is in one of the bars.
        let fits = |(step, _): &(i64, &str)| now.div_euclid(*step) - first.div_euclid(*step) < MAX_BARS;
        let (step, name) = STEPS.into_iter().find(fits)?;
        let start = (now.div_euclid(step) + 1 - MAX_BARS) * step;
        let mut counts = vec![[0_i64; 2]; MAX_BARS as usize];
        for event in events {
            let Some(kind) = find_kind(event) else { continue };
            let place = usize::try_from((event.at.min(now) - start) / step).unwrap_or(0);
            if let Some(count) = counts.get_mut(place).and_then(|pair| pair.get_mut(kind)) {
                *count += 1;
            }
        }
        let peak = counts.iter().flatten().copied().max().unwrap_or(0);
        let mut bars = Vec::new();
        for (x, [payments, callbacks]) in (0..).step_by(PAIR as usize).zip(&counts) {
            for (class, offset, count) in [("payments", 1, payments), ("callbacks", 1 + BAR, callbacks)] {
                // A count that is not zero is always visible.
                let height = (count * HEIGHT / peak.max(1)).max(i64::from(*count > 0));
                if height > 0 {
                    bars.push(Bar { class, x: x + offset, y: HEIGHT - height, height });
                }
            }
        }
        Some(Self {
            bars,
            width: PAIR * MAX_BARS,
            from: format_wire_time(start),
            to: format_wire_time(now),
            step: name,
            peak,
            payments: counts.iter().map(|[payments, _]| payments).sum(),
            callbacks: counts.iter().map(|[_, callbacks]| callbacks).sum(),
            is_cut: events.len() >= Self::MAX_EVENTS as usize,
        })
    }
}

/// Returns the index of the bar for an event: 0 for a payment, 1 for an attempt to deliver a callback.
fn find_kind(event: &Event) -> Option<usize> {
    match event.topic() {
        Topic::State { word, .. } => {
            let state = OrderState::from_name(word)?;
            matches!(state, OrderState::Paid | OrderState::Authorised).then_some(0)
        }
        Topic::Attempt => Some(1),
        Topic::Other => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{describe_attempt, describe_state};

    #[test]
    fn the_bars_count_payments_and_callbacks() {
        let event = |at, what| Event { at, what };
        let events = [
            event(9_500, describe_attempt(2, "answered 200")),
            event(2_000, describe_attempt(1, "no answer")),
            event(1_500, describe_state("paid", "the buyer")),
            event(1_000, describe_state("paid", "the buyer")),
            event(1_000, describe_state("created", "ACTIVEPAY")),
        ];
        let plot = Plot::new(&events, 10_000).unwrap();
        assert_eq!((plot.payments, plot.callbacks, plot.peak, plot.step), (2, 2, 2, "second"));
        let bars: Vec<_> = plot.bars.iter().map(|bar| (bar.class, bar.x, bar.height)).collect();
        assert_eq!(bars, [("payments", 381, 100), ("callbacks", 395, 50), ("callbacks", 465, 50)]);
    }

    #[test]
    fn an_event_of_any_time_is_in_one_of_the_bars() {
        for now in [0, 47_999, 48_000, 3_600_000, 86_400_000, i64::from(u32::MAX) * 1000] {
            let plot = Plot::new(&[Event { at: 0, what: describe_state("paid", "time") }], now).unwrap();
            assert_eq!((plot.payments, plot.bars.len()), (1, 1), "{now}");
        }
        assert!(Plot::new(&[], 0).is_none());
    }
}
