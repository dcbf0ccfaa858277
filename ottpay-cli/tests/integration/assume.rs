//! `ottpay sandbox --assume`.

use crate::common::{KEY, MERCHANT, Running, ottpay, run, sample};
use ottpay_sandbox::Question;

#[test]
fn the_help_and_the_manual_list_every_answer_to_every_question() {
    let help = run(ottpay(&["sandbox", "--help"]), "").out;
    let manual = run(ottpay(&["man", "sandbox"]), "").out;
    for question in Question::ALL {
        let asked = format!("{}: {}", question.name(), question.description());
        assert!(help.contains(&asked), "{asked}\n{help}");
        assert!(manual.contains(&format!("{}: ", question.name())), "{manual}");
        for answer in question.answers() {
            let default = if answer.is_default() { " (default)" } else { "" };
            let line = format!("  {}: {}{default}\n", answer.value(), answer.meaning().replace('`', ""));
            assert!(help.contains(&line), "{line}\n{help}");
        }
    }
}

#[test]
fn an_unknown_assumption_is_rejected_with_the_nearest_name() {
    for (given, says) in [
        ("refused_id=burnt", "did you mean `refused_ids`?"),
        ("refused_ids=burned", "did you mean `burnt`?"),
        ("refused_ids", "expected NAME=VALUE"),
    ] {
        let rejected = run(ottpay(&["sandbox", "--listen", "127.0.0.1:0", "--assume", given]), "");
        rejected.fails(2, &["--assume", given, says]);
    }
}

#[test]
fn several_assumptions_hold_at_once() {
    let own = ["sandbox", "--listen", "127.0.0.1:0", "--merchant", MERCHANT, "--sign-key", KEY];
    let assumed =
        ["--assume", "unknown_order=pending", "--assume", "UNKNOWN_ORDER=SYSTEM_ERROR", "--assume", "echoes=off"];
    let running = Running::start(ottpay(&[&own[..], &assumed].concat()));
    let url = running.out().strip_prefix("listening on ").unwrap().to_owned();
    let done = run(sample(&["call", "status_query", "--set", "order_id=T1", "--endpoint", &url]), "");
    assert!(done.code == 1 && done.err.contains("SYSTEM_ERROR"), "{done:?}");
    let fields = ["amount=1", "biz_type=ALIPAY", "call_back_url=http://127.0.0.1:9/", "operator_id=0000020156"];
    let fields = fields.into_iter().chain(["order_id=T1"]).flat_map(|field| ["--set", field]);
    let pay: Vec<_> = ["call", "active_pay", "--yes", "--endpoint", &url].into_iter().chain(fields).collect();
    assert_eq!(run(sample(&pay), "").code, 0);
    let asked = run(sample(&["call", "status_query", "--set", "order_id=T1", "--endpoint", &url]), "").out;
    assert!(asked.contains("order_status") && !asked.contains("\"T1\""), "{asked}");
}
