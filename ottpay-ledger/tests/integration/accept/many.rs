//! Many callbacks at once.

use super::shop::*;
use axum::routing::post;
use ottpay_ledger::Sqlite;
use ottpay_ledger::axum::Accepted;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

const CONNECTIONS: usize = 32;

#[tokio::test(flavor = "multi_thread")]
async fn duplicates_of_one_callback_from_many_callers_are_one_hint() {
    const EACH: usize = 10_000 / CONNECTIONS;
    let folder = Folder::new();
    let shop = shop_in(Sqlite::file(folder.file())).await;
    shop.note(MERCHANT, "T1", "open").await;
    let callback = body(&paid("T1"));
    let mut connections = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (ledger, callback) = (shop.ledger.clone(), callback.clone());
        connections.spawn(async move {
            for _ in 0..EACH {
                assert!(ledger.accept(&callback).await.is_stored());
            }
        });
    }
    while let Some(ended) = connections.join_next().await {
        ended.unwrap();
    }
    assert_eq!(shop.hints().await, [hint(MERCHANT, "T1", i64::try_from(EACH * CONNECTIONS).unwrap())]);
    assert_eq!(shop.count_strays().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn callbacks_from_many_connections_are_all_stored() {
    const EACH: usize = 60;
    let folder = Folder::new();
    let shop = shop_in(Sqlite::file(folder.file())).await;
    for connection in 0..CONNECTIONS {
        shop.note(MERCHANT, &format!("T{connection:02}"), "open").await;
    }
    let hook = async |answer: Accepted| answer;
    let routes = axum::Router::new().route("/ottpay", post(hook)).with_state(shop.ledger.clone());
    let address = serve(routes).await;
    let mut connections = JoinSet::new();
    for connection in 0..CONNECTIONS {
        let address = address.clone();
        // Every second callback is for an order of the connection's own.
        let bodies = [body(&paid("T00")), body(&paid(&format!("T{connection:02}")))];
        connections.spawn(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            for turn in 0..EACH {
                send(&mut stream, "POST", &bodies[turn % 2], false).await;
                let mut reply = Vec::new();
                while !reply.ends_with(b"SUCCESS") {
                    assert!(stream.read_buf(&mut reply).await.unwrap() > 0, "{}", String::from_utf8_lossy(&reply));
                }
                assert!(reply.starts_with(b"HTTP/1.1 200"));
            }
        });
    }
    while let Some(ended) = connections.join_next().await {
        ended.unwrap();
    }
    let half = i64::try_from(EACH / 2).unwrap();
    let hints = shop.hints().await;
    assert_eq!(hints.len(), CONNECTIONS);
    assert_eq!(hints[0], hint(MERCHANT, "T00", half * 33));
    assert!(hints[1..].iter().all(|(_, _, seen)| *seen == half), "{hints:?}");
}
