//! Time in pairs: whatever else runs on the machine slows an operation and its floor alike, so they take turns, and the
//! median of their ratios is printed.

use std::time::{Duration, Instant};

use criterion::Criterion;

use crate::operation::{Operation, named};

/// An operation, its floor, and how many times the floor it may take, if that is a goal.
pub struct Row(pub &'static str, pub &'static str, pub Option<f64>);

/// Lets criterion measure each operation, each time with its floor in turn, and prints the table of the ratios.
///
/// # Panics
/// If a row names an unknown operation.
pub fn compare(criterion: &mut Criterion, rows: &[Row]) {
    let mut table =
        String::from("| operation | floor | times the floor | middle half | goal |\n|---|---|---|---|---|\n");
    for Row(operation, floor, goal) in rows {
        let mut ratios = Vec::new();
        criterion.bench_function(&format!("{operation} and {floor}"), |bencher| {
            let [mut operation, mut floor] = [operation, floor].map(|name| named(name).expect("it has a name"));
            bencher.iter_custom(|times| {
                let turns = in_turn(&mut operation, &mut floor, times);
                ratios.extend(turns.iter().map(|(above, below)| above.as_secs_f64() / below.as_secs_f64()));
                turns.iter().map(|(above, _)| above).sum()
            });
        });
        ratios.sort_by(f64::total_cmp);
        let part = |percent: usize| ratios.get(ratios.len().saturating_sub(1) * percent / 100);
        if let (Some(first), Some(median), Some(third)) = (part(25), part(50), part(75)) {
            let goal = goal.map(|goal| goal.to_string()).unwrap_or_default();
            table += &format!("| {operation} | {floor} | {median:.2} | {first:.2} to {third:.2} | {goal} |\n");
        }
    }
    println!("{table}");
}

/// Runs both this many times, in turns so short that hardly any is interrupted; returns how long each took in each
/// turn.
fn in_turn(operation: &mut Operation, floor: &mut Operation, times: u64) -> Vec<(Duration, Duration)> {
    const TURN: u64 = 10;
    let timed = |operation: &mut Operation, times| {
        let start = Instant::now();
        (0..times).for_each(|_| operation());
        start.elapsed()
    };
    let turns = (0..times).step_by(TURN as usize).map(|done| TURN.min(times - done));
    turns.map(|turn| (timed(operation, turn), timed(floor, turn))).collect()
}
