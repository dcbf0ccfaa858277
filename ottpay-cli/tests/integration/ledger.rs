//! `ottpay ledger`: what an operator sees and does, on a file with known content.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use ottpay::{Client, Currency, SignKey};
use ottpay_ledger::store::Store as _;
use ottpay_ledger::{Filter, Inspector, Ledger, Sqlite, State};

use crate::common::{self, Done, KEY, MERCHANT, folder, ottpay, run};

/// What must never be printed.
const LINK: &str = "https://pay.example/qr/s3cret-link";

const ENDPOINT: &str = "http://127.0.0.1:9";

pub(crate) fn client(endpoint: &str) -> Client {
    let client = Client::builder().endpoint(endpoint).merchant_id(MERCHANT).sign_key(SignKey::new(KEY).unwrap());
    client.currency(Currency::CAD).build().unwrap()
}

/// A file with the tables of a ledger.
pub(crate) async fn new_ledger(endpoint: &str) -> PathBuf {
    let file = folder().join("shop.db");
    Ledger::open(Sqlite::file(&file), [client(endpoint)]).await.unwrap();
    file
}

async fn write(file: &Path, sql: &str) {
    let mut txn = Sqlite::file(file).begin(Duration::from_secs(5)).await.unwrap();
    txn.execute(sql, &[]).await.unwrap();
    txn.commit().await.unwrap();
}

/// Two orders and a refund; one order is parked, with a control character in the error of its handler.
async fn filled() -> PathBuf {
    let file = new_ledger(ENDPOINT).await;
    for (id, role, reference, state, second) in
        [("T1", "order", "1042", State::Paid, 100), ("T2", "order", "invoice 7", State::Open, 200)]
    {
        let sql = format!(
            "INSERT INTO ottpay_orders (merchant, id, role, action, reference, amount, currency, tracked, given, noted_at, sends,
                 state, alive_at)
             VALUES ('{MERCHANT}', '{id}', '{role}', 'active_pay', '{reference}', 1999, 'CAD', '{{}}', '{{\"code_url\":\"{LINK}\"}}',
                 {second}000, 1, '{state}', 1)"
        );
        write(&file, &sql).await;
    }
    for sql in [
        "INSERT INTO ottpay_orders (merchant, id, role, action, reference, original, amount, currency, tracked, noted_at, sends,
             state, alive_at)
         VALUES ('ON00004652', 'R1', 'refund', 'refund', '1042', 'T1', 500, 'CAD', '{}', 300000, 1, 'unresolved', 1)",
        "UPDATE ottpay_orders SET paid = 1999, paid_currency = 'CAD', asked = 2, asked_at = 150000, answer = 'paid 19.99 CAD',
             parked_at = 160000, failing_since = 140000, failure = 'no such cart' || char(27) || '[2J', tries = 10
         WHERE id = 'T1'",
        "INSERT INTO ottpay_events (key, merchant, id, reference, kind, body, after, attempt, offered_at)
         VALUES ('ab12', 'ON00004652', 'T1', '1042', 'paid', '{}', '{}', 10, 150000)",
        "INSERT INTO ottpay_hints (merchant, id, seen, taken, first_at, last_at, digest, fields)
         VALUES ('ON00004652', 'T1', 4, 4, 110000, 120000, '', '{\"buyer\":\"s3cret\"}')",
        "INSERT INTO ottpay_verdicts (merchant, id, verdict, decided_by, why, decided_at)
         VALUES ('ON00004652', 'T2', 'not_paid', 'Ann', 'seen in the portal', 170000)",
        "INSERT INTO ottpay_strays (merchant, id, seen, last_at, digest) VALUES ('ON00004652', 'T9', 2, 230000, '')",
    ] {
        write(&file, sql).await;
    }
    file
}

/// `ottpay ledger …` without merchant and key.
fn read(file: &Path, arguments: &[&str]) -> Done {
    let mut command = ottpay(&[&["ledger"], arguments].concat());
    command.env("OTTPAY_LEDGER", file);
    let done = run(command, "");
    assert!(!format!("{done:?}").contains("s3cret"), "{done:?}");
    done
}

/// A command of the merchant whose ledger it is.
pub(crate) fn as_merchant(file: &Path, endpoint: &str, arguments: &[&str]) -> Command {
    let mut command = common::sample(arguments);
    command.env("OTTPAY_LEDGER", file).env("OTTPAY_CURRENCY", "CAD").env("OTTPAY_ENDPOINT", endpoint);
    command
}

#[tokio::test]
async fn orders_are_listed_for_people_and_for_programs() {
    let file = filled().await;
    let all = read(&file, &["list"]);
    let unresolved = State::Unresolved.what_to_do();
    let open = State::Open.what_to_do();
    let expected = format!(
        "ORDER  REFERENCE  STATE         AMOUNT     PAID       NOTED                 WHAT TO DO\n\
         R1     1042       unresolved    5.00 CAD   -          1970-01-01 00:05:00Z  {unresolved}\n\
         T2     invoice 7  open          19.99 CAD  -          1970-01-01 00:03:20Z  {open}\n\
         T1     1042       paid, parked  19.99 CAD  19.99 CAD  1970-01-01 00:01:40Z  fix the cause of the handler's failure, then replay it\n"
    );
    assert_eq!((all.code, all.out.as_str(), all.err.as_str()), (0, expected.as_str(), ""));
    let parked = read(&file, &["parked"]);
    let expected = "ORDER  REFERENCE  STATE  PARKED                FAILURE\n\
                    T1     1042       paid   1970-01-01 00:02:40Z  no such cart\u{fffd}[2J\n";
    assert_eq!((parked.code, parked.out.as_str()), (0, expected));
    let page = read(&file, &["list", "--limit", "1", "--json"]);
    assert_eq!((page.json()["order_id"].as_str(), page.json()["original"].as_str()), (Some("R1"), Some("T1")));
    assert_eq!(page.err, "note: there may be more; add --before 3\n");
    for (arguments, expected) in [
        (&["--before", "3"][..], &["T2", "T1"][..]),
        (&["--open"], &["R1", "T2"]),
        (&["--state", "paid", "--state", "open"], &["T2", "T1"]),
        (&["--reference", "invoice 7"], &["T2"]),
        (&["--parked"], &["T1"]),
        (&["--since", "1970-01-01T00:03:00Z"], &["R1", "T2"]),
        (&["--since", "1h"], &[]),
        (&["--merchant", "another"], &[]),
    ] {
        let done = read(&file, &[&["list", "--json"], arguments].concat());
        let ids = done.out.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let ids: Vec<_> = ids.map(|order| order["order_id"].as_str().unwrap().to_owned()).collect();
        assert_eq!((done.code, ids), (0, expected.iter().map(|id| (*id).to_owned()).collect()), "{arguments:?}");
    }
    let strays = read(&file, &["strays"]);
    assert_eq!(strays.out, "ORDER  MERCHANT    COUNT  LAST\nT9     ON00004652  2      1970-01-01 00:03:50Z\n");
}

#[tokio::test]
async fn an_order_is_shown_with_all_that_is_kept_of_it_but_its_link() {
    let file = filled().await;
    let shown = read(&file, &["show", "T1"]);
    let sure = State::Paid.how_sure();
    let expected = format!(
        "ORDER T1\n\
         state       paid: {sure}\n\
         what to do  fix the cause of the handler's failure, then replay it\n\
         merchant    ON00004652\n\
         reference   1042\n\
         action      active_pay\n\
         amount      19.99 CAD\n\
         paid        19.99 CAD\n\
         refunded    0.00 CAD\n\
         noted       1970-01-01 00:01:40Z, sent once\n\
         asked       2 times, last 1970-01-01 00:02:30Z: paid 19.99 CAD\n\
         asked next  -\n\
         link        stored, for the buyer\n\
         callbacks   4, last 1970-01-01 00:02:00Z\n\
         failing     since 1970-01-01 00:02:20Z, 10 tries: no such cart\u{fffd}[2J\n\
         parked      since 1970-01-01 00:02:40Z\n\
         \n\
         EVENT  ATTEMPT  HANDED OVER           DONE  KEY\n\
         paid   10       1970-01-01 00:02:30Z  -     ab12\n"
    );
    assert_eq!((shown.code, shown.out.as_str()), (0, expected.as_str()));
    let refund = read(&file, &["show", "R1"]).out;
    assert!(refund.starts_with("REFUND R1\n") && refund.contains("\nrefund of   T1\n"), "{refund}");
    let decided = read(&file, &["show", "T2"]).out;
    let table = "\nDECIDED   BY   AT                    WHY\nnot_paid  Ann  1970-01-01 00:02:50Z  seen in the portal\n";
    assert!(decided.ends_with(table), "{decided}");
    let json = read(&file, &["show", "T1", "--json"]).json();
    assert_eq!((&json["events"][0]["key"], &json["is_link_stored"]), (&"ab12".into(), &true.into()));
    read(&file, &["show", "T8"]).fails(1, &["no order, Checkout page or refund with this id", "ledger list"]);
}

#[tokio::test]
async fn health_is_a_table_and_an_object() {
    let file = filled().await;
    let health = read(&file, &["health"]);
    let line = |start: &str| health.out.lines().find(|line| line.starts_with(start)).unwrap_or_default().to_owned();
    assert_eq!(line("WHAT").split_whitespace().collect::<Vec<_>>(), ["WHAT", "COUNT", "OLDEST"], "{health:?}");
    let [name, count, days, unit] =
        line("unresolved").split_whitespace().map(str::to_owned).collect::<Vec<_>>().try_into().unwrap();
    assert_eq!((name.as_str(), count.as_str(), unit.as_str()), ("unresolved", "1", "d"));
    assert!(days.parse::<u64>().unwrap() > 20_000, "{days}");
    let json = read(&file, &["health", "--json"]).json();
    assert_eq!(json["parked"], serde_json::json!({ "count": 1, "oldest": "1970-01-01T00:02:40Z" }));
    assert_eq!((&json["strays"], &json["to_look_at"]["unresolved"]["count"]), (&1.into(), &1.into()));
}

#[tokio::test]
async fn reading_creates_nothing() {
    let none = folder().join("shop.db");
    read(&none, &["list"]).fails(2, &["there is no ledger", "shop.db", "full path"]);
    assert!(!none.exists());
    let other = folder().join("other.db");
    write(&other, "CREATE TABLE carts (id INTEGER)").await;
    read(&other, &["list"]).fails(1, &["cannot be opened", "no ledger tables"]);
    assert!(Inspector::open(Sqlite::file(&other)).await.is_err(), "tables were made");
    let mut unset = ottpay(&["ledger", "list"]);
    unset.env_remove("OTTPAY_LEDGER");
    run(unset, "").fails(2, &["no ledger is set", "--ledger shop.db", "OTTPAY_LEDGER"]);
    read(&none, &["list", "--state", "payed"]).fails(2, &["did you mean `paid`"]);
    read(&none, &["list", "--since", "yesterday"]).fails(2, &["15m, 2h or 3d"]);
}

#[test]
fn the_password_of_a_ledger_is_not_printed() {
    for address in
        ["postgres://shop:s3cret@127.0.0.1:9/shop", "mysql://shop:s3cret@db/shop", "postgres://shop:s3cret@[/x"]
    {
        let by_flag = run(ottpay(&["ledger", "list", "--ledger", address]), "");
        let mut command = ottpay(&["ledger", "list"]);
        command.env("OTTPAY_LEDGER", address);
        let by_variable = run(command, "");
        let file = folder().join("shop.toml");
        std::fs::write(&file, format!("ledger = \"{address}\"")).unwrap();
        let by_file = run(ottpay(&["ledger", "list", "--config", file.to_str().unwrap()]), "");
        for done in [by_flag, by_variable, by_file] {
            assert!(done.code != 0 && done.err.starts_with("error: "), "{done:?}");
            assert!(!format!("{done:?}").contains("s3cret"), "{done:?}");
        }
    }
}

const FIELDS: [&str; 10] = [
    "--set",
    "order_id=T1",
    "--set",
    "amount=1999",
    "--set",
    "biz_type=ALIPAY",
    "--set",
    "operator_id=0000020156",
    "--set",
    "call_back_url=https://shop.example/ottpay",
];

#[tokio::test]
async fn an_order_of_another_program_is_noted_once() {
    let file = new_ledger(ENDPOINT).await;
    let note = |action: &str, reference: &str, more: &[&str]| {
        let arguments = [&["ledger", "note", action, "--reference", reference], &FIELDS[..], more].concat();
        run(as_merchant(&file, ENDPOINT, &arguments), "")
    };
    // The same again changes nothing.
    for _ in 0..2 {
        let done = note("active_pay", "1042", &[]);
        assert_eq!((done.code, done.out.as_str(), done.err.as_str()), (0, "", ""));
    }
    let dearer = FIELDS.map(|field| if field == "amount=1999" { "amount=2000" } else { field });
    let dearer = [&["ledger", "note", "active_pay", "--reference", "1042"], &dearer[..]].concat();
    for done in [note("active_pay", "1043", &[]), run(as_merchant(&file, ENDPOINT, &dearer), "")] {
        done.fails(1, &["this id already belongs to an order", "do not send the request"]);
    }
    let orders = Inspector::open(Sqlite::file(&file)).await.unwrap().orders(&Filter::new()).await.unwrap();
    let noted: Vec<_> =
        orders.iter().map(|order| (order.order_id(), order.reference().as_str(), order.state())).collect();
    assert_eq!(noted, [("T1", "1042", State::Open)]);
    note("active_pay", "1042", &["--set", "amuont=1"]).fails(2, &["no field `amuont`", "did you mean `amount`"]);
    note("active_pay", "", &[]).fails(2, &["1 to 200 characters"]);
    note("refund", "1042", &["--set", "x=1"]).fails(2, &["refund"]);
    let lacking = ["ledger", "note", "active_pay", "--reference", "1042", "--set", "order_id=T2"];
    run(as_merchant(&file, ENDPOINT, &lacking), "").fails(2, &["amount: required", "ottpay actions active_pay"]);
    let no_id = [&["ledger", "note", "active_pay", "--reference", "1042"], &FIELDS[2..]].concat();
    run(as_merchant(&file, ENDPOINT, &no_id), "").fails(2, &["order_id: required"]);
    let other_gateway = [&["ledger", "note", "active_pay", "--reference", "1042"], &FIELDS[..]].concat();
    run(as_merchant(&file, "http://127.0.0.1:8", &other_gateway), "")
        .fails(1, &["bound to the gateway http://127.0.0.1:9", "OTTPAY_ENDPOINT"]);
    let mut no_currency = as_merchant(&file, ENDPOINT, &other_gateway);
    no_currency.env_remove("OTTPAY_CURRENCY");
    run(no_currency, "").fails(2, &["the currency is not set", "OTTPAY_CURRENCY"]);
}

#[tokio::test]
async fn a_refund_of_another_program_is_not_noted() {
    let file = new_ledger(ENDPOINT).await;
    let fields = ["--set", "order_id=R1", "--set", "ori_order_id=T1", "--set", "refund_amt=500"];
    let arguments = [&["ledger", "note", "refund", "--reference", "1042"], &fields[..]].concat();
    run(as_merchant(&file, ENDPOINT, &arguments), "").fails(2, &["refund is a refund, and refunds are not noted"]);
}
