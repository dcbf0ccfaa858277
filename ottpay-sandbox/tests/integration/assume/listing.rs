//! Where assumptions are listed and changed: the guide, the control interface, and these tests.

use std::path::Path;

use crate::common::{NOBODY, control, get, pay, started};
use ottpay_sandbox::assume::{RefusedIds, Totals};
use ottpay_sandbox::{Assumption, Question, Sandbox};
use serde_json::{Value, json};

const REGENERATE: &str = "UPDATE=1 cargo test -p ottpay-sandbox --test integration assume";

/// The table of the guide: a row for each answer.
fn table() -> String {
    let rows = Question::ALL.iter().flat_map(|question| {
        question.answers().iter().enumerate().map(|(place, answer)| {
            let asked =
                if place == 0 { format!("`{}`: {}", question.name(), question.description()) } else { String::new() };
            let default = if answer.is_default() { " (default)" } else { "" };
            format!("| {asked} | `{}`{default} | {} |\n", answer.value(), answer.meaning())
        })
    });
    format!("| question | answer | what the sandbox does |\n|---|---|---|\n{}", rows.collect::<String>())
}

#[test]
fn the_guide_lists_every_answer_to_every_question() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/sandbox.md");
    let guide = std::fs::read_to_string(&file).unwrap();
    let start = guide.find("| question | answer |").expect("the table of assumptions");
    let end = guide[start..].find("\n\n").map_or(guide.len(), |length| start + length + 1);
    if std::env::var_os("UPDATE").is_some_and(|update| update == "1") {
        std::fs::write(&file, format!("{}{}{}", &guide[..start], table(), &guide[end..])).unwrap();
    } else {
        assert!(guide[start..end] == table(), "docs/sandbox.md is not up to date; run `{REGENERATE}`");
    }
    for assumption in Assumption::ALL {
        assert!(table().contains(&format!("`{}`", assumption.value())), "{assumption}");
    }
}

#[test]
fn every_answer_is_shown_on_the_wire_by_a_test() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/integration/assume");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let tests: String = files.map(|file| std::fs::read_to_string(file).unwrap()).collect();
    for assumption in Assumption::ALL {
        assert!(tests.contains(&format!("(\"{assumption}\"")), "no test assumes {assumption}");
    }
}

#[tokio::test]
async fn every_answer_can_be_given_before_the_start_and_while_it_runs() {
    let running = Sandbox::start().await.unwrap();
    for assumption in Assumption::ALL {
        let sandbox = Sandbox::builder().assume(*assumption).start().await.unwrap();
        running.assume(*assumption);
        for sandbox in [&sandbox, &running] {
            let answers = sandbox.assumptions();
            assert!(answers.contains(assumption), "{assumption}");
            let names: Vec<_> = answers.iter().map(|answer| answer.question()).collect();
            assert_eq!(names, Question::ALL.iter().map(|question| question.name()).collect::<Vec<_>>());
        }
        let changed = sandbox.assumptions().iter().filter(|answer| !answer.is_default()).count();
        assert_eq!(changed, usize::from(!assumption.is_default()), "{assumption}");
    }
    let sandbox = Sandbox::builder().assume(RefusedIds::Burnt).assume(Totals::Bare).assume(Totals::Tip);
    let answers = sandbox.start().await.unwrap().assumptions();
    assert!(answers.contains(&RefusedIds::Burnt.into()) && answers.contains(&Totals::Tip.into()));
}

#[tokio::test]
async fn assumptions_are_read_and_changed_by_the_control_interface() {
    let (sandbox, client) = started().await;
    let (_, status) = control(&sandbox, "GET", "/status", Value::Null).await;
    for question in Question::ALL {
        assert_eq!(status["assumptions"][question.name()], question.answers()[0].value());
    }
    let (_, listed) = control(&sandbox, "GET", "/assumptions", Value::Null).await;
    assert_eq!(listed["assumed"], status["assumptions"]);
    let known = listed["known"].as_array().unwrap();
    let values: Vec<_> = known.iter().flat_map(|question| question["values"].as_array().unwrap()).collect();
    assert_eq!((known.len(), values.len()), (Question::ALL.len(), Assumption::ALL.len()));

    pay(&client, "T1", 100, NOBODY).await.unwrap();
    let (status, reply) = control(&sandbox, "POST", "/assumptions", json!({ "duplicates": "message" })).await;
    assert_eq!((status, &reply["duplicates"], &reply["totals"]), (200, &json!("message"), &json!("fee")));
    let error = pay(&client, "T1", 100, NOBODY).await.unwrap_err().to_string();
    assert!(error.contains("FAIL"), "{error}");
    let (_, page) = get(&format!("{}/sandbox", sandbox.url())).await;
    assert_eq!(page.matches(">(changed)<").count(), 1, "{page}");

    for (wrong, says) in [
        (json!({ "totals": "bare", "total": "tip" }), "unknown assumption `total`; did you mean `totals`?"),
        (json!({ "totals": "all" }), "unknown value of totals `all`; expected one of fee, bare,"),
        (json!({ "totals": 1 }), "totals: expected a string"),
    ] {
        let (status, reply) = control(&sandbox, "POST", "/assumptions", wrong).await;
        assert!(status == 400 && reply["error"].as_str().unwrap().contains(says), "{reply}");
    }
    // All or nothing.
    assert!(sandbox.assumptions().contains(&Totals::Fee.into()));
}
