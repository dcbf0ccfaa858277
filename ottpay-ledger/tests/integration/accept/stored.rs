//! A callback is acknowledged if and only if it is stored.

use super::shop::*;
use ottpay::spec::Role;
use ottpay::{Amount, BizType, OrderId};
use ottpay_ledger::testing::Callback;
use ottpay_ledger::{Reference, Sqlite};

#[tokio::test]
async fn rule_1_an_acknowledged_callback_is_on_the_disk_and_bears_nothing_sensitive() {
    let folder = Folder::new();
    let shop = shop_in(Sqlite::file(folder.file())).await;
    shop.note(MERCHANT, "T1", "open").await;
    let callback = paid("T1").field("sub_openId", "2088032832386722").field("remarks", "green tea");
    let sealed = body(&callback);
    let answer = shop.ledger.accept(&sealed).await;
    assert_eq!((answer.status(), answer.content_type(), answer.body()), (200, "text/plain", "SUCCESS"));
    assert!(answer.is_stored());
    assert!(shop.accept(&paid("S1").field("sub_openId", "2088032832386722")).await.is_stored());

    // Another program on the same file.
    let other = rusqlite::Connection::open(folder.file()).unwrap();
    let read = |sql: &str| other.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    assert!(read("SELECT fields FROM ottpay_hints").contains("green tea"));
    assert_eq!(read("SELECT id FROM ottpay_strays"), "S1");
    assert_eq!(read("SELECT CAST(vouched_at IS NOT NULL AS TEXT) FROM ottpay_hints"), "1");

    let data = String::from_utf8(sealed).unwrap();
    let data = data.split_once("\"data\":\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    let mut files = 0;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let has = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
        files += usize::from(has("green tea"));
        for secret in ["2088032832386722", KEY, &data, &data[..32]] {
            assert!(!has(secret));
        }
    }
    assert!(files > 0, "what is stored is in one of the files that were searched");
}

#[tokio::test]
async fn the_answer_is_the_clients_acknowledgement() {
    let client = client_of(MERCHANT, KEY).acknowledgement(r#"{"ok":true}"#, "application/json").build().unwrap();
    let shop = shop_of(Sqlite::memory(), [client]).await;
    let answer = shop.accept(&paid("T1")).await;
    assert_eq!((answer.status(), answer.content_type(), answer.body()), (200, "application/json", r#"{"ok":true}"#));
}

#[tokio::test]
async fn each_merchants_callback_is_a_hint_for_its_own_order() {
    let clients = [(MERCHANT, KEY), (OTHER_MERCHANT, OTHER_KEY)].map(|(id, key)| client_of(id, key).build().unwrap());
    let shop = shop_of(Sqlite::memory(), clients).await;
    for merchant in [MERCHANT, OTHER_MERCHANT] {
        shop.note(merchant, "T1", "open").await;
    }
    assert_eq!(shop.ledger.accept(&paid("T1").seal(&key(OTHER_KEY), OTHER_MERCHANT)).await.status(), 200);
    assert_eq!(shop.hints().await, [hint(OTHER_MERCHANT, "T1", 1)]);
    assert_eq!(shop.accept(&paid("T1")).await.status(), 200);
    assert_eq!(shop.hints().await, [hint(OTHER_MERCHANT, "T1", 1), hint(MERCHANT, "T1", 1)]);
}

#[tokio::test]
async fn a_callback_sealed_with_the_former_key_is_stored() {
    let client = client_of(MERCHANT, OTHER_KEY).also_open_with(key(KEY)).build().unwrap();
    let shop = shop_of(Sqlite::memory(), [client]).await;
    shop.note(MERCHANT, "T1", "open").await;
    assert!(shop.accept(&paid("T1")).await.is_stored());
    assert_eq!(shop.hints().await, [hint(MERCHANT, "T1", 1)]);
}

/// Whether an order that has ended is queried again is decided by the worker.
#[tokio::test]
async fn a_callback_for_an_order_that_has_an_end_is_counted() {
    let shop = shop_in_memory().await;
    for state in ["paid", "settled", "ended"] {
        shop.note(MERCHANT, state, state).await;
        assert!(shop.accept(&paid(state)).await.is_stored());
    }
    assert_eq!(shop.hints().await.len(), 3);
}

#[tokio::test]
async fn genuine_callbacks_that_are_unreadable_or_possibly_altered_are_stored_too() {
    let shop = shop_in_memory().await;
    for id in ["T1", "T2"] {
        shop.note(MERCHANT, id, "open").await;
    }
    assert!(shop.accept(&paid("T1").role(Role::Amount, "1,999")).await.is_stored());
    assert!(shop.ledger.accept(&paid("T2").seal_altered(&key(KEY), MERCHANT)).await.is_stored());
    assert_eq!(shop.hints().await, [hint(MERCHANT, "T1", 1), hint(MERCHANT, "T2", 1)]);
    let vouched = shop.query("SELECT id FROM {hints} WHERE vouched_at IS NOT NULL", &[]).await;
    assert!(vouched.is_empty(), "neither is a sign that the amount is right");

    // Without an order.
    assert!(shop.accept(&paid("").role(Role::Amount, "1,999")).await.is_stored());
    let rows = shop.query("SELECT id FROM {strays}", &[]).await;
    assert_eq!(rows.iter().map(|row| row.get::<String>(0).unwrap()).collect::<Vec<_>>(), [""]);
}

/// 10,000 callbacks for orders that were never noted, as an attacker can create them from one genuine callback.
#[tokio::test(flavor = "multi_thread")]
async fn the_ring_of_strays_is_overwritten_and_hints_still_get_in() {
    let shop = shop_in_memory().await;
    shop.note(MERCHANT, "T1", "open").await;
    let fill = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
                INSERT INTO {strays} (merchant, id, seen, last_at, digest)
                SELECT 'ON00004652', 'S' || i, 1, 0, 'none' FROM n RETURNING id";
    assert_eq!(shop.query(fill, &[]).await.len(), 10_000);
    for id in ["T1", "new", "T1"] {
        assert!(shop.accept(&paid(id)).await.is_stored());
    }
    assert_eq!(shop.hints().await, [hint(MERCHANT, "T1", 2)]);
    assert_eq!(shop.count_strays().await, 10_000);
    let rows = shop.query("SELECT id FROM {strays} WHERE id IN ('S1', 'S2', 'new') ORDER BY serial", &[]).await;
    assert_eq!(rows.iter().map(|row| row.get::<String>(0).unwrap()).collect::<Vec<_>>(), ["S2", "new"]);
}

#[tokio::test]
async fn callbacks_that_arrive_before_their_order_is_noted_become_its_hint() {
    let client = client_of(MERCHANT, KEY).build().unwrap();
    let shop = shop_of(Sqlite::memory(), [client.clone()]).await;
    assert!(shop.accept(&paid("T1")).await.is_stored());
    assert!(shop.accept(&paid("T2")).await.is_stored());
    let request = client.active_pay().order_id(OrderId::new("T1").unwrap()).amount(Amount::from_minor(1999));
    let request = request.biz_type(BizType::Alipay).operator_id("0000020156").call_back_url("https://shop.example/");
    let request = request.build().unwrap();
    shop.ledger.note(&request, &Reference::new("tea").unwrap()).await.unwrap();
    assert_eq!((shop.hints().await, shop.count_strays().await), (vec![hint(MERCHANT, "T1", 1)], 1));

    // The sealed data matches the request.
    assert!(shop.accept(&Callback::for_order(&request)).await.is_stored());
    let vouched = shop.query("SELECT id FROM {hints} WHERE vouched_at IS NOT NULL", &[]).await;
    assert_eq!((shop.hints().await, vouched.len()), (vec![hint(MERCHANT, "T1", 2)], 1));
}
