//! The sandbox from inside: who may reach it, what it shows of secrets, how it starts and stops.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::common::{self, NOBODY, client_of, order, pay, send, started};
use ottpay::Amount;
use ottpay_sandbox::{Act, Delivery, Fault, OrderState, Sandbox, SandboxError, Trouble};
use serde_json::Value;

#[tokio::test]
async fn nobody_drives_a_sandbox_by_its_own_callbacks() {
    let (sandbox, client) = started().await;
    let (other, _) = started().await;
    pay(&client, "T1", 100, NOBODY).await.unwrap();
    for target in ["/sandbox/orders/T1/pay", "/sandbox/orders/T1/decline", "/pay/T1"] {
        for url in [sandbox.url(), other.url()] {
            let id = format!("{}{}", target.replace('/', ""), url.len());
            let id = format!("{id}{}", u8::from(url == other.url()));
            pay(&client, &id, 100, &format!("{url}{target}")).await.unwrap();
            let Delivery::Answered { status, .. } = sandbox.pay(&id).await.unwrap() else { panic!("not sent") };
            assert_eq!(status, 403, "{target}");
        }
    }
    assert_eq!(sandbox.order("T1").unwrap().unwrap().state(), OrderState::Created);
}

#[tokio::test]
async fn pages_are_under_known_names_and_nobody_posts_from_elsewhere() {
    let (local, client) = started().await;
    let sandbox = Sandbox::builder().public_url("https://Pay.example/").start().await.unwrap();
    let public = client_of(&sandbox).build().unwrap();
    for client in [&client, &public] {
        pay(client, "T1", 100, NOBODY).await.unwrap();
    }
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    for (host, origin, inside, pages, gateway) in [
        ("127.0.0.1:1", "http://127.0.0.1:1", true, true, true),
        ("localhost:1", "http://localhost:1", true, true, true),
        ("[::1]:1", "http://[::1]:1", true, true, true),
        ("192.168.1.20:1", "http://192.168.1.20:1", false, true, true),
        ("pay.example", "https://pay.example", false, true, true),
        // A tunnel that calls the sandbox by its own name.
        ("127.0.0.1:1", "https://pay.example", true, true, true),
        ("evil.example", "http://evil.example", false, false, true),
        ("127.0.0.1:1", "http://127.0.0.1:2", false, false, false),
        ("127.0.0.1:1", "https://evil.example", false, false, false),
        ("127.0.0.1:1", "null", false, false, false),
    ] {
        let headers = format!("host: {host}\r\norigin: {origin}\r\n{form}");
        let (status, ..) = send(&sandbox, "POST /pay/T1", &headers, "act=fly").await;
        assert_eq!(status, if pages { 400 } else { 403 }, "{headers}");
        let (status, ..) = send(&sandbox, "POST /sandbox/orders/T2/pay", &headers, "").await;
        assert_eq!(status, if inside { 404 } else { 403 }, "{headers}");
        let (status, ..) = send(&sandbox, "POST /processV2", &headers, "").await;
        assert_eq!(status, if gateway { 200 } else { 403 }, "{headers}");
    }
    assert_eq!(send(&local, "GET /pay/T1", "host: pay.example\r\n", "").await.0, 403);
    // A client may have any name for the gateway.
    assert_eq!(send(&local, "POST /processV2", "host: gateway.test\r\n", "").await.0, 200);
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

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("ottpay-inside-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn the_file_of_another_program_stays_as_it_was() {
    let folder = Folder::new("foreign #1?%");
    // The head of an SQLite file with its settings, as another program would have it: an id of its own, or none.
    let made = folder.0.join("made.db");
    drop(Sandbox::builder().database(&made).start().await.unwrap());
    let mut head = std::fs::read(&made).unwrap();
    for id in [[0; 4], *b"NOTE"] {
        head[68..72].copy_from_slice(&id);
        for (name, journal) in [("wal.db", 2), ("rollback.db", 1)] {
            (head[18], head[19]) = (journal, journal);
            let file = folder.0.join(name);
            std::fs::write(&file, &head).unwrap();
            let error = Sandbox::builder().database(&file).start().await.unwrap_err().to_string();
            assert!(error.contains(name) && error.contains("another program"), "{error}");
            assert_eq!(std::fs::read(&file).unwrap(), head);
        }
    }
    let names = std::fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| !name.starts_with("made")).collect();
    names.sort();
    assert_eq!(names, ["rollback.db", "wal.db"]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_database_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new("owner");
    let mode = |file: &Path| std::fs::metadata(file).unwrap().permissions().mode() & 0o777;
    let new = folder.0.join("new.db");
    drop(Sandbox::builder().database(&new).start().await.unwrap());
    assert_eq!(mode(&new), 0o600);
    let empty = folder.0.join("empty.db");
    std::fs::write(&empty, "").unwrap();
    for file in [&new, &empty] {
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o644)).unwrap();
    }
    drop(Sandbox::builder().database(&empty).start().await.unwrap());
    assert_eq!(mode(&empty), 0o600);
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
            let (id, (url, bodies)) = (format!("T{round}"), common::shop().await);
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

#[tokio::test]
async fn nobody_waits_for_ever_for_a_callback() {
    let (sandbox, client) = started().await;
    // A shop that takes the connection and never answers, and more callbacks than are under way at once, twice over.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    for number in 0..600 {
        let id = format!("T{number}");
        pay(&client, &id, 100, &url).await.unwrap();
        let body = send(&sandbox, &format!("POST /sandbox/orders/{id}/pay"), "host: localhost\r\n", "").await;
        assert_eq!(body.0, 200, "{}", body.2);
    }
    pay(&client, "last", 100, &url).await.unwrap();
    let start = Instant::now();
    let late = sandbox.pay("last").await;
    assert!(matches!(late, Err(SandboxError::NotDelivered { .. })), "{late:?}");
    assert!(start.elapsed() < Duration::from_secs(18));
    let start = Instant::now();
    drop(sandbox);
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn an_order_says_all_that_a_test_asks_of_it() {
    let (sandbox, client) = started().await;
    let before = sandbox.now();
    pay(&client, "T1", 100, NOBODY).await.unwrap();
    let new = sandbox.order("T1").unwrap().unwrap();
    assert_eq!((new.action_name(), new.callback_url(), new.original_id()), ("active_pay", Some(NOBODY), None));
    assert!(new.created_at() >= before && new.finished_at().is_none());
    assert_eq!(new.changes_at().unwrap().duration_since(new.created_at()).unwrap(), Duration::from_secs(1800));
    sandbox.advance(Duration::from_secs(60)).unwrap();
    sandbox.pay("T1").await.unwrap();
    let refund = client.refund().order_id(order("R1")).ori_order_id(order("T1")).refund_amt(Amount::from_minor(1));
    refund.send().await.unwrap();
    let (paid, refund) = (sandbox.order("T1").unwrap().unwrap(), sandbox.order("R1").unwrap().unwrap());
    assert!(paid.finished_at().unwrap() >= before + Duration::from_secs(60) && sandbox.now() >= refund.created_at());
    assert_eq!((refund.original_id(), refund.kind().to_string().as_str()), (Some("T1"), "refund"));
    assert_eq!((paid.state().to_string(), Act::Release.to_string()), ("paid".to_owned(), "release".to_owned()));
    common::checkout(&client, "P1", NOBODY).await;
    let page = sandbox.order("P1").unwrap().unwrap();
    assert_eq!((page.checkout_id(), page.id() == "P1"), (Some("P1"), false));
    assert!(!page.provider_id().is_empty());
}

#[tokio::test]
async fn faults_are_asked_for_at_least_once_and_can_be_forgotten() {
    let (sandbox, client) = started().await;
    let mut never = Trouble::new(Fault::Refuse);
    never.times = 0;
    assert!(matches!(sandbox.trouble(never), Err(SandboxError::NoTimes)));
    for _ in 0..1000 {
        sandbox.trouble(Trouble::new(Fault::Refuse)).unwrap();
    }
    assert!(matches!(sandbox.trouble(Trouble::new(Fault::Refuse)), Err(SandboxError::TooManyFaults)));
    sandbox.clear_troubles();
    pay(&client, "T1", 100, NOBODY).await.unwrap();
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
async fn a_wrong_call_is_told_in_json_what_to_do() {
    let (sandbox, client) = started().await;
    pay(&client, "T1", 100, NOBODY).await.unwrap();
    let long = " ".repeat(1024 * 1024 + 1);
    for (line, body, status, word) in [
        ("GET /sandbox/nothing", "", 404, "there are status"),
        ("GET /sandbox/orders/nobody", "", 404, "no order nobody"),
        ("GET /sandbox/orders/%ff", "", 400, "UTF-8"),
        ("POST /sandbox/orders/T1/steal", "", 404, "there are pay"),
        ("DELETE /sandbox/clock", "", 405, "takes GET or HEAD or POST, and not DELETE"),
        ("POST /sandbox/faults", &long, 413, "at most 1048576 bytes"),
        ("GET /sandbox/orders?order_id=T1", "", 400, "order_id"),
        ("GET /sandbox/messages?limit=some", "", 400, "limit"),
        ("POST /sandbox/orders/T1/pay", r#"{"tip": -1}"#, 400, "tip: expected minor units"),
        ("POST /sandbox/orders/T1/pay", r#"{"tip": "1.50"}"#, 400, "\"150\" stands for 1.50"),
        ("POST /sandbox/orders/T1/pay", r#"{"tipp": 1}"#, 400, "may have tip, convenience_fee"),
        ("POST /sandbox/orders/T1/pay", "[]", 400, "expected a JSON object"),
        ("POST /sandbox/orders/T1/pay", "tip=1", 400, "expected a JSON object"),
        ("POST /sandbox/faults", "[]", 400, "expected a JSON object"),
        ("POST /sandbox/faults", "", 400, "fault: missing; there are refuse"),
        ("POST /sandbox/faults", r#"{"fault": "fire"}"#, 400, "no such fault fire; there are refuse"),
        ("POST /sandbox/faults", r#"{"fault": "refuse", "times": 0}"#, 400, "at least once"),
        ("POST /sandbox/faults", r#"{"fault": "refuse", "times": -1}"#, 400, "times: expected a whole number"),
        ("POST /sandbox/faults", r#"{"fault": "refuse", "code": 1}"#, 400, "code: expected text"),
        ("POST /sandbox/faults", r#"{"fault": "refuse", "action": "X"}"#, 400, "such as ACTIVEPAY"),
        ("POST /sandbox/clock", r#"{"seconds": 1}"#, 400, "may have advance_seconds"),
        ("POST /sandbox/clock", "", 400, "advance_seconds: missing"),
        ("POST /sandbox/rates", r#"{"USD": 0}"#, 400, "USD: expected a rate"),
        ("POST /sandbox/rates", r#"{"dollar": 1}"#, 400, "dollar: no currency"),
    ] {
        let (found, _, reply) = send(&sandbox, line, "host: localhost\r\n", body).await;
        let reply: Value = serde_json::from_str(&reply).unwrap_or_else(|_| panic!("{line}: {reply}"));
        let text = reply["error"].as_str().unwrap();
        assert!(found == status && text.contains(word), "{line} {body:.40}: {found} {text}");
    }
    let (status, head, reply) = send(&sandbox, "GET /sandbox/status", "host: evil.example\r\n", "").await;
    assert!(status == 403 && head.contains("application/json") && reply.contains("\"error\""), "{head} {reply}");
    let rates = send(&sandbox, "POST /sandbox/rates", "host: localhost\r\n", r#"{"eur": 780000000}"#).await.2;
    assert!(rates.contains(r#""EUR":780000000"#), "{rates}");
}

#[tokio::test]
async fn whoever_asks_for_the_messages_after_one_gets_the_next() {
    let (sandbox, client) = started().await;
    for number in 1..=5 {
        pay(&client, &format!("T{number}"), 100, NOBODY).await.unwrap();
    }
    let numbers = async |query: &str| {
        let reply = send(&sandbox, &format!("GET /sandbox/messages?{query}"), "host: localhost\r\n", "").await.2;
        let reply: Vec<Value> = serde_json::from_str(&reply).unwrap();
        reply.iter().map(|message| message["message"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(numbers("limit=2").await, [5, 4]);
    assert_eq!(numbers("before=4&limit=2").await, [3, 2]);
    assert_eq!(numbers("after=1&limit=2").await, [3, 2]);
    assert_eq!(numbers("after=1&before=5&limit=2").await, [4, 3]);
}

#[tokio::test]
async fn messages_of_a_checkout_page_are_found_by_the_shops_id() {
    let (sandbox, client) = started().await;
    common::checkout(&client, "P1", NOBODY).await;
    let id = sandbox.order("P1").unwrap().unwrap().id().to_owned();
    let of = async |id: &str| {
        send(&sandbox, &format!("GET /sandbox/messages?order_id={id}"), "host: localhost\r\n", "").await.2
    };
    assert!(of("P1").await.contains("prepay_init"));
    assert_eq!(of("P1").await, of(&id).await);
}

#[tokio::test]
async fn a_link_is_for_the_buyer_to_go_to_and_no_part_of_a_page() {
    let (sandbox, client) = started().await;
    let link = client.h5_pay_link().mer_code("M1").order_id(order("T1")).amount(Amount::from_minor(100));
    let link = link.new_url("https://shop.example/thanks").url().unwrap();
    let line = format!("GET {}", link.as_str().strip_prefix(sandbox.url()).unwrap());
    for (dest, mode) in [("image", "no-cors"), ("iframe", "navigate"), ("empty", "cors")] {
        let headers = format!("host: evil.example\r\nsec-fetch-dest: {dest}\r\nsec-fetch-mode: {mode}\r\n");
        assert_eq!(send(&sandbox, &line, &headers, "").await.0, 403, "{dest}");
    }
    assert!(sandbox.order("T1").unwrap().is_none());
    let headers = "host: localhost\r\nsec-fetch-dest: document\r\nsec-fetch-mode: navigate\r\n";
    assert_eq!(send(&sandbox, &line, headers, "").await.0, 303);
}

#[tokio::test]
async fn a_name_that_is_not_clear_is_no_way_in() {
    let (sandbox, _) = started().await;
    for (line, headers, status) in [
        ("GET /sandbox/status", "host: localhost\r\n", 200),
        ("GET /sandbox/status", "host: 127.0.0.1\r\nhost: evil.example\r\n", 403),
        ("GET /sandbox/status", "host: evil@127.0.0.1\r\n", 403),
        ("GET http://evil.example/sandbox/status", "host: 127.0.0.1\r\n", 403),
    ] {
        assert_eq!(send(&sandbox, line, headers, "").await.0, status, "{line} {headers}");
    }
}

#[tokio::test]
async fn an_empty_merchant_id_is_none() {
    let refused = Sandbox::builder().merchant_id(" ").start().await.unwrap_err().to_string();
    assert!(refused.contains("the merchant id is empty"), "{refused}");
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_no_file_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = std::env::temp_dir().join(format!("ottpay-no-file-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    let refused = Sandbox::builder().database(&folder).start().await.unwrap_err().to_string();
    assert!(refused.contains("it is no file"), "{refused}");
    assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o755);
    std::fs::remove_dir_all(&folder).unwrap();
}
