//! A store belongs to one gateway and to its merchants.

use ottpay::{Client, Currency, SignKey};
use ottpay_ledger::store::{Dialect, StoreErrorKind};
use ottpay_ledger::{Inspector, Ledger, OpenError, schema};

use crate::common::Shared;

fn client(endpoint: &str, merchant: &str) -> Client {
    let builder = Client::builder().endpoint(endpoint).merchant_id(merchant).currency(Currency::CAD);
    builder.sign_key(SignKey::new("A8B5FE540E38A5A9").unwrap()).build().unwrap()
}

const SANDBOX: &str = "http://127.0.0.1:9";

#[tokio::test]
async fn rule_15_a_store_of_another_gateway_is_refused() {
    let store = Shared::memory();
    Ledger::open(store.clone(), [client(SANDBOX, "M1")]).await.unwrap();
    Ledger::open(store.clone(), [client(SANDBOX, "M1")]).await.unwrap();
    let error = Ledger::open(store, [client("http://127.0.0.1:10", "M1")]).await.unwrap_err();
    assert!(matches!(&error, OpenError::OtherEnvironment { bound, .. } if bound == SANDBOX), "{error}");
}

#[tokio::test]
async fn rule_15_a_merchant_is_let_in_once_and_never_left_without_a_client() {
    let store = Shared::memory();
    Ledger::open(store.clone(), [client(SANDBOX, "M1"), client(SANDBOX, "M2")]).await.unwrap();
    let error = Ledger::open(store.clone(), [client(SANDBOX, "M1")]).await.unwrap_err();
    assert!(matches!(&error, OpenError::MissingClient { merchant } if merchant == "M2"), "{error}");
    let three = || ["M1", "M2", "M3"].map(|merchant| client(SANDBOX, merchant));
    let error = Ledger::open(store.clone(), three()).await.unwrap_err();
    assert!(matches!(&error, OpenError::OtherMerchant { merchant } if merchant == "M3"), "{error}");
    Ledger::builder(store.clone()).clients(three()).bind_new_merchants().open().await.unwrap();
    Ledger::open(store, three()).await.unwrap();
}

#[tokio::test]
async fn clients_that_do_not_belong_together_are_refused() {
    let error = Ledger::open(Shared::memory(), []).await.unwrap_err();
    assert!(matches!(error, OpenError::NoClient), "{error}");
    let same = [client(SANDBOX, "M1"), client(SANDBOX, "M1")];
    let error = Ledger::open(Shared::memory(), same).await.unwrap_err();
    assert!(matches!(error, OpenError::SameMerchant { .. }), "{error}");
    let far = [client(SANDBOX, "M1"), client("http://127.0.0.1:10", "M2")];
    let error = Ledger::open(Shared::memory(), far).await.unwrap_err();
    assert!(matches!(error, OpenError::SeveralEnvironments { .. }), "{error}");
    let builder = Client::builder().endpoint(SANDBOX).merchant_id("M1");
    let bare = builder.sign_key(SignKey::new("A8B5FE540E38A5A9").unwrap()).build().unwrap();
    let error = Ledger::open(Shared::memory(), [bare]).await.unwrap_err();
    assert!(matches!(error, OpenError::NoCurrency { .. }), "{error}");
}

#[tokio::test]
async fn rule_16_tables_of_a_later_version_or_another_program_are_not_changed() {
    let store = Shared::memory();
    Ledger::open(store.clone(), [client(SANDBOX, "M1")]).await.unwrap();
    store.run("UPDATE ottpay_settings SET value = '99' WHERE name = 'schema'").await;
    let error = Ledger::open(store.clone(), [client(SANDBOX, "M1")]).await.unwrap_err();
    assert!(matches!(error, OpenError::Newer(_)), "{error}");
    assert_eq!(store.text("SELECT value FROM ottpay_settings WHERE name = 'schema'").await, "99");

    for table in ["ottpay_settings (colour TEXT)", "ottpay_orders (colour TEXT)"] {
        let store = Shared::memory();
        store.run(&format!("CREATE TABLE {table}")).await;
        let error = Ledger::open(store.clone(), [client(SANDBOX, "M1")]).await.unwrap_err();
        assert!(matches!(error, OpenError::Foreign(_)), "{error}");
        assert_eq!(
            store.rows("SELECT name FROM sqlite_master WHERE type = 'table'").await.len(),
            1,
            "nothing was made"
        );
    }
}

#[tokio::test]
async fn a_database_that_fails_is_not_one_of_another_program() {
    let (new, old) = (Shared::memory(), Shared::memory());
    Ledger::open(old.clone(), [client(SANDBOX, "M1")]).await.unwrap();
    for (store, statement) in [(new, "CREATE TABLE"), (old, "SELECT value FROM ottpay_settings")] {
        store.fail_at(statement, StoreErrorKind::Unavailable);
        let error = Ledger::open(store.clone(), [client(SANDBOX, "M1")]).await.unwrap_err();
        assert!(matches!(&error, OpenError::Store(error) if error.kind() == StoreErrorKind::Unavailable), "{error}");
        Ledger::open(store, [client(SANDBOX, "M1")]).await.unwrap();
    }
}

#[test]
fn a_ledger_that_is_not_yet_open_shows_its_clients_and_no_key() {
    let shown = format!("{:?}", Ledger::builder(Shared::memory()).client(client(SANDBOX, "M1")));
    assert!(shown.starts_with("LedgerBuilder") && shown.contains("M1"), "{shown}");
    assert!(!shown.contains("A8B5FE540E38A5A9"), "{shown}");
}

#[tokio::test]
async fn tables_that_were_made_by_hand_are_used() {
    let (by_hand, by_itself) = (Shared::memory(), Shared::memory());
    for statement in schema(Dialect::Sqlite).split(';').filter(|statement| !statement.trim().is_empty()) {
        by_hand.run(statement).await;
    }
    Inspector::open(by_hand.clone()).await.unwrap();
    for store in [&by_hand, &by_itself] {
        let ledger = Ledger::open(store.clone(), [client(SANDBOX, "M1")]).await.unwrap();
        assert!(format!("{ledger:?}").contains(r#"merchants: ["M1"]"#), "{ledger:?}");
    }
    let tables = "SELECT name, sql FROM sqlite_master WHERE name LIKE 'ottpay_%' ORDER BY name";
    let both = [by_hand.rows(tables).await, by_itself.rows(tables).await];
    assert!(!both[0].is_empty());
    let columns =
        |rows: &[ottpay_ledger::store::Row]| rows.iter().map(|row| row.columns().to_vec()).collect::<Vec<_>>();
    assert!(columns(&both[0]) == columns(&both[1]), "the tables differ");
}
