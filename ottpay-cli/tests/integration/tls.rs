//! `ottpay sandbox --tls`, and clients that trust it.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

use ottpay::{Client, Outcome, SignKey};
use ottpay_sandbox::{Sandbox, Tls};

use crate::common::{KEY, MERCHANT, Running, folder, ottpay, run, sample};

async fn sandbox() -> Sandbox {
    let builder = Sandbox::builder().merchant_id(MERCHANT).sign_key(SignKey::new(KEY).unwrap());
    builder.tls(Tls::new()).start().await.unwrap()
}

fn query(url: &str, more: &[&str]) -> crate::common::Done {
    let fields = ["call", "status_query", "--set", "order_id=T1", "--endpoint", url];
    run(sample(&[&fields[..], more].concat()), "")
}

/// A sandbox with TLS: its address and the file of its authority.
fn start(arguments: &[&str]) -> (Running, String, String) {
    let fixed = ["sandbox", "--listen", "127.0.0.1:0", "--merchant", MERCHANT, "--sign-key", KEY, "--tls"];
    let running = Running::start(ottpay(&[&fixed[..], arguments].concat()));
    let url = running.out().strip_prefix("listening on ").unwrap().to_owned();
    assert!(url.starts_with("https://127.0.0.1:"), "{url}");
    assert!(running.out().starts_with("merchant_id "));
    let file = running.out().strip_prefix("ca_file ").unwrap().to_owned();
    (running, url, file)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_trusts_the_authority_pays_by_https() {
    let sandbox = sandbox().await;
    let builder = || {
        let builder = Client::builder().endpoint(sandbox.url()).merchant_id(MERCHANT);
        builder.sign_key(SignKey::new(KEY).unwrap())
    };
    let client = builder().trust_certificate(sandbox.ca_certificate().unwrap()).build().unwrap();
    let pay = |client: &Client| {
        let pay =
            client.active_pay().order_id(ottpay::OrderId::new("T1").unwrap()).amount(ottpay::Amount::from_minor(100));
        pay.biz_type(ottpay::BizType::Alipay).operator_id("0000020156").call_back_url("http://127.0.0.1:9/").build()
    };
    let created = client.send(&pay(&client).unwrap()).await.unwrap();
    assert!(created.code_url().starts_with("https://127.0.0.1:"), "{}", created.code_url());
    // The authorities of the platform do not know it, and so nothing is sent.
    let other = builder().build().unwrap();
    let error = other.send(&pay(&other).unwrap()).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::NotSent, "{error}");
    let error = builder().trust_certificate("no certificate").build().unwrap_err();
    assert!(error.to_string().contains("PEM"), "{error}");
}

#[test]
fn the_command_trusts_the_file_of_a_sandbox_and_nothing_else() {
    let place = folder();
    let (running, url, file) = start(&["--tls-dir", place.join("tls").to_str().unwrap()]);
    let asked = query(&url, &["--ca-file", &file]);
    assert!(asked.code == 1 && asked.err.contains("STATUS_QUERY (order T1): "), "{asked:?}");
    assert!(!asked.err.contains("nothing was sent"), "{asked:?}");
    query(&url, &[]).fails(1, &["nothing was sent", "certificate", "--ca-file"]);
    // By another of its names, and as a variable.
    let port = url.rsplit_once(':').unwrap().1;
    let mut command =
        sample(&["call", "status_query", "--set", "order_id=T1", "--endpoint", &format!("https://localhost:{port}")]);
    command.env("OTTPAY_CA_FILE", &file);
    let asked = run(command, "");
    assert!(asked.code == 1 && !asked.err.contains("nothing was sent"), "{asked:?}");
    query(&url, &["--ca-file", "none.pem"]).fails(2, &["none.pem", "--ca-file"]);
    fs::write(place.join("empty.pem"), "").unwrap();
    query(&url, &["--ca-file", place.join("empty.pem").to_str().unwrap()]).fails(2, &["PEM", "--ca-file"]);
    let said: Vec<String> =
        std::iter::from_fn(|| running.err.recv_timeout(std::time::Duration::from_secs(1)).ok()).collect();
    let said = said.join("\n");
    for variable in ["OTTPAY_CA_FILE=", "NODE_EXTRA_CA_CERTS=", "SSL_CERT_FILE=", "REQUESTS_CA_BUNDLE=", "keytool "] {
        assert!(said.contains(variable), "{variable}: {said}");
    }
    assert!(said.contains("a TLS handshake failed"), "{said}");
    assert_eq!(running.terminate(), Some(0));
}

#[test]
fn the_certificate_is_stored_next_to_the_database_and_only_its_owner_can_read_it() {
    let place = folder();
    let db = place.join("orders.db");
    let read = |file: &str| fs::read_to_string(Path::new(file)).unwrap();
    let (running, _, file) = start(&["--db", db.to_str().unwrap()]);
    assert_eq!(Path::new(&file), place.join("orders.db.tls/ca.pem"));
    let first = read(&file);
    assert!(first.starts_with("-----BEGIN CERTIFICATE-----\n"), "{first}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |name: &str| fs::metadata(place.join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("orders.db.tls"), mode("orders.db.tls/certificate.json")), (0o700, 0o600));
    }
    drop(running);
    // Used again, unless another name is wanted.
    let (running, url, file) = start(&["--db", db.to_str().unwrap()]);
    assert_eq!(read(&file), first);
    assert!(!query(&url, &["--ca-file", &file]).err.contains("nothing was sent"));
    drop(running);
    let (running, _, file) = start(&["--db", db.to_str().unwrap(), "--tls-name", "frontapi.ottpay.com"]);
    assert_ne!(read(&file), first);
    drop(running);
    // A file that is not a certificate is not changed.
    let kept = place.join("orders.db.tls/certificate.json");
    fs::write(&kept, "{}").unwrap();
    let again = ["sandbox", "--listen", "127.0.0.1:0", "--tls", "--db", db.to_str().unwrap()];
    run(ottpay(&again), "").fails(1, &["certificate.json is not a certificate of a sandbox", "--tls-dir"]);
    assert_eq!(fs::read_to_string(&kept).unwrap(), "{}");
    let wrong = ["sandbox", "--listen", "127.0.0.1:0", "--tls", "--tls-dir", place.to_str().unwrap()];
    run(ottpay(&[&wrong[..], &["--tls-name", "späti.example"]].concat()), "")
        .fails(1, &["späti.example", "--tls-name"]);
    run(ottpay(&["sandbox", "--tls-name", "a.example"]), "").fails(2, &["--tls"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn sandboxes_share_a_folder_and_do_not_replace_each_others_certificate() {
    let place = folder();
    let start = async |names: &[&str]| {
        let tls = names.iter().fold(Tls::new().folder(&place), |tls, name| tls.name(*name));
        Sandbox::builder().tls(tls).start().await
    };
    let (first, second) = tokio::join!(start(&["a.example"]), start(&["a.example"]));
    let (first, second, third) = (first.unwrap(), second.unwrap(), start(&[]).await.unwrap());
    let authority = first.ca_certificate().unwrap().to_owned();
    let read = || fs::read_to_string(place.join("ca.pem")).unwrap();
    for sandbox in [&first, &second, &third] {
        assert_eq!(sandbox.ca_certificate(), Some(&*authority));
    }
    let error = start(&["b.example"]).await.unwrap_err().to_string();
    assert!(error.contains("a running sandbox uses") && error.contains("b.example"), "{error}");
    assert_eq!(read(), authority);
    drop((first, second, third));
    let other = start(&["b.example"]).await.unwrap();
    assert_eq!(other.ca_certificate(), Some(&*read()));
    assert_ne!(read(), authority);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_speaks_plain_http_is_directed_to_https() {
    let sandbox = sandbox().await;
    let mut stream = TcpStream::connect(sandbox.url().strip_prefix("https://").unwrap()).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
    let _ = stream.read_to_string(&mut answer);
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("https://"), "{answer}");
}

#[test]
fn the_target_of_payment_links_is_printed_if_the_certificate_has_another_name() {
    let place = folder();
    let (running, url, _) = start(&["--tls-dir", place.to_str().unwrap(), "--tls-name", "Pay.example"]);
    let port = url.rsplit_once(':').unwrap().1;
    let said: Vec<String> =
        std::iter::from_fn(|| running.err.recv_timeout(std::time::Duration::from_secs(1)).ok()).collect();
    let hint = format!(
        "note: payment links lead to {url}; for buyers who use another name, add --public-url https://Pay.example:{port}"
    );
    assert!(said.contains(&hint), "{said:?}");
}

#[test]
fn many_failed_handshakes_are_few_lines_of_the_log() {
    let place = folder();
    let (running, url, _) = start(&["--tls-dir", place.to_str().unwrap()]);
    let clients = 100;
    for _ in 0..clients {
        let mut stream = TcpStream::connect(url.strip_prefix("https://").unwrap()).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    }
    let (mut lines, mut reported) = (0, 0);
    while reported < clients {
        let line = running.err();
        let said = line.split_once("a TLS handshake failed").and_then(|(_, rest)| rest.split_once("count="));
        if let Some((_, count)) = said {
            lines += 1;
            reported += count.split(' ').next().unwrap().parse::<u32>().unwrap();
        }
    }
    assert!(reported == clients && lines < clients, "{lines} lines for {reported} of {clients} clients");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_keep_the_local_address_next_to_a_public_one() {
    let sandbox = Sandbox::builder().public_url("https://pay.example").start().await.unwrap();
    let mut stream = TcpStream::connect(sandbox.url().strip_prefix("http://").unwrap()).unwrap();
    stream.write_all(b"GET /sandbox HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    assert!(page.contains(&format!("endpoint <code>{}</code>", sandbox.url())), "{page}");
}
