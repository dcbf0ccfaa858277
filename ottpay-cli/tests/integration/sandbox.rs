//! `ottpay sandbox`: what it prints and logs, and settings that it rejects.

use std::net::TcpListener;
use std::time::Duration;

use crate::common::{self, KEY, MERCHANT, Running, ottpay, run, sample};

#[test]
fn a_port_in_use_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    for command in ["listen", "sandbox"] {
        run(sample(&[command, "--listen", &address]), "").fails(1, &[&address, "in use", "--listen"]);
    }
}

#[test]
fn the_sandbox_prints_its_address_and_accepts_calls() {
    let running = Running::start(ottpay(&["sandbox", "--listen", "127.0.0.1:0"]));
    let url = running.out().strip_prefix("listening on ").unwrap().to_owned();
    let merchant = running.out().strip_prefix("merchant_id ").unwrap().to_owned();
    let key = running.out().strip_prefix("sign_key ").unwrap().to_owned();
    let mut call = ottpay(&["call", "status_query", "--set", "order_id=T1", "--endpoint", &url]);
    call.env("OTTPAY_SIGN_KEY", &key).env("OTTPAY_MERCHANT_ID", merchant);
    let done = run(call, "");
    assert_eq!(done.code, 1, "{done:?}");
    assert!(!done.err.contains(&key) && done.err.contains("STATUS_QUERY"), "{done:?}");
    let export = format!(
        "to call it: export OTTPAY_ENDPOINT={url} OTTPAY_MERCHANT_ID=SB00000001 OTTPAY_CURRENCY=CAD, and OTTPAY_SIGN_KEY to the key \
         above"
    );
    // Standard error is not a terminal here, and may be a log.
    assert_eq!((running.err(), running.err()), (export, format!("pages for developers: {url}/sandbox")));
    assert_eq!(running.terminate(), Some(0));
}

#[test]
fn a_limit_that_is_not_certain_is_a_warning_in_the_log_of_the_sandbox() {
    let running =
        Running::start(ottpay(&["sandbox", "--listen", "127.0.0.1:0", "--merchant", MERCHANT, "--sign-key", KEY]));
    let url = running.out().strip_prefix("listening on ").unwrap().to_owned();
    let pay = |operator: &str, order: &str| {
        let (operator, order) = (format!("operator_id={operator}"), format!("order_id={order}"));
        let fields = ["amount=1", "biz_type=ALIPAY", "call_back_url=http://127.0.0.1:9/", &*operator, &*order];
        let fields = fields.into_iter().flat_map(|field| ["--set", field]);
        let arguments: Vec<_> = ["call", "active_pay", "--yes", "--endpoint", &url].into_iter().chain(fields).collect();
        assert_eq!(run(sample(&arguments), "").code, 0);
    };
    pay("0000020156", "T1");
    pay("12", "T2");
    let lines: Vec<_> = std::iter::from_fn(|| running.err.recv_timeout(Duration::from_millis(500)).ok()).collect();
    let warnings: Vec<_> = lines.iter().filter(|line| line.contains("not certain")).collect();
    let [warning] = &warnings[..] else { panic!("{warnings:?}") };
    assert!(warning.contains("accepted, but do not rely on it: ") && warning.contains("WARN"), "{warning}");
    assert!(warning.contains("operator_id (expected 10 characters, got 2)"), "{warning}");
    let created: Vec<_> = lines.iter().filter(|line| line.contains("order created")).collect();
    let [first, _] = &created[..] else { panic!("{created:?}") };
    assert!(first.contains("INFO") && first.contains("T1") && first.contains("active_pay"), "{first}");
    assert!(first.contains("0.01 CAD"), "{first}");
}

#[test]
fn a_strict_sandbox_refuses_tolerated_requests() {
    let strict = Running::start(sample(&[
        "sandbox",
        "--listen",
        "127.0.0.1:0",
        "--strict",
        "--merchant",
        MERCHANT,
        "--sign-key",
        KEY,
    ]));
    let url = strict.out().strip_prefix("listening on ").unwrap().to_owned();
    let pay = |operator: &str, id: &str| {
        let (operator, id) = (format!("operator_id={operator}"), format!("order_id={id}"));
        let fields = [&*id, &*operator, "amount=1", "biz_type=ALIPAY", "call_back_url=http://127.0.0.1:9/"];
        let fields = fields.into_iter().flat_map(|field| ["--set", field]);
        let arguments: Vec<_> = ["call", "active_pay", "--yes", "--endpoint", &url].into_iter().chain(fields).collect();
        run(sample(&arguments), "")
    };
    assert_eq!(pay("0000020156", "T1").code, 0);
    let refused = pay("12", "T2");
    assert!(refused.code != 0 && refused.err.contains("refused by a strict sandbox: "), "{refused:?}");
}

#[test]
fn settings_of_another_merchant_are_reported_and_not_used() {
    let mut command = sample(&["sandbox", "--listen", "localhost:0"]);
    command.env("OTTPAY_ENDPOINT", "https://frontapi.ottpay.com");
    let running = Running::start(command);
    let (_, merchant) = (running.out(), running.out());
    assert_eq!(merchant, "merchant_id SB00000001");
    let note = running.err();
    assert!(note.contains("OTTPAY_ENDPOINT, OTTPAY_MERCHANT_ID, OTTPAY_SIGN_KEY"), "{note}");
    assert!(!note.contains(KEY) && running.err().starts_with("to call it: export "));
    // The same merchant and key, set with flags: only the address differs.
    let same =
        Running::start(sample(&["sandbox", "--listen", "localhost:0", "--merchant", MERCHANT, "--sign-key", KEY]));
    let said = same.err();
    assert!(said.starts_with("to call it: export ") && !said.contains("OTTPAY_SIGN_KEY"), "{said}");
}

#[test]
fn a_sandbox_that_other_machines_can_reach_reports_it() {
    let running = Running::start(ottpay(&["sandbox", "--listen", "0.0.0.0:0"]));
    assert!(running.out().starts_with("listening on http://127.0.0.1:"));
    let note = running.err();
    assert!(note.starts_with("note: at 0.0.0.0, other machines can reach the gateway"), "{note}");
}

#[test]
fn a_database_that_cannot_be_used_is_named_with_what_to_do() {
    let place = common::folder();
    for (file, says) in [("none/orders.db", "create the folder"), ("", "a file in this folder")] {
        let path = place.join(file);
        let done = run(ottpay(&["sandbox", "--listen", "127.0.0.1:0", "--db", path.to_str().unwrap()]), "");
        done.fails(1, &["database", says, "--db"]);
    }
    for merchant in ["", " "] {
        let done = run(ottpay(&["sandbox", "--listen", "127.0.0.1:0", "--merchant", merchant]), "");
        done.fails(2, &["--merchant <ID>", "a merchant id must not be empty"]);
    }
    #[cfg(unix)]
    {
        let link = place.join("link.db");
        std::os::unix::fs::symlink("none.db", &link).unwrap();
        let done = run(ottpay(&["sandbox", "--listen", "127.0.0.1:0", "--db", link.to_str().unwrap()]), "");
        done.fails(1, &["it is a link to none.db, which does not exist; remove the link"]);
    }
    run(ottpay(&["sandbox", "--listen", "shop"]), "").fails(2, &["as in 127.0.0.1:8081"]);
}

#[test]
fn the_sandbox_does_not_print_a_key_that_it_was_given() {
    let running = Running::start(ottpay(&["sandbox", "--listen", "127.0.0.1:0", "--sign-key", KEY]));
    assert!(running.out().starts_with("listening on http://127.0.0.1:"));
    assert!(running.out().starts_with("merchant_id "));
    let said = running.err() + &running.err();
    assert!(said.contains("pages for developers") && !said.contains(KEY), "{said}");
    assert!(running.out.try_recv().is_err());
}
