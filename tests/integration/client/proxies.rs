//! Proxies of the environment: the same rule over each transport, and nothing is sent where one does not connect.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use ottpay::Outcome;

use crate::common::over::Over;
use crate::common::{alone, order, payment, sample};

/// What a connection to the proxy begins with, before the proxy refuses to connect.
fn refuse(mut stream: TcpStream) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n").unwrap();
    String::from_utf8(head).unwrap().to_lowercase()
}

#[tokio::test]
async fn a_proxy_that_refuses_to_connect_means_not_sent() {
    const TEST: &str = concat!(module_path!(), "::a_proxy_that_refuses_to_connect_means_not_sent");
    if !alone::is_alone(TEST) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let proxy = thread::spawn(move || {
            let connections = listener.incoming().take(Over::ALL.len());
            connections.map(|stream| refuse(stream.unwrap())).collect::<Vec<_>>()
        });
        // Neither the proxy for plain HTTP nor a host that is left out matters.
        let url = format!("http://shop:se%3Acret@{address}");
        alone::run_alone(
            TEST,
            &[("HTTPS_PROXY", &url), ("HTTP_PROXY", "http://127.0.0.1:9"), ("NO_PROXY", "direct.invalid")],
        );
        for head in proxy.join().unwrap() {
            assert!(head.starts_with("connect shop.invalid:443 http/1.1\r\n"), "{head}");
            // shop:se:cret
            assert!(head.contains("\r\nproxy-authorization: basic c2hvcdpzztpjcmv0\r\n"), "{head}");
        }
        return;
    }
    for over in Over::ALL {
        for host in ["shop.invalid", "direct.invalid"] {
            let client = over.choose(sample()).endpoint(format!("https://{host}")).build().unwrap();
            let error = over.write(client.send(&payment(&client, &order("T1")))).await.unwrap_err();
            assert_eq!(error.outcome(), Outcome::NotSent, "{over:?}: {error}");
        }
    }
}
