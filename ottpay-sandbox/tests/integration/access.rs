//! Who may reach the sandbox: by which name, from which page, and in which way.

use crate::common::{NOBODY, client_of, control, get, order, pay, send, started};
use ottpay::Amount;
use ottpay_sandbox::{Delivery, OrderState, Sandbox};
use serde_json::{Value, json};

#[tokio::test]
async fn the_inside_is_for_this_machine_and_its_own_pages() {
    let (sandbox, client) = started().await;
    pay(&client, "T1", 100, NOBODY).await.unwrap();
    let address = sandbox.url().strip_prefix("http://").unwrap();
    let status = async |host: &str, more: &str| {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST /sandbox/orders/T1/pay HTTP/1.1\r\nhost: {host}\r\n{more}connection: close\r\ncontent-length: 0\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).await.unwrap();
        reply[9..12].to_owned()
    };
    assert_eq!(status("evil.example", "").await, "403");
    assert_eq!(status(address, "origin: http://evil.example\r\n").await, "403");
    assert_eq!(sandbox.order("T1").unwrap().unwrap().state(), OrderState::Created);
    assert_eq!(status(address, &format!("origin: http://{address}\r\n")).await, "200");
}

#[tokio::test]
async fn a_sandbox_cannot_be_controlled_by_its_own_callbacks() {
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
async fn pages_are_served_under_known_names_and_reject_cross_origin_posts() {
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
        // Other spellings of the same hosts.
        ("LOCALHOST:1", "http://localhost:1", true, true, true),
        ("localhost.:1", "http://localhost.:1", true, true, true),
        ("PAY.example.", "https://pay.example", false, true, true),
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
async fn a_browser_tells_that_a_page_is_of_another_site_without_naming_it() {
    let (sandbox, client) = started().await;
    pay(&client, "T1", 100, NOBODY).await.unwrap();
    let form = "host: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\n";
    for (line, allowed) in [("POST /pay/T1", 400), ("POST /sandbox/orders/T2/pay", 400), ("POST /processV2", 200)] {
        for (headers, is_allowed) in [
            ("sec-fetch-site: same-origin\r\n", true),
            ("sec-fetch-site: same-origin\r\norigin: http://localhost\r\n", true),
            ("sec-fetch-site: none\r\n", true),
            ("sec-fetch-site: cross-site\r\n", false),
            ("Sec-Fetch-Site: same-site\r\n", false),
            // A page on another port, or a redirect through another site.
            ("sec-fetch-site: same-site\r\norigin: http://localhost\r\n", false),
            ("sec-fetch-site: cross-site\r\norigin: http://localhost\r\n", false),
            ("sec-fetch-site: same-origin\r\norigin: http://evil.example\r\n", false),
            ("sec-fetch-site: same-origin\r\nsec-fetch-site: cross-site\r\n", false),
            ("sec-fetch-site: other\r\n", false),
            ("sec-fetch-site: \r\n", false),
        ] {
            let (status, ..) = send(&sandbox, line, &format!("{form}{headers}"), "act=fly").await;
            assert_eq!(status, if is_allowed { allowed } else { 403 }, "{line} {headers}");
        }
    }
    // A shop sends the buyer to the payment page.
    let headers = "host: localhost\r\nsec-fetch-site: cross-site\r\nsec-fetch-mode: navigate\r\n";
    assert_eq!(send(&sandbox, "GET /pay/T1", headers, "").await.0, 200);
    assert_eq!(sandbox.order("T1").unwrap().unwrap().state(), OrderState::Created);
}

#[tokio::test]
async fn an_ambiguous_host_name_is_rejected() {
    let (sandbox, _) = started().await;
    for (line, headers, status) in [
        ("GET /sandbox/status", "host: localhost\r\n", 200),
        ("GET /sandbox/status", "host: LOCALHOST\r\n", 200),
        ("GET /sandbox/status", "host: LocalHost.:8081\r\n", 200),
        ("GET /sandbox/status", "host: localhost:\r\n", 200),
        ("GET /sandbox/status", "host: [::1]\r\n", 200),
        ("GET /sandbox/status", "host: [0:0:0:0:0:0:0:1]:8081\r\n", 200),
        ("GET /sandbox/status", "host: 127.0.0.1.\r\n", 200),
        ("GET http://LOCALHOST:80/sandbox/status", "host: localhost\r\n", 200),
        ("GET http://localhost:81/sandbox/status", "host: localhost\r\n", 403),
        ("GET /sandbox/status", "host: localhost.evil.example\r\n", 403),
        ("GET /sandbox/status", "host: localhost:99999\r\n", 403),
        ("GET /sandbox/status", "host: ::1\r\n", 403),
        ("GET /sandbox/status", "host:\r\n", 403),
        ("GET /sandbox/status", "", 403),
        ("GET /sandbox/status", "host: 127.0.0.1\r\nhost: evil.example\r\n", 403),
        ("GET /sandbox/status", "host: evil@127.0.0.1\r\n", 403),
        ("GET http://evil.example/sandbox/status", "host: 127.0.0.1\r\n", 403),
    ] {
        assert_eq!(send(&sandbox, line, headers, "").await.0, status, "{line} {headers}");
    }
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
async fn requests_refused_before_handling_are_listed_with_their_cause() {
    let sandbox = Sandbox::start().await.unwrap();
    let too_large = " ".repeat(1024 * 1024 + 1);
    for (line, headers, body, status, cause) in [
        ("GET /processV2", "host: gateway\r\n", "", 405, "/processV2 accepts POST, not GET"),
        ("POST /proces", "host: gateway\r\n", "", 404, "unknown path"),
        ("POST /processV2", "host: gateway\r\norigin: http://evil.example\r\n", "", 403, "a page of another site"),
        ("POST /processV2", "host: gateway\r\nsec-fetch-site: cross-site\r\n", "", 403, "a page of another site"),
        ("GET /sandbox/status", "host: evil.example\r\n", "", 403, "the developer's pages and the control interface"),
        ("GET /pay/T1", "host: evil.example\r\n", "", 403, "the sandbox shows its pages only under an IP address"),
        (
            "GET /h5Pay",
            "host: localhost\r\nsec-fetch-dest: image\r\n",
            "",
            403,
            "the buyer's browser must open the link",
        ),
        ("POST /processV2", "host: gateway\r\n", &*too_large, 413, "expected a body of at most 1048576 bytes"),
    ] {
        let (found, head, _) = send(&sandbox, line, headers, body).await;
        let (_, listed) = control(&sandbox, "GET", "/messages?limit=1", Value::Null).await;
        let message = &listed[0];
        assert_eq!((found, &message["status"]), (status, &json!(status)), "{line}");
        let path = line.split(' ').nth(1).unwrap();
        assert_eq!((&message["target"], &message["sent"], &message["code"]), (&json!(path), &json!(""), &Value::Null));
        assert!(message["cause"].as_str().unwrap().starts_with(cause), "{message}");
        // The errors of calls are JSON, and the body contains the message already.
        let in_head = head.contains(&format!("x-ottpay-sandbox-cause: {}", cause.to_lowercase()));
        assert_eq!(in_head, path != "/sandbox/status", "{head}");
        let (_, page) = get(&format!("{}/sandbox/message/{}", sandbox.url(), message["message"])).await;
        assert!(page.contains(&format!("request to {path}, refused")), "{page}");
    }
    assert_eq!(sandbox.requests(), 0);
}

#[tokio::test]
async fn a_flood_of_refusals_does_not_evict_handled_requests() {
    let (sandbox, client) = started().await;
    pay(&client, "T1", 100, NOBODY).await.unwrap();
    for _ in 0..150 {
        assert_eq!(send(&sandbox, "GET /x", "host: gateway\r\n", "").await.0, 404);
    }
    let (_, listed) = control(&sandbox, "GET", "/messages?limit=1000", Value::Null).await;
    let listed = listed.as_array().unwrap();
    assert!((101..150).contains(&listed.len()), "{}", listed.len());
    assert_eq!(listed.last().unwrap()["order_id"], "T1");
}

#[tokio::test]
async fn automatic_requests_of_browsers_are_not_listed() {
    let sandbox = Sandbox::start().await.unwrap();
    assert_eq!(send(&sandbox, "GET /favicon.ico", "host: localhost\r\n", "").await.0, 204);
    assert_eq!(control(&sandbox, "GET", "/messages", Value::Null).await.1, json!([]));
}

/// A sandbox that other machines may control. A request whose host is not this machine counts as coming from another
/// machine.
async fn started_with_token() -> Sandbox {
    Sandbox::builder().control_token("a-token-of-the-tests").start().await.unwrap()
}

#[tokio::test]
async fn with_a_token_the_sandbox_is_controlled_with_the_token_only() {
    let sandbox = started_with_token().await;
    let far = "host: sandbox.test:8081\r\n";
    for (headers, status) in [
        ("authorization: Bearer a-token-of-the-tests\r\n", 200),
        ("authorization: bearer  a-token-of-the-tests\r\n", 200),
        ("", 401),
        ("authorization: Bearer a-token-of-the-testz\r\n", 401),
        ("authorization: Bearer a-token-of-the-test\r\n", 401),
        ("authorization: Bearer \r\n", 401),
        ("authorization: Basic a-token-of-the-tests\r\n", 401),
        ("authorization: a-token-of-the-tests\r\n", 401),
        ("cookie: ottpay-sandbox-session=a-token-of-the-tests\r\n", 401),
        ("cookie: ottpay-sandbox-session=\r\n", 401),
        // A page of another site cannot use a token that a browser would add, either.
        ("authorization: Bearer a-token-of-the-tests\r\norigin: http://evil.example\r\n", 403),
    ] {
        let (found, head, body) = send(&sandbox, "DELETE /sandbox/faults", &format!("{far}{headers}"), "").await;
        assert_eq!(found, status, "{headers}: {head}");
        assert_eq!(head.contains("www-authenticate: bearer"), status == 401, "{head}");
        assert!(!body.contains("a-token-of-the-tests"), "{body}");
    }
    // A reverse proxy may rewrite the host, so it does not open anything. The other guards are as they were.
    let near = "host: localhost\r\n";
    assert_eq!(send(&sandbox, "GET /sandbox/status", near, "").await.0, 401);
    let near = format!("{near}authorization: Bearer a-token-of-the-tests\r\n");
    assert_eq!(send(&sandbox, "GET /sandbox/status", &near, "").await.0, 200);
    assert_eq!(send(&sandbox, "GET /pay/T1", far, "").await.0, 403);
    let plain = Sandbox::start().await.unwrap();
    for header in
        ["forwarded: for=192.0.2.1", "via: 1.1 proxy", "x-forwarded-host: pay.example", "X-Real-IP: 192.0.2.1"]
    {
        let headers = format!("host: localhost\r\n{header}\r\n");
        assert_eq!(send(&plain, "GET /sandbox/status", &headers, "").await.0, 403, "{header}");
    }
    let token = format!("{far}authorization: Bearer a-token-of-the-tests\r\n");
    assert_eq!(send(&plain, "GET /sandbox/status", &token, "").await.0, 403);
    assert_eq!(send(&plain, "GET /sandbox/login", far, "").await.0, 404);
    assert!(!format!("{:?}", Sandbox::builder().control_token("a-token-of-the-tests")).contains("of-the-tests"));
    let error = Sandbox::builder().control_token("short").start().await.unwrap_err().to_string();
    assert!(error.contains("has 5 characters, expected 16"), "{error}");
}

#[tokio::test]
async fn a_browser_on_another_machine_gives_the_token_once() {
    let sandbox = started_with_token().await;
    let far = "host: sandbox.test:8081\r\n";
    let (status, head, _) = send(&sandbox, "GET /sandbox", far, "").await;
    assert!(status == 303 && head.contains("location: /sandbox/login"), "{head}");
    let (status, _, page) = send(&sandbox, "GET /sandbox/login", far, "").await;
    assert!(status == 200 && page.contains("name=\"token\""), "{page}");
    let form = format!("{far}content-type: application/x-www-form-urlencoded\r\n");
    let (status, head, page) = send(&sandbox, "POST /sandbox/login", &form, "token=another-token-of-16").await;
    assert!(status == 401 && !head.contains("set-cookie") && page.contains("not the control token"), "{head}");
    let (status, ..) =
        send(&sandbox, "POST /sandbox/login", &format!("{form}origin: http://evil.example\r\n"), "token=x").await;
    assert_eq!(status, 403);
    let (status, head, _) = send(&sandbox, "POST /sandbox/login", &form, "token=a-token-of-the-tests").await;
    assert!(status == 303 && head.contains("httponly") && head.contains("samesite=strict"), "{head}");
    assert!(!head.contains("a-token-of-the-tests"), "{head}");
    let cookie = head.split_once("set-cookie: ").unwrap().1.split_once(';').unwrap().0;
    let with = format!("{far}cookie: theme=dark; {cookie}\r\n");
    assert_eq!(send(&sandbox, "GET /sandbox", &with, "").await.0, 200);
    assert_eq!(send(&sandbox, "DELETE /sandbox/faults", &with, "").await.0, 200);
    let cross = format!("{with}sec-fetch-site: cross-site\r\n");
    assert_eq!(send(&sandbox, "DELETE /sandbox/faults", &cross, "").await.0, 403);
    // The session is that of this sandbox, and of no other.
    let other = started_with_token().await;
    assert_eq!(send(&other, "GET /sandbox/status", &with, "").await.0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_tokens_are_answered_slowly_and_do_not_keep_out_the_right_one() {
    let sandbox = std::sync::Arc::new(started_with_token().await);
    let far = "host: sandbox.test:8081\r\n";
    let form = format!("{far}content-type: application/x-www-form-urlencoded\r\n");
    let wrong = format!("{far}authorization: Bearer another-token-of-16\r\n");
    for (line, headers, body, status) in [
        ("GET /sandbox/status", &wrong, "", 401),
        ("GET /sandbox/order/T1", &wrong, "", 303),
        ("POST /sandbox/login", &form, "token=another-token-of-16", 401),
    ] {
        let start = std::time::Instant::now();
        assert_eq!(send(&sandbox, line, headers, body).await.0, status, "{line}");
        assert!(start.elapsed() >= std::time::Duration::from_millis(500), "{line}: {:?}", start.elapsed());
    }
    let guess = || {
        let (sandbox, form, wrong) = (std::sync::Arc::clone(&sandbox), form.clone(), wrong.clone());
        tokio::spawn(async move {
            tokio::join!(async { send(&sandbox, "GET /sandbox/status", &wrong, "").await.0 }, async {
                send(&sandbox, "POST /sandbox/login", &form, "token=another-token-of-16").await.0
            },)
        })
    };
    let guesses: Vec<_> = (0..50).map(|_| guess()).collect();
    let right = format!("{far}authorization: Bearer a-token-of-the-tests\r\n");
    for _ in 0..5 {
        assert_eq!(send(&sandbox, "GET /sandbox/status", &right, "").await.0, 200);
        assert_eq!(send(&sandbox, "POST /sandbox/login", &form, "token=a-token-of-the-tests").await.0, 303);
    }
    let mut answered = std::collections::BTreeSet::new();
    for guess in guesses {
        let (call, login) = guess.await.unwrap();
        answered.extend([call, login]);
    }
    assert_eq!(answered, std::collections::BTreeSet::from([401, 429]));
}

#[tokio::test]
async fn everybody_may_ask_whether_the_sandbox_is_ready() {
    for sandbox in [Sandbox::start().await.unwrap(), started_with_token().await] {
        let (status, _, body) = send(&sandbox, "GET /sandbox/ready", "host: sandbox.test:8081\r\n", "").await;
        assert_eq!((status, &*body), (200, r#"{"ready":true}"#));
        assert_eq!(sandbox.requests(), 0);
    }
}
