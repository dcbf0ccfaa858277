//! What pages, people and monitoring read of a ledger.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use futures_core::Stream;
use ottpay::{Amount, BizType, Client, Currency, OrderId, SignKey};
use ottpay_ledger::store::{Dialect, Store, Value};
use ottpay_ledger::{Filter, Inspector, Ledger, OpenError, Reference, Sqlite, State, Watch};

use crate::common::Shared;

const LINK: &str = "https://pay.example/qr/s3cret-link";

fn client() -> Client {
    let key = SignKey::new("A8B5FE540E38A5A9").unwrap();
    Client::builder()
        .endpoint("http://127.0.0.1:9")
        .merchant_id("ON00004652")
        .sign_key(key)
        .currency(Currency::CAD)
        .build()
        .unwrap()
}

/// What another process writes.
async fn write(store: &impl Store, sql: &str) {
    let sql = match store.dialect() {
        Dialect::Postgres => sql.replace("ottpay_", "ottpay."),
        _ => sql.to_owned(),
    };
    let mut txn = store.begin(Duration::from_secs(5)).await.unwrap();
    txn.execute(&sql, &[]).await.unwrap();
    txn.commit().await.unwrap();
}

/// An order that was noted at this second.
async fn note(store: &impl Store, id: &str, reference: &str, state: State, second: i64) {
    write(
        store,
        &format!(
            "INSERT INTO ottpay_orders (merchant, id, role, action, reference, amount, currency, tracked, given, noted_at, sends,
                 state, next_at, alive_at)
             VALUES ('ON00004652', '{id}', 'order', 'active_pay', '{reference}', 1999, 'CAD', '{{}}', '{{\"code_url\":\"{LINK}\"}}',
                 {second}000, 1, '{state}', NULL, {second}000)"
        ),
    )
    .await;
}

/// A ledger with three orders, one of which is parked.
async fn ledger() -> (Sqlite, Ledger) {
    ledger_in(Sqlite::memory()).await
}

async fn ledger_in<S: Store + Clone>(store: S) -> (S, Ledger) {
    let ledger = Ledger::open(store.clone(), [client()]).await.unwrap();
    note(&store, "T1", "1042", State::Paid, 100).await;
    note(&store, "T2", "1042", State::Open, 200).await;
    note(&store, "T3", "1043", State::Unresolved, 300).await;
    let paid = "UPDATE ottpay_orders SET paid = 2019, paid_currency = 'CAD', refunded = 19, asked = 2, asked_at = 150250,
                    answer = 'paid 20.19 CAD', parked_at = 160000, failing_since = 140000, failure = 'no such cart', tries = 3
                WHERE id = 'T1'";
    write(&store, paid).await;
    (store, ledger)
}

fn ids(views: &[ottpay_ledger::View]) -> Vec<&str> {
    views.iter().map(ottpay_ledger::View::order_id).collect()
}

#[tokio::test]
async fn orders_are_filtered_and_listed_newest_first() {
    let (_, ledger) = ledger().await;
    let second = |second| UNIX_EPOCH + Duration::from_secs(second);
    for (filter, expected) in [
        (Filter::new(), &["T3", "T2", "T1"][..]),
        (Filter::new().open(), &["T3", "T2"]),
        (Filter::new().parked(), &["T1"]),
        (Filter::new().state(State::Paid).state(State::Unresolved), &["T3", "T1"]),
        (Filter::new().state(State::Paid).open(), &[]),
        (Filter::new().reference(&"1042".parse().unwrap()), &["T2", "T1"]),
        (Filter::new().order_id("T2"), &["T2"]),
        (Filter::new().merchant_id("ON00004652").since(second(200)), &["T3", "T2"]),
        (Filter::new().merchant_id("another"), &[]),
        (Filter::new().limit(1), &["T3"]),
        (Filter::new().limit(1).before(3), &["T2"]),
        (Filter::new().limit(0), &[]),
    ] {
        assert_eq!(ids(&ledger.orders(&filter).await.unwrap()), expected, "{filter:?}");
    }
    assert_eq!(ids(&ledger.view(&"1043".parse().unwrap()).await.unwrap()), ["T3"]);
}

#[tokio::test]
async fn a_view_is_json_without_the_payment_link() {
    let (_, ledger) = ledger().await;
    let paid = &ledger.orders(&Filter::new().order_id("T1")).await.unwrap()[0];
    let expected = r#"{"serial":1,"merchant_id":"ON00004652","order_id":"T1","role":"order","action":"active_pay","reference":"1042","original":null,"state":"paid","amount":1999,"currency":"CAD","paid":{"amount":2019,"currency":"CAD"},"refunded":19,"noted_at":"1970-01-01T00:01:40Z","asked":2,"asked_at":"1970-01-01T00:02:30.25Z","next_at":null,"answer":"paid 20.19 CAD","parked":{"since":"1970-01-01T00:02:40Z","failure":"no such cart"},"what_to_do":"fix the cause of the handler's failure, then replay it"}"#;
    assert_eq!(serde_json::to_string(paid).unwrap(), expected);
    assert_eq!((paid.state(), paid.parked().unwrap().failure()), (State::Paid, "no such cart"));
    assert_eq!(paid.queried_at(), Some(UNIX_EPOCH + Duration::from_millis(150_250)));
    let open = &ledger.orders(&Filter::new().order_id("T2")).await.unwrap()[0];
    assert_eq!((open.what_to_do(), open.paid()), (State::Open.what_to_do(), None));
    assert!(!format!("{paid:?} {open:?}").contains(LINK));
}

#[tokio::test]
async fn a_program_reads_what_the_json_of_a_view_contains() {
    let (store, ledger) = ledger().await;
    write(&store, "UPDATE ottpay_orders SET original = 'T1', next_at = 350000 WHERE id = 'T3'").await;
    let paid = &ledger.orders(&Filter::new().order_id("T1")).await.unwrap()[0];
    let refund = &ledger.orders(&Filter::new().order_id("T3")).await.unwrap()[0];
    assert_eq!((paid.serial(), refund.serial(), paid.action()), (1, 3, "active_pay"));
    assert_eq!((paid.original(), refund.original()), (None, Some("T1")));
    assert_eq!((paid.amount(), paid.currency()), (Some(Amount::from_minor(1999)), Some(Currency::CAD)));
    assert_eq!((paid.paid().unwrap().to_string(), paid.refunded().minor()), ("20.19 CAD".to_owned(), 19));
    assert_eq!((paid.queries(), paid.answer(), refund.answer()), (2, Some("paid 20.19 CAD"), None));
    assert_eq!((paid.next_at(), refund.next_at()), (None, Some(UNIX_EPOCH + Duration::from_secs(350))));
    assert_eq!(paid.reference().to_string(), "1042");
}

#[tokio::test]
async fn all_that_is_kept_of_an_order_is_shown_but_its_link() {
    let (store, ledger) = ledger().await;
    for sql in [
        "INSERT INTO ottpay_events (key, merchant, id, reference, kind, body, after, attempt, offered_at)
         VALUES ('ab12', 'ON00004652', 'T1', '1042', 'paid', '{}', '{}', 3, 150000)",
        "INSERT INTO ottpay_hints (merchant, id, seen, taken, first_at, last_at, digest, fields, differing)
         VALUES ('ON00004652', 'T1', 4, 3, 110000, 120000, '', '{\"buyer\":\"s3cret\"}', 1)",
        "INSERT INTO ottpay_verdicts (merchant, id, verdict, decided_by, why, decided_at)
         VALUES ('ON00004652', 'T1', 'paid', 'Ann', 'seen in the portal', 170000)",
    ] {
        write(&store, sql).await;
    }
    let details = ledger.inspect("T1").await.unwrap();
    let json = serde_json::to_string(&details).unwrap();
    for part in [
        r#""state":"paid""#,
        r#""sends":1,"is_link_stored":true,"tries":3,"failing_since":"1970-01-01T00:02:20Z","failure":"no such cart""#,
        r#""events":[{"key":"ab12","kind":"paid","attempt":3,"offered_at":"1970-01-01T00:02:30Z","done_at":null}]"#,
        r#""callbacks":{"count":4,"first_at":"1970-01-01T00:01:50Z","last_at":"1970-01-01T00:02:00Z","is_pending":true,"differing":1}"#,
        r#""decisions":[{"verdict":"paid","by":"Ann","why":"seen in the portal","at":"1970-01-01T00:02:50Z"}]"#,
    ] {
        assert!(json.contains(part), "no {part} in {json}");
    }
    assert!(!format!("{json} {details:?}").contains("s3cret"), "{json}");
    assert!(ledger.inspect("T9").await.unwrap().is_empty());
    // A program reads the same.
    let second = |second| UNIX_EPOCH + Duration::from_secs(second);
    write(&store, "UPDATE ottpay_events SET done_at = 151000").await;
    write(&store, "UPDATE ottpay_orders SET sends = 2, given = NULL WHERE id = 'T1'").await;
    write(&store, "UPDATE ottpay_hints SET taken = 4, differing = 2").await;
    let changed = ledger.inspect("T1").await.unwrap();
    let (before, after) = (&details[0], &changed[0]);
    assert_eq!((before.sends(), after.sends(), before.tries(), before.view().order_id()), (1, 2, 3, "T1"));
    assert_eq!((before.is_link_stored(), after.is_link_stored()), (true, false));
    assert_eq!(before.failing(), Some((second(140), "no such cart")));
    let [event] = after.events() else { panic!("{after:?}") };
    assert_eq!((event.key(), event.kind(), event.attempt(), event.offered_at()), ("ab12", "paid", 3, second(150)));
    assert_eq!((before.events()[0].done_at(), event.done_at()), (None, Some(second(151))));
    let (first, then) = (before.callbacks().unwrap(), after.callbacks().unwrap());
    assert_eq!((first.count(), first.first_at(), first.last_at()), (4, second(110), second(120)));
    assert_eq!((first.is_pending(), first.differing(), then.is_pending(), then.differing()), (true, 1, false, 2));
    let [decision] = after.decisions() else { panic!("{after:?}") };
    assert_eq!((decision.verdict(), decision.decided_by(), decision.why()), ("paid", "Ann", "seen in the portal"));
    assert_eq!(decision.decided_at(), second(170));
}

#[tokio::test]
async fn health_counts_waiting_orders_and_those_that_a_person_has_to_decide() {
    let (store, ledger) = ledger().await;
    for sql in [
        "UPDATE ottpay_orders SET next_at = 250000 WHERE id = 'T2'",
        "UPDATE ottpay_orders SET next_at = 9999999999999, failing_since = 240000 WHERE id = 'T3'",
        "INSERT INTO ottpay_hints (merchant, id, seen, taken, first_at, last_at, digest, vouched_at)
         VALUES ('ON00004652', 'T2', 1, 0, 210000, 220000, '', 220000), ('ON00004652', 'T3', 1, 1, 0, 0, '', 0)",
        "INSERT INTO ottpay_strays (merchant, id, seen, last_at, digest)
         VALUES ('ON00004652', 'T8', 1, 229000, ''), ('ON00004652', 'T9', 2, 230000, '')",
    ] {
        write(&store, sql).await;
    }
    let health = ledger.health().await.unwrap();
    let second = |second| Some(UNIX_EPOCH + Duration::from_secs(second));
    assert_eq!((health.hints().count(), health.hints().oldest()), (1, second(220)));
    assert_eq!((health.due().count(), health.due().oldest()), (1, second(250)));
    assert_eq!((health.parked().count(), health.parked().oldest()), (1, second(160)));
    let unresolved = health.to_look_at(State::Unresolved);
    assert_eq!((unresolved.count(), unresolved.oldest()), (1, second(300)));
    assert_eq!((health.to_look_at(State::Mismatch).count(), health.to_look_at(State::Paid).count()), (0, 0));
    assert_eq!((health.followed(), health.strays()), (2, 2));
    assert_eq!((health.failing().count(), health.failing().oldest()), (1, second(240)));
    let [unproven] = health.unproven() else { panic!("{health:?}") };
    assert_eq!((unproven.merchant_id(), unproven.action(), unproven.orders()), ("ON00004652", "active_pay", 2));
    assert!(
        health.bytes() > 10_000
            && SystemTime::now().duration_since(health.measured_at()).unwrap() < Duration::from_secs(60)
    );
    let json = serde_json::to_value(&health).unwrap();
    assert_eq!(json["to_look_at"]["unresolved"]["oldest"], "1970-01-01T00:05:00Z");
    assert_eq!(json["to_look_at"].as_object().unwrap().len(), 7);
    write(&store, "INSERT INTO ottpay_proven (merchant, action, proven_at) VALUES ('ON00004652', 'active_pay', 1)")
        .await;
    assert!(ledger.health().await.unwrap().unproven().is_empty());
    let strays = ledger.strays(10).await.unwrap();
    assert_eq!((strays.len(), strays[0].order_id(), strays[0].count()), (2, Some("T9"), 2));
    assert_eq!(strays[0].merchant_id(), "ON00004652");
    assert!(ledger.is_stray("ON00004652", "T9").await.unwrap());
    assert!(!ledger.is_stray("another", "T9").await.unwrap());
}

#[tokio::test]
async fn reading_does_not_need_a_client_and_does_not_create_tables() {
    let empty = Sqlite::memory();
    assert!(matches!(Inspector::open(empty.clone()).await, Err(OpenError::NoLedger)));
    let mut txn = empty.begin(Duration::from_secs(5)).await.unwrap();
    let tables = txn.query("SELECT COUNT(*) FROM sqlite_master", &[]).await.unwrap();
    assert_eq!(tables[0].columns(), [Value::Int(0)]);
    drop(txn);
    let (store, _) = ledger().await;
    let inspector = Inspector::open(store.clone()).await.unwrap();
    assert_eq!(inspector.orders(&Filter::new()).await.unwrap().len(), 3);
    assert_eq!(inspector.inspect("T1").await.unwrap().len(), 1);
    write(&store, "INSERT INTO ottpay_strays (merchant, id, seen, last_at, digest) VALUES ('M', 'T9', 2, 0, '')").await;
    assert_eq!((inspector.health().await.unwrap().parked().count(), inspector.strays(10).await.unwrap().len()), (1, 1));
    write(&store, "UPDATE ottpay_settings SET value = '99' WHERE name = 'schema'").await;
    assert!(matches!(Inspector::open(store).await, Err(OpenError::Newer(_))));
}

/// The ids in the stream's next item, or `None` at its end.
async fn next(watch: &mut Watch) -> Option<Vec<(String, State)>> {
    let item = std::future::poll_fn(|context| std::pin::Pin::new(&mut *watch).poll_next(context));
    let item = tokio::time::timeout(Duration::from_secs(5), item).await.expect("nothing has come");
    item.map(|views| views.unwrap().iter().map(|view| (view.order_id().to_owned(), view.state())).collect())
}

#[tokio::test]
async fn a_watched_reference_is_given_as_it_is_and_when_another_process_changes_it() {
    let (store, ledger) = ledger().await;
    let reference: Reference = "1044".parse().unwrap();
    let mut watch = ledger.watch(&reference);
    assert_eq!(format!("{watch:?}"), "Watch { .. }");
    assert_eq!(next(&mut watch).await, Some(Vec::new()));
    note(&store, "T4", "1044", State::Open, 400).await;
    assert_eq!(next(&mut watch).await, Some(vec![("T4".to_owned(), State::Open)]));
    // Of no interest here.
    note(&store, "T5", "1045", State::Open, 500).await;
    write(&store, "UPDATE ottpay_orders SET state = 'paid' WHERE id = 'T4'").await;
    assert_eq!(next(&mut watch).await, Some(vec![("T4".to_owned(), State::Paid)]));
    ledger.stop();
    assert_eq!(next(&mut watch).await, None);
    assert_eq!(next(&mut watch).await, None);
}

#[tokio::test]
async fn a_watch_reads_once_a_second_and_not_after_each_of_many_commits() {
    let store = Shared::memory();
    let ledger = Ledger::open(store.clone(), [client()]).await.unwrap();
    let order = |id: &str| {
        let order = client().active_pay().order_id(OrderId::new(id).unwrap()).amount(Amount::from_minor(1999));
        let order = order.without_operator_id().biz_type(BizType::WechatPay);
        order.call_back_url("http://127.0.0.1:9/").build().unwrap().tracked()
    };
    let mut watch = ledger.watch(&"1044".parse().unwrap());
    assert_eq!(next(&mut watch).await, Some(Vec::new()));
    let begun = store.begins();
    let waits = tokio::time::timeout(Duration::from_millis(2500), next(&mut watch)).await;
    assert!(waits.is_err() && (1..=2).contains(&(store.begins() - begun)), "{} reads", store.begins() - begun);

    let (start, begun) = (Instant::now(), store.begins());
    let commits = async {
        for number in 0..20 {
            ledger.note(&order(&format!("T{number}")), &"1045".parse().unwrap()).await.unwrap();
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        _ = next(&mut watch) => panic!("nothing has changed"),
        () = commits => {}
    }
    let (reads, most) = (store.begins() - begun - 20, start.elapsed().as_millis() / 200 + 1);
    assert!(u128::from(reads) <= most, "{reads} reads, and at most {most} were expected");
}

/// Every statement, on the other database.
#[cfg(feature = "postgres")]
#[tokio::test]
async fn postgres_reads_the_same_values() {
    let Some(url) = crate::postgres_server::shared().map(|server| server.fresh_database()) else { return };
    let store = ottpay_ledger::Postgres::connect(&url).await.unwrap();
    assert!(matches!(Inspector::open(store.clone()).await, Err(OpenError::NoLedger)));
    let ((store, ledger), (other_store, other)) = (ledger_in(store).await, ledger().await);
    let sql = "INSERT INTO ottpay_hints (merchant, id, seen, taken, first_at, last_at, digest, vouched_at, differing)
               VALUES ('ON00004652', 'T2', 4, 3, 110000, 120000, '', 120000, 1)";
    for sql in [sql, "UPDATE ottpay_orders SET next_at = 250000 WHERE id = 'T2'"] {
        write(&store, sql).await;
        write(&other_store, sql).await;
    }
    let reference: Reference = "1042".parse().unwrap();
    let filters = [
        Filter::new(),
        Filter::new().open(),
        Filter::new().parked().state(State::Paid).since(UNIX_EPOCH).before(9).limit(5).merchant_id("ON00004652"),
        Filter::new().reference(&reference).order_id("T2"),
    ];
    for filter in filters {
        let found = ledger.orders(&filter).await.unwrap();
        assert!(!found.is_empty(), "{filter:?}");
        assert_eq!(found, other.orders(&filter).await.unwrap());
    }
    for id in ["T1", "T2", "T9"] {
        assert_eq!(ledger.inspect(id).await.unwrap(), other.inspect(id).await.unwrap());
    }
    let counted = async |ledger: &Ledger| {
        let mut health = serde_json::to_value(ledger.health().await.unwrap()).unwrap();
        assert!(health["bytes"].as_u64().unwrap() > 10_000, "{health}");
        for own in ["at", "bytes"] {
            health[own] = serde_json::Value::Null;
        }
        health
    };
    assert_eq!(counted(&ledger).await, counted(&other).await);
    assert_eq!(ledger.strays(10).await.unwrap(), []);
    assert!(!ledger.is_stray("ON00004652", "T9").await.unwrap());
    assert_eq!(Inspector::open(store).await.unwrap().orders(&Filter::new()).await.unwrap().len(), 3);
    let mut watch = ledger.watch(&reference);
    assert_eq!(next(&mut watch).await.unwrap().len(), 2);
}
