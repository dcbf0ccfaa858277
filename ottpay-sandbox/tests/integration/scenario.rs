//! Scenarios: files of steps that a sandbox plays.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::common::{Folder, NOBODY, checkout, client_of, pay, shop, shop_that, started};
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use ottpay_sandbox::scenario::{PlayedStep, Scenario};
use ottpay_sandbox::{OrderState, Sandbox, SandboxError};

/// A scenario with these steps.
fn steps(steps: &str) -> Scenario {
    Scenario::from_yaml(&format!("scenario: A test\nsteps:\n{steps}")).unwrap_or_else(|error| panic!("{error}"))
}

/// Plays it, and returns each step as it is reported.
async fn play(sandbox: &Sandbox, scenario: &Scenario) -> (Vec<String>, Result<(), SandboxError>) {
    let mut played = Vec::new();
    let result = sandbox.play_with(scenario, |step: &PlayedStep| played.push(step.to_string())).await;
    (played, result)
}

#[tokio::test]
async fn a_scenario_creates_pays_refunds_and_compares() {
    let (sandbox, _) = started().await;
    let (url, bodies) = shop().await;
    let text = format!(
        "scenario: Paid, then partly refunded\ncallbacks: {url}\nsteps:\n\
         - create: T1\n  action: ACTIVEPAY\n  fields: {{ amount: 1999, operator_id: 0000020156 }}\n\
         - expect: T1\n  state: created\n  callback: none\n\
         - pay: T1\n  tip: 70\n\
         - expect: T1\n  state: paid\n  callback: delivered\n  within: 5s\n\
         - create: R1\n  action: refund\n  fields: {{ ori_order_id: T1, refund_amt: 500 }}\n\
         - expect: T1\n  refunded: 500\n\
         - expect: R1\n  state: refunded\n\
         - received: active_pay\n  order: T1\n  count: 1\n  refused: 0\n\
         - resend: T1\n"
    );
    let scenario = Scenario::from_yaml(&text).unwrap();
    assert_eq!((scenario.title(), scenario.count_steps()), ("Paid, then partly refunded", 9));
    let (played, result) = play(&sandbox, &scenario).await;
    result.unwrap_or_else(|error| panic!("{error}: {played:?}"));
    assert_eq!(played[0], "ok       1 create T1: accepted");
    assert_eq!(played[2], "ok       3 pay T1: the callback was answered with 200");
    assert_eq!(played[7], "ok       8 received active_pay");
    assert_eq!(played[8], "ok       9 resend T1: the callback was answered with 200");
    assert_eq!(bodies.lock().unwrap().len(), 2);
    let order = sandbox.order("T1").unwrap().unwrap();
    assert_eq!((order.amount().minor(), order.tip().map(ottpay::Amount::minor)), (1999, Some(70)));
    // The second time, the ids are already used.
    let error = sandbox.play(&scenario).await.unwrap_err().to_string();
    assert!(error.contains("scenario:4:3") && error.contains("the request was refused, expected accepted"), "{error}");
    assert!(error.contains("ORDER_USED"), "{error}");
}

#[tokio::test]
async fn a_scenario_waits_for_the_orders_of_a_shop_and_names_them() {
    let (sandbox, client) = started().await;
    pay(&client, "before", 100, NOBODY).await.unwrap();
    let scenario = steps(
        "- wait: first\n  action: active_pay\n- wait: page\n  action: prepay_init\n- pay: first\n- decline: page\n\
         - wait: S2\n  state: paid\n  within: 20s\n- expect: first\n  state: paid\n- expect: page\n  state: declined\n",
    );
    let shop = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        pay(&client, "S1", 100, NOBODY).await.unwrap();
        pay(&client, "S2", 100, NOBODY).await.unwrap();
        checkout(&client, "P1", NOBODY).await;
        sandbox.pay("S2").await.unwrap();
    };
    let ((played, result), ()) = tokio::join!(play(&sandbox, &scenario), shop);
    result.unwrap_or_else(|error| panic!("{error}: {played:?}"));
    assert_eq!(played[0], "ok       1 wait first: it is the order S1");
    assert_eq!(sandbox.order("before").unwrap().unwrap().state(), OrderState::Created);
    assert_eq!(sandbox.order("P1").unwrap().unwrap().state(), OrderState::Declined);
}

#[tokio::test]
async fn a_scenario_makes_things_go_wrong_moves_the_clock_and_assumes() {
    let (sandbox, _) = started().await;
    let scenario = steps(
        "- fault: drop_after\n  action: ACTIVEPAY\n- create: T1\n  action: active_pay\n  outcome: unknown\n\
         - expect: T1\n  state: created\n\
         - fault: refuse\n  order: T2\n  times: 2\n  code: FAIL\n\
         - create: T2\n  action: active_pay\n  outcome: refused\n\
         - create: T3\n  action: web_pay_link\n\
         - clock: 1h\n- expect: T1\n  state: closed\n- received: ACTIVEPAY\n  accepted: 1\n  refused: 1\n\
         - assume: late_payments=on\n- pay: T1\n- expect: T1\n  state: paid\n",
    );
    let (played, result) = play(&sandbox, &scenario).await;
    result.unwrap_or_else(|error| panic!("{error}: {played:?}"));
    assert_eq!(sandbox.waiting_faults().len(), 1);
}

/// Requests of every kind: in an envelope, as plain JSON, as a link, or for the vendor's SDK.
#[tokio::test]
async fn every_action_that_writes_can_be_created() {
    let (sandbox, _) = started().await;
    let mut created = 0;
    for info in ottpay::GATEWAY.actions.iter().filter(|info| info.effect == ottpay::spec::Effect::Write) {
        let refunds = info.request_field(ottpay::spec::Role::OriginalOrder);
        if info.own_id().is_none() || refunds.is_some() {
            continue;
        }
        let id = format!("T{created}");
        let scenario = steps(&format!("- create: {id}\n  action: {}\n- wait: {id}\n  within: 1s\n", info.name));
        let (played, result) = play(&sandbox, &scenario).await;
        result.unwrap_or_else(|error| panic!("{}: {error}: {played:?}", info.name));
        created += 1;
    }
    assert!(created > 10, "{created}");
}

#[tokio::test]
async fn a_forged_callback_is_not_expected_to_be_accepted_and_stays_forged() {
    let (sandbox, _) = started().await;
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&bodies);
    let answer = move |body: Bytes| async move {
        // A genuine one has its order only inside `data`.
        let is_forged = String::from_utf8_lossy(&body).contains("\"order_id\"");
        kept.lock().unwrap().push(body);
        if is_forged { StatusCode::BAD_REQUEST } else { StatusCode::OK }
    };
    let url = shop_that(post(answer)).await;
    let text = format!(
        "scenario: Forged\ncallbacks: {url}\nsteps:\n\
         - fault: callback_forged\n  delay: 50ms\n- create: T1\n  action: active_pay\n- pay: T1\n\
         - expect: T1\n  callback: delivered\n  within: 10s\n- resend: T1\n- resend: T1\n  callback: 2\n\
         - expect: T1\n  callback: delivered\n  within: 10s\n\
         - fault: callback_forged\n- create: T2\n  action: active_pay\n- decline: T2\n- expect: T2\n  callback: none\n"
    );
    let (played, result) = play(&sandbox, &Scenario::from_yaml(&text).unwrap()).await;
    result.unwrap_or_else(|error| panic!("{error}: {played:?}"));
    assert_eq!(played[4], "ok       5 resend T1: the callback was answered with 400");
    assert_eq!(played[5], "ok       6 resend T1: the callback was answered with 200");
    let bodies = bodies.lock().unwrap();
    assert_eq!(bodies.len(), 5);
    assert!(bodies[0] == bodies[2] && bodies[1] == bodies[3] && bodies[0] != bodies[1]);
}

#[tokio::test]
async fn the_first_step_that_fails_ends_the_scenario_and_is_reported_with_its_place() {
    let (sandbox, client) = started().await;
    pay(&client, "T1", 100, NOBODY).await.unwrap();
    for (step, reason) in [
        ("- expect: T1\n  state: paid\n", "expected the state paid, found created"),
        ("- expect: T1\n  refunded: 5\n", "refunded is 0, expected 5"),
        ("- expect: T1\n  callback: delivered\n  within: 10ms\n", "its callback is none, expected delivered"),
        ("- received: ACTIVEPAY\n  count: 2\n", ": received 1, expected 2"),
        ("- received: REFUND\n  refused: 1\n", ": refused 0, expected 1"),
        ("- wait: T2\n  within: 20ms\n", "there is no order T2, after 20ms"),
        ("- wait: next\n  action: active_pay\n  within: 0s\n", "the shop has not created another order by active_pay"),
        ("- resend: T1\n  callback: 2\n", "the order T1"),
        ("- capture: T1\n", "the order T1 is created, so capture is not possible"),
    ] {
        let scenario = steps(&format!("- wait: T1\n{step}- pay: T1\n"));
        let (played, result) = play(&sandbox, &scenario).await;
        let error = result.unwrap_err();
        assert!(matches!(error, SandboxError::Step { .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.contains("scenario:4:3") && text.contains(reason), "{text}");
        assert!(played.len() == 2 && played[1].starts_with("failed   2 "), "{played:?}");
    }
    assert_eq!(sandbox.order("T1").unwrap().unwrap().state(), OrderState::Created);
}

#[test]
fn every_mistake_of_form_is_reported_with_its_place_and_a_correction() {
    for (text, says) in [
        ("", "`scenario: TITLE` is missing"),
        ("scenario: A\n", "scenario:1:1: `steps:` is missing"),
        ("steps:\n- pay: T1\n", "scenario:1:1: `scenario: TITLE` is missing"),
        ("scenario: A\nsteps: []\n", "`steps:` is missing or empty"),
        ("scenario: A\nstep:\n- pay: T1\n", "scenario:2:1: unknown key `step`; did you mean `steps`?"),
        ("scenario: A\nsteps: pay\n", "scenario:2:8: expected a list of steps"),
        ("scenario: A\nsteps:\n- pay\n", "scenario:3:3: expected a map"),
        ("scenario: A\nsteps:\n- payy: T1\n", "scenario:3:3: unknown step `payy`; did you mean `pay`?"),
        ("scenario: A\nsteps:\n- pay:\n", "scenario:3:"),
        ("scenario: A\nsteps:\n- pay: \"\"\n", "scenario:3:8: `pay` needs a value"),
        ("scenario: A\nsteps:\n- pay: [T1]\n", "scenario:3:8: expected a string"),
        ("scenario: A\nsteps:\n- pay: T1\n  decline: T1\n", "scenario:4:3: this step is already `pay`"),
        (
            "scenario: A\nsteps:\n- pay: T1\n  tipp: 1\n",
            "scenario:4:3: in `pay`: unknown key `tipp`; did you mean `tip`?",
        ),
        (
            "scenario: A\nsteps:\n- decline: T1\n  tip: 1\n",
            "scenario:4:3: `decline` does not have other keys; remove `tip`",
        ),
        ("scenario: A\nsteps:\n- pay: T1\n  tip: 1.50\n", "scenario:4:8: tip: expected minor units"),
        ("scenario: A\nsteps:\n- pay: T1\n  fields: { a: b }\n", "scenario:4:3: `pay` does not have `fields`"),
        ("scenario: A\nsteps:\n- pay: T1\n- pay: &a T1\n", "scenario:4:"),
        ("scenario: A\nsteps:\n- create: T1\n", "scenario:3:3: `action` is missing"),
        (
            "scenario: A\nsteps:\n- create: T1\n  action: a\n  outcome: lost\n",
            "expected one of accepted, refused, unknown",
        ),
        ("scenario: A\nsteps:\n- fault: drop\n", "scenario:3:10: unknown fault `drop`"),
        ("scenario: A\nsteps:\n- fault: delay\n  delay: 2\n", "scenario:4:10: expected a duration such as `30s`"),
        ("scenario: A\nsteps:\n- clock: soon\n", "scenario:3:10: expected a duration"),
        ("scenario: A\nsteps:\n- clock: -5m\n", "scenario:3:10: expected a duration"),
        ("scenario: A\nsteps:\n- wait: T1\n  within: 2h\n", "scenario:4:11: expected at most 1h"),
        (
            "scenario: A\nsteps:\n- wait: T1\n  state: payed\n",
            "scenario:4:10: unknown state `payed`; did you mean `paid`?",
        ),
        (
            "scenario: A\nsteps:\n- assume: refused_id=burnt\n",
            "scenario:3:11: unknown assumption `refused_id`; did you mean",
        ),
        ("scenario: A\nsteps:\n- expect: T1\n", "scenario:3:3: the step expects nothing"),
        ("scenario: A\nsteps:\n- received: REFUND\n", "scenario:3:3: the step expects no number"),
        ("scenario: A\nsteps:\n- received: REFUND\n  count: many\n", "scenario:4:10: count: expected a whole number"),
        ("scenario: A\nsteps:\n\t- pay: T1\n", "scenario:"),
        ("scenario: A\nscenario: B\nsteps:\n- pay: T1\n", "scenario:2:1: duplicate key `scenario`"),
        ("scenario: A\nsteps:\n- pay: T1\n  pay: T2\n", "scenario:4:3: duplicate key `pay`"),
        ("scenario: A\nsteps:\n- pay: T1\n---\nscenario: B\n", "a second YAML document begins here"),
    ] {
        let error = Scenario::from_yaml(text).map(drop).expect_err(text).to_string();
        assert!(error.contains(says), "{text:?}: {error}");
    }
    let several =
        Scenario::from_yaml("scenario: A\nsteps:\n- pya: T1\n- pay: T1\n- clock: x\n- expect: T1\n").unwrap_err();
    assert_eq!(several.mistakes().iter().map(|mistake| mistake.line).collect::<Vec<_>>(), [3, 5, 6], "{several}");
}

#[tokio::test]
async fn a_scenario_that_does_not_fit_the_specification_is_not_begun() {
    let (sandbox, _) = started().await;
    for (step, says) in [
        (
            "- create: T2\n  action: activ_pay\n",
            "scenario:5:11: unknown action `activ_pay`; did you mean `active_pay`?",
        ),
        ("- create: T2\n  action: status_query\n", "scenario:5:11: `status_query` only reads"),
        ("- create: T2\n  action: CC_PURCHASE\n", "scenario:5:11: there are several actions `CC_PURCHASE`; use one of"),
        ("- create: T 2\n  action: active_pay\n", "scenario:4:11: active_pay: order_id:"),
        (
            "- create: T2\n  action: active_pay\n  fields: { amuont: 1 }\n",
            "scenario:6:13: active_pay does not have a field `amuont`; did you mean `amount`?",
        ),
        (
            "- create: T2\n  action: active_pay\n  fields: { amount: 1.5 }\n",
            "scenario:6:21: active_pay: amount: expected a whole number of minor units",
        ),
        ("- create: R2\n  action: refund\n  fields: { refund_amt: 1 }\n", "scenario:4:3: refund: ori_order_id:"),
        ("- create: R3\n  action: refund\n  fields: { ori_order_id: R3, refund_amt: 1 }\n", "scenario:6:27: "),
        ("- wait: T2\n  action: active_pey\n", "scenario:5:11: unknown action `active_pey`"),
        ("- received: ACTIVPAY\n  count: 1\n", "scenario:4:13: unknown action `ACTIVPAY`"),
        ("- fault: wrong_digest\n  action: wap_pay_link\n", "scenario:5:11: the fault wrong_digest cannot happen to"),
        ("- fault: refuse\n  times: 0\n", "scenario:4:10: the fault is planned 0 times"),
        ("- pay: T2\n", "scenario:4:8: no earlier step creates `T2`; if the shop creates it, add `- wait: T2` before"),
    ] {
        let scenario = steps(&format!("- wait: T1\n  # A comment.\n{step}").replace("  # A comment.\n", ""));
        let error = scenario.check(&ottpay::GATEWAY).expect_err(step).to_string();
        assert!(error.contains(says), "{step:?}: {error}");
        let played = sandbox.play(&scenario).await.unwrap_err();
        assert!(matches!(&played, SandboxError::Scenario(_)) && played.to_string().contains(says), "{played:?}");
    }
    assert_eq!(sandbox.requests(), 0);
}

#[test]
fn a_file_is_read_up_to_a_limit() {
    let folder = Folder::new("scenario");
    let file = folder.0.join("shop.yaml");
    let many = "- pay: T1\n".repeat(1001);
    std::fs::write(&file, format!("scenario: A\nsteps:\n- wait: T1\n{many}")).unwrap();
    let error = Scenario::from_file(&file).unwrap_err().to_string();
    assert!(error.contains("shop.yaml:1:1: expected at most 1000 steps, found 1002"), "{error}");
    // The limit falls inside a character of the second file.
    for line in ["# ", "\u{e9}"] {
        std::fs::write(&file, line.repeat(200 * 1024)).unwrap();
        let error = Scenario::from_file(&file).unwrap_err().to_string();
        assert!(error.contains("shop.yaml: larger than 256 KiB"), "{error}");
    }
    std::fs::write(&file, [0xff, 0xfe]).unwrap();
    assert!(Scenario::from_file(&file).unwrap_err().to_string().contains("shop.yaml: not UTF-8"));
    assert!(
        Scenario::from_file(folder.0.join("none.yaml")).unwrap_err().to_string().contains("none.yaml: cannot be read")
    );
}

#[tokio::test]
async fn a_scenario_that_is_no_longer_awaited_ends() {
    let (sandbox, _) = started().await;
    let scenario = steps("- wait: T1\n  within: 1h\n- create: T2\n  action: active_pay\n");
    let waited = tokio::time::timeout(Duration::from_millis(50), sandbox.play(&scenario)).await;
    assert!(waited.is_err());
    let client = client_of(&sandbox).build().unwrap();
    pay(&client, "T1", 100, NOBODY).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(sandbox.order("T2").unwrap().is_none());
}
