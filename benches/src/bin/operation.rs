//! Repeats one operation, for `callgrind` and other profilers: `operation NAME TIMES`.

use std::env::args;
use std::process::ExitCode;

use ottpay_benches::{NAMES, named};

fn main() -> ExitCode {
    let name = args().nth(1).unwrap_or_default();
    let times = args().nth(2).and_then(|times| times.parse::<u32>().ok());
    let (Some(mut operation), Some(times)) = (named(&name), times) else {
        eprintln!("usage: operation NAME TIMES, where NAME is one of: {}", NAMES.join(" "));
        return ExitCode::FAILURE;
    };
    for _ in 0..times {
        operation();
    }
    ExitCode::SUCCESS
}
