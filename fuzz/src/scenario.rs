//! A scenario of the sandbox: it is parsed, or rejected with positions and one line for each mistake, in bounded time.

use std::time::{Duration, Instant};

use ottpay::GATEWAY;
use ottpay_sandbox::scenario::{Scenario, ScenarioError};

/// The longest time for a scenario.
const LONGEST: Duration = Duration::from_secs(10);

/// The maximum number of steps in a scenario, and of reported mistakes.
const MAX_STEPS: usize = 1000;
const MAX_MISTAKES: usize = 20;

/// Parses a scenario, and checks it against the specification. Returns whether it could be parsed.
pub fn target(data: &[u8]) -> bool {
    let text = String::from_utf8_lossy(data);
    let start = Instant::now();
    let read = Scenario::from_yaml(&text);
    match &read {
        Ok(scenario) => {
            assert!((1..=MAX_STEPS).contains(&scenario.count_steps()), "{}", scenario.count_steps());
            if let Err(error) = scenario.check(&GATEWAY) {
                check_error(&text, &error);
            }
        }
        Err(error) => check_error(&text, error),
    }
    // The same text is read in the same way, even with a comment after it.
    let again = Scenario::from_yaml(&text);
    assert_eq!(format!("{read:?}"), format!("{again:?}"));
    let is_read = read.is_ok();
    if is_read {
        assert!(Scenario::from_yaml(&format!("{text}\n# A comment.\n")).is_ok(), "a comment is a mistake");
    }
    assert!(start.elapsed() < LONGEST, "{:?}", start.elapsed());
    is_read
}

/// An error has a few mistakes in the order of the file, each with a position in it and on one line.
fn check_error(text: &str, error: &ScenarioError) {
    let mistakes = error.mistakes();
    assert!((1..=MAX_MISTAKES).contains(&mistakes.len()), "{error}");
    assert!(mistakes.is_sorted_by_key(|mistake| (mistake.line, mistake.column)), "{error}");
    let lines = text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).count() as u64 + 1;
    for mistake in mistakes {
        let is_of_file = mistake.line == 0 && mistake.column == 0;
        assert!(is_of_file || mistake.column > 0 && (1..=lines).contains(&mistake.line), "{mistake:?}");
        let shown = &mistake.message;
        assert!(!shown.is_empty() && shown.len() < 4096 && !shown.contains(char::is_control), "{shown:?}");
    }
}

/// Scenarios with every step, and some with mistakes.
pub fn seeds() -> Vec<Vec<u8>> {
    let guide = include_str!("../../docs/sandbox.md");
    let of_guide = guide.split("```yaml\n").skip(1).filter_map(|rest| rest.split_once("```").map(|(yaml, _)| yaml));
    let of_guide = of_guide.filter(|yaml| yaml.starts_with("scenario:")).map(str::to_owned);
    let steps = [
        "create: T1\n  action: active_pay\n  fields: { amount: 1999, operator_id: 0000020156 }\n  outcome: accepted",
        "create: R1\n  action: refund\n  fields:\n    ori_order_id: T1\n    refund_amt: \"500\"",
        "wait: first\n  action: active_pay\n  state: created\n  within: 1m",
        "pay: first\n  tip: 70\n  convenience_fee: 1",
        "decline: T1",
        "cancel: T1",
        "expire: T1",
        "capture: T1",
        "release: T1",
        "resend: T1\n  callback: 2",
        "fault: drop_after\n  action: ACTIVEPAY\n  order: T1\n  times: 2\n  delay: 2s\n  code: FAIL",
        "clock: 1h 30m",
        "assume: late_payments=on",
        "expect: first\n  state: paid\n  refunded: 0\n  callback: delivered\n  within: 10s",
        "received: ACTIVEPAY\n  order: first\n  count: 1\n  accepted: 1\n  refused: 0\n  within: 5s",
    ];
    let write = |steps: &[&str]| {
        let list: String = steps.iter().map(|step| format!("- {step}\n")).collect();
        format!("scenario: A test # with a comment\ncallbacks: http://127.0.0.1:8080/ottpay\nsteps:\n{list}")
    };
    let single = steps.iter().map(|step| write(&["wait: T1", step]));
    let all = [write(&steps), write(&["payy: T1", "pay: T1\n  tipp: 1", "clock: soon"])];
    of_guide.chain(single).chain(all).map(String::into_bytes).collect()
}
