//! How a sandbox starts, how many run at once, and how one ends.

use std::sync::OnceLock;

use crate::common::{Folder, NOBODY, client_of, pay, shop, started};
use ottpay_sandbox::{Delivery, Sandbox};

#[tokio::test]
async fn an_empty_merchant_id_is_none() {
    let refused = Sandbox::builder().merchant_id(" ").start().await.unwrap_err().to_string();
    assert!(refused.contains("the merchant id is empty"), "{refused}");
}

#[tokio::test]
async fn a_public_url_is_an_address() {
    for (url, word) in [
        ("192.168.1.20:8081", "begin with http"),
        ("ftp://shop.example", "begin with http"),
        ("http://", "begin with http"),
        ("javascript:alert(1)", "begin with http"),
        ("http://shop.example/sub", "has a path"),
        ("http://me@shop.example", "user name"),
    ] {
        let error = Sandbox::builder().public_url(url).start().await.unwrap_err().to_string();
        assert!(error.contains("public url") && error.contains(word), "{url}: {error}");
    }
}

#[tokio::test]
async fn a_sandbox_keeps_its_key_out_of_debug() {
    let (sandbox, _) = started().await;
    let shown = format!("{sandbox:?}");
    assert!(shown.contains(sandbox.url()) && shown.contains("SB00000001"), "{shown}");
    assert!(!shown.contains(sandbox.made_key().unwrap()), "{shown}");
}

#[tokio::test]
async fn an_error_of_the_start_has_its_source() {
    let (sandbox, _) = started().await;
    let taken = sandbox.url().strip_prefix("http://").unwrap().parse().unwrap();
    let error = Sandbox::builder().listen(taken).start().await.unwrap_err();
    assert!(error.to_string().contains("another program listens there"), "{error}");
    let source = std::error::Error::source(&error).unwrap().downcast_ref::<std::io::Error>().unwrap();
    assert_eq!(source.kind(), std::io::ErrorKind::AddrInUse);

    let folder = Folder::new("source");
    let error = Sandbox::builder().database(folder.0.join("no/orders.db")).start().await.unwrap_err();
    assert!(error.to_string().contains("no/orders.db"), "{error}");
    let source = std::error::Error::source(&error).unwrap().downcast_ref::<std::io::Error>().unwrap();
    assert_eq!(source.kind(), std::io::ErrorKind::NotFound);
}

#[tokio::test]
async fn a_dropped_sandbox_gives_back_its_port_and_its_file_at_once() {
    let folder = Folder::new("dropped");
    let file = folder.0.join("orders.db");
    let mut port = 0;
    for round in 0..5 {
        let sandbox = Sandbox::builder().database(&file).port(port).start().await.unwrap();
        port = sandbox.url().rsplit_once(':').unwrap().1.parse().unwrap();
        let client = client_of(&sandbox).build().unwrap();
        pay(&client, &format!("T{round}"), 100, NOBODY).await.unwrap();
        // What is under way is no hindrance.
        let _open = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        drop(sandbox);
        assert!(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err());
    }
}

#[test]
fn a_sandbox_outlives_the_runtime_that_started_it() {
    static SHARED: OnceLock<Sandbox> = OnceLock::new();
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    SHARED.set(runtime().block_on(Sandbox::start()).unwrap()).unwrap();
    let sandbox = SHARED.get().unwrap();
    for round in 0..2 {
        runtime().block_on(async {
            let client = client_of(sandbox).build().unwrap();
            let (id, (url, bodies)) = (format!("T{round}"), shop().await);
            pay(&client, &id, 100, &url).await.unwrap();
            assert!(matches!(sandbox.pay(&id).await.unwrap(), Delivery::Answered { status: 200, .. }));
            assert_eq!(bodies.lock().unwrap().len(), 1);
        });
    }
    // A runtime without a clock, and one that a blocking client holds up.
    let plain = tokio::runtime::Builder::new_current_thread().build().unwrap();
    plain.block_on(async {
        let mut stream = std::net::TcpStream::connect(sandbox.url().strip_prefix("http://").unwrap()).unwrap();
        let head = "GET /sandbox/status HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        std::io::Write::write_all(&mut stream, head.as_bytes()).unwrap();
        let mut reply = String::new();
        std::io::Read::read_to_string(&mut stream, &mut reply).unwrap();
        assert!(reply.contains("SB00000001"), "{reply}");
        assert!(sandbox.pay("nobody").await.is_err());
    });
}

#[tokio::test]
async fn fifty_sandboxes_run_at_once() {
    let mut all = Vec::new();
    for _ in 0..50 {
        all.push(started().await);
    }
    for (_, client) in &all {
        pay(client, "T1", 100, NOBODY).await.unwrap();
    }
    assert!(all.iter().all(|(sandbox, _)| sandbox.requests() == 1));
}
