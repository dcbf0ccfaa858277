//! How a sandbox starts, how many run at once, and how one ends.

use std::sync::OnceLock;
use std::time::Duration;

use crate::common::{Folder, NOBODY, client_of, exchange, pay, shop, started, until};
use ottpay_sandbox::{Delivery, Fault, PlannedFault, Sandbox};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};

#[tokio::test]
async fn an_empty_merchant_id_counts_as_absent() {
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
    assert!(error.to_string().contains("another program uses this port"), "{error}");
    let source = std::error::Error::source(&error).unwrap().downcast_ref::<std::io::Error>().unwrap();
    assert_eq!(source.kind(), std::io::ErrorKind::AddrInUse);

    let folder = Folder::new("source");
    let error = Sandbox::builder().database(folder.0.join("no/orders.db")).start().await.unwrap_err();
    assert!(error.to_string().contains("no/orders.db"), "{error}");
    let source = std::error::Error::source(&error).unwrap().downcast_ref::<std::io::Error>().unwrap();
    assert_eq!(source.kind(), std::io::ErrorKind::NotFound);
}

#[tokio::test]
async fn localhost_is_reached_in_both_versions_of_ip() {
    if TcpListener::bind("[::1]:0").await.is_err() {
        return println!("skipped: this machine has no IPv6");
    }
    let both = Sandbox::start().await.unwrap();
    let port = both.url().strip_prefix("http://127.0.0.1:").unwrap();
    for host in [format!("http://127.0.0.1:{port}"), format!("http://[::1]:{port}")] {
        assert_eq!(exchange(&host, "GET", "/sandbox/status", Vec::new()).await.0, 200, "{host}");
    }

    let one = Sandbox::builder().listen("127.0.0.1:0".parse().unwrap()).start().await.unwrap();
    let port: u16 = one.url().rsplit_once(':').unwrap().1.parse().unwrap();
    // Nothing but this test may have taken the port in the meantime.
    if let Ok(_taken) = TcpListener::bind(("::1", port)).await {
        drop(one);
        let error = Sandbox::builder().port(port).start().await.unwrap_err().to_string();
        let is_named = error.contains(&format!("[::1]:{port}: ")) && error.contains("another program uses this port");
        assert!(is_named, "{error}");
    }
}

#[tokio::test]
async fn a_dropped_sandbox_releases_its_port_and_its_file_immediately() {
    let folder = Folder::new("dropped");
    let file = folder.0.join("orders.db");
    let mut port = 0;
    for round in 0..5 {
        let sandbox = Sandbox::builder().database(&file).port(port).start().await.unwrap();
        port = sandbox.url().rsplit_once(':').unwrap().1.parse().unwrap();
        let client = client_of(&sandbox).build().unwrap();
        pay(&client, &format!("T{round}"), 100, NOBODY).await.unwrap();
        // Requests in progress do not prevent it.
        let _open = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        drop(sandbox);
        assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
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

/// Opens more connections than the sandbox has places, sends this on each, and keeps them open. `None` if this process,
/// which has both ends, may not open that many files.
async fn flood(sandbox: &Sandbox, begin: &str) -> Option<Vec<TcpStream>> {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let limit = limits.lines().find_map(|line| line.strip_prefix("Max open files")?.split_whitespace().next());
    if limit.and_then(|limit| limit.parse::<u64>().ok()).is_some_and(|limit| limit < 8000) || limits.is_empty() {
        println!("skipped: this process may open too few files for a flood of connections");
        return None;
    }
    let mut held = Vec::new();
    for _ in 0..1100 {
        let mut stream = TcpStream::connect(sandbox.url().strip_prefix("http://").unwrap()).await.unwrap();
        stream.write_all(begin.as_bytes()).await.unwrap();
        held.push(stream);
    }
    Some(held)
}

#[tokio::test]
async fn connections_that_wait_for_their_peers_keep_no_client_from_the_sandbox() {
    let (sandbox, _) = started().await;
    let without_body = "POST /processV2 HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n";
    let kept_alive = "GET /sandbox/status HTTP/1.1\r\nhost: localhost\r\n\r\n";
    for begin in ["", without_body, kept_alive] {
        let Some(held) = flood(&sandbox, begin).await else { return };
        let client = client_of(&sandbox).build().unwrap();
        let id = format!("T{}", begin.len());
        let paid = pay(&client, &id, 100, NOBODY);
        tokio::time::timeout(Duration::from_secs(10), paid).await.expect(begin).unwrap();
        drop(held);
    }
}

#[tokio::test]
async fn a_request_that_is_carried_out_is_not_broken_off_for_other_connections() {
    let (sandbox, client) = started().await;
    let late = PlannedFault::from(Fault::Delay).delay(Duration::from_secs(3));
    sandbox.add_fault(late).unwrap();
    let others = async {
        // Flood only once the request is being carried out, so that its connection is the oldest.
        until(async || sandbox.requests() == 1).await;
        flood(&sandbox, "").await
    };
    let (paid, _held) = tokio::join!(pay(&client, "T1", 100, NOBODY), others);
    paid.unwrap();
}
