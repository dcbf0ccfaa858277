//! `ottpay sandbox --scenario` and `ottpay spec check` of a scenario.

use std::fs;

use crate::common::{Done, KEY, MERCHANT, Running, folder, ottpay, run, sample};

/// `ottpay` with these arguments, and `shop.yaml` with these steps for one more.
fn with_scenario(arguments: &[&str], steps: &str) -> std::process::Command {
    let file = folder().join("shop.yaml");
    fs::write(&file, format!("scenario: A test\nsteps:\n{steps}")).unwrap();
    ottpay(&[arguments, &[file.to_str().unwrap()]].concat())
}

fn play(steps: &str) -> Done {
    run(with_scenario(&["sandbox", "--listen", "127.0.0.1:0", "--exit", "--scenario"], steps), "")
}

#[test]
fn a_scenario_that_succeeds_ends_with_0() {
    let done = play("- create: T1\n  action: active_pay\n- pay: T1\n- expect: T1\n  state: paid\n");
    assert_eq!(done.code, 0, "{done:?}");
    let lines: Vec<&str> = done.out.lines().collect();
    assert!(lines[0].starts_with("listening on http://127.0.0.1:"), "{lines:?}");
    let played = lines.iter().position(|line| *line == "scenario A test").unwrap();
    assert_eq!(lines[played + 1], "ok       1 create T1: accepted");
    assert_eq!(lines.last(), Some(&"ok       3 expect T1"));
}

#[test]
fn a_key_in_the_address_for_callbacks_is_not_logged() {
    let fields = "fields: { call_back_url: 'http://127.0.0.1:9/ottpay?key=s3cret' }";
    let done = play(&format!("- create: T1\n  action: active_pay\n  {fields}\n- pay: T1\n"));
    assert!(
        done.err.contains("the callback was not acknowledged: no server listens at http://127.0.0.1:9/ottpay?…"),
        "{done:?}"
    );
    assert!(!done.err.contains("s3cret") && !done.out.contains("s3cret"), "{done:?}");
}

#[test]
fn a_step_that_fails_ends_with_1_and_is_named() {
    let done = play("- create: T1\n  action: active_pay\n- expect: T1\n  state: paid\n- pay: T1\n");
    assert_eq!(done.code, 1, "{done:?}");
    assert!(done.err.contains("error: the scenario failed: ") && done.err.contains("shop.yaml:5:3"), "{done:?}");
    let last = done.out.lines().last().unwrap();
    assert!(last.starts_with("failed   2 expect T1: expected the state paid, found created ("), "{last}");
}

#[test]
fn a_scenario_that_is_interrupted_has_not_succeeded() {
    let arguments = ["sandbox", "--listen", "127.0.0.1:0", "--exit", "--scenario"];
    let running = Running::start(with_scenario(&arguments, "- clock: 1s\n- wait: T1\n  within: 1h\n"));
    while !running.out().starts_with("ok       1 ") {}
    assert_eq!(running.terminate(), Some(1));
}

#[test]
fn a_scenario_with_mistakes_is_not_begun() {
    for (steps, says) in [
        ("- payy: T1\n", "shop.yaml:3:3: unknown step `payy`; did you mean `pay`?"),
        ("- create: T1\n  action: activ_pay\n", "shop.yaml:4:11: unknown action `activ_pay`"),
    ] {
        play(steps).fails(2, &[says]);
    }
    run(ottpay(&["sandbox", "--scenario", "none.yaml"]), "").fails(2, &["none.yaml: cannot be read"]);
    run(ottpay(&["sandbox", "--exit"]), "").fails(2, &["--scenario"]);
}

#[test]
fn a_scenario_waits_for_another_program_and_the_sandbox_goes_on() {
    let steps = "- wait: first\n  action: active_pay\n- pay: first\n- expect: first\n  state: closed\n";
    let own = ["sandbox", "--listen", "127.0.0.1:0", "--merchant", MERCHANT, "--sign-key", KEY, "--scenario"];
    let running = Running::start(with_scenario(&own, steps));
    let url = running.out().strip_prefix("listening on ").unwrap().to_owned();
    let set = ["amount=1", "biz_type=ALIPAY", "call_back_url=http://127.0.0.1:9/", "operator_id=1", "order_id=S1"];
    let set = set.into_iter().flat_map(|field| ["--set", field]);
    let pay: Vec<_> = ["call", "active_pay", "--yes", "--endpoint", &url].into_iter().chain(set).collect();
    let paid = run(sample(&pay), "");
    assert_eq!(paid.code, 0, "{paid:?}");
    loop {
        let line = running.out();
        if line.starts_with("failed") {
            assert!(line.contains("expected the state closed, found paid"), "{line}");
            break;
        }
    }
    assert!(running.out().ends_with("; the sandbox continues to run"));
    // The cause of the failure can be inspected.
    let asked = run(sample(&["call", "status_query", "--set", "order_id=S1", "--endpoint", &url]), "");
    assert_eq!(asked.code, 0, "{asked:?}");
    assert_eq!(running.terminate(), Some(0));
}

#[test]
fn a_file_is_checked_as_a_scenario() {
    let check = |steps: &str| run(with_scenario(&["spec", "check"], steps), "");
    let right = check("- wait: T1\n- pay: T1\n");
    assert_eq!((right.code, right.out.as_str()), (0, ""), "{right:?}");
    assert!(right.err.contains("shop.yaml: scenario with 2 steps, no mistakes"), "{right:?}");
    let wrong = check("- pay: T1\n- create: T2\n  action: active_pay\n  fields: { amount: a lot }\n");
    assert_eq!((wrong.code, wrong.out.as_str()), (1, ""), "{wrong:?}");
    for says in [
        "shop.yaml:3:8: no earlier step creates `T1`",
        "shop.yaml:6:21: active_pay: amount: expected a whole number of minor units",
        "error: ",
        "shop.yaml: 2 mistakes",
    ] {
        assert!(wrong.err.contains(says), "{says}: {wrong:?}");
    }
    let only = check("- clock: 1s\n");
    assert!(only.err.contains("shop.yaml: scenario with 1 step, no mistakes"), "{only:?}");
    // A file of a specification is not a scenario.
    let file = crate::common::root().join("spec/gateway.yaml");
    let other = run(ottpay(&["spec", "check", file.to_str().unwrap()]), "");
    assert!(other.code == 1 && other.err.contains("`scenario: TITLE` is missing"), "{other:?}");
    assert!(other.err.contains("help: a file is checked as a scenario"), "{other:?}");
}

/// The example of the guide, with the step that needs a shop.
#[test]
fn the_example_of_the_guide_has_no_mistakes() {
    let guide = fs::read_to_string(crate::common::root().join("docs/sandbox.md")).unwrap();
    let (_, example) = guide.split_once("```yaml\nscenario: ").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let file = folder().join("guide.yaml");
    fs::write(&file, format!("scenario: {example}")).unwrap();
    let checked = run(ottpay(&["spec", "check", file.to_str().unwrap()]), "");
    assert_eq!(checked.code, 0, "{checked:?}");
}
