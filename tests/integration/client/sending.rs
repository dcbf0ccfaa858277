//! The client: safe settings, one request for one call, and errors that state what is known.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::common::{SAMPLE_KEY, Script, key, order, payment, sample};
use ottpay::envelope::Message;
use ottpay::transport::{TransportError, TransportErrorKind};
use ottpay::{Amount, AskError, BizType, Client, ConfigError, Error, Framing, OrderId, Outcome};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A gateway that answers each connection with the same bytes, or with nothing, and counts the requests.
pub(super) async fn raw_gateway(answer: Option<Vec<u8>>) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let requests = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&requests);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (counter, answer) = (Arc::clone(&counter), answer.clone());
            tokio::spawn(async move {
                let mut request = [0; 16 * 1024];
                if stream.read(&mut request).await.unwrap_or(0) > 0 {
                    counter.fetch_add(1, Ordering::SeqCst);
                }
                match answer {
                    Some(answer) => _ = stream.write_all(&answer).await,
                    // Held open until the client gives up.
                    None => _ = stream.read(&mut request).await,
                }
            });
        }
    });
    (address, requests)
}

pub(super) fn client_at(address: SocketAddr) -> Client {
    sample().endpoint(format!("http://{address}")).build().unwrap()
}

async fn pay(client: &Client) -> Error {
    client.send(&payment(client, &order("T1"))).await.unwrap_err()
}

#[tokio::test]
async fn a_request_made_by_the_client_of_another_merchant_is_not_sent() {
    let (script, other) = (Script::accepted("{}"), sample().merchant_id("ON00000001").build().unwrap());
    let client = script.client();
    let error = client.send(&payment(&other, &order("T1"))).await.unwrap_err();
    assert_eq!((error.outcome(), error.action()), (Outcome::Never, "ACTIVEPAY"));
    let error = error.to_string();
    let expected = "merchant_id: the request was made for another merchant: build it with the client that sends it";
    assert!(error.contains(expected), "{error}");
    assert!(script.requests().is_empty());
    assert_ne!(payment(&other, &order("T1")), payment(&client, &order("T1")));
    // Another client of the same merchant works, too.
    let same = sample().timeout(Duration::from_secs(5)).build().unwrap();
    let _ = client.send(&payment(&same, &order("T1"))).await;
    assert_eq!(script.requests().len(), 1);
}

#[tokio::test]
async fn a_request_is_a_future_that_sends_once_when_it_is_polled() {
    let script = Script::accepted("{}");
    let client = script.client();
    let later = client.send(&payment(&client, &order("T1")));
    drop(client.send(&payment(&client, &order("T2"))));
    assert!(script.requests().is_empty());
    let sent = tokio::spawn(later.path("/processV3").timeout(Duration::from_secs(7)));
    assert_eq!(sent.await.unwrap().unwrap_err().outcome(), Outcome::Unknown);
    let [request] = &script.requests()[..] else { panic!("one request") };
    assert!(request.url.ends_with("/processV3"), "{}", request.url);
    assert_eq!(request.timeout, Duration::from_secs(7));
}

#[tokio::test]
async fn a_refused_connection_means_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = pay(&client_at(address)).await;
    assert!(matches!(error, Error::NotSent { .. }), "{error:?}");
    assert_eq!(error.outcome(), Outcome::NotSent);
}

#[tokio::test]
async fn a_lost_connection_means_unknown_and_the_write_is_not_repeated() {
    let (address, requests) = raw_gateway(Some(Vec::new())).await;
    let error = pay(&client_at(address)).await;
    assert!(matches!(error, Error::Lost { .. }), "{error:?}");
    assert_eq!((error.outcome(), error.order_id()), (Outcome::Unknown, Some("T1")));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(requests.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_silent_gateway_runs_into_the_time_limit_of_the_call() {
    let (address, requests) = raw_gateway(None).await;
    let client = client_at(address);
    let request = payment(&client, &order("T1"));
    let start = Instant::now();
    let error = client.send(&request).timeout(Duration::from_millis(200)).await.unwrap_err();
    assert!(matches!(&error, Error::Lost { reason, .. } if reason.kind() == TransportErrorKind::TimedOut), "{error:?}");
    assert!(start.elapsed() < Duration::from_secs(10));
    assert_eq!((error.outcome(), requests.load(Ordering::SeqCst)), (Outcome::Unknown, 1));
    let client = sample().endpoint(format!("http://{address}")).timeout(Duration::from_millis(200)).build().unwrap();
    assert_eq!(pay(&client).await.outcome(), Outcome::Unknown);
}

#[tokio::test]
async fn every_request_has_a_time_limit_which_only_another_limit_replaces() {
    let seconds = Duration::from_secs;
    for (of_client, of_call, expected) in [
        (None, None, seconds(60)),
        (Some(seconds(5)), None, seconds(5)),
        (Some(seconds(5)), Some(seconds(7)), seconds(7)),
    ] {
        let script = Script::new([Err(TransportError::lost("reset")), Err(TransportError::lost("reset"))]);
        let settings = sample().transport(script.clone());
        let client = if let Some(limit) = of_client { settings.timeout(limit) } else { settings }.build().unwrap();
        let (write, read) =
            (payment(&client, &order("T1")), client.status_query().order_id(order("T1")).build().unwrap());
        let (write, read) = (client.send(&write), client.send(&read));
        match of_call {
            Some(limit) => _ = (write.timeout(limit).await.unwrap_err(), read.timeout(limit).await.unwrap_err()),
            None => _ = (write.await.unwrap_err(), read.await.unwrap_err()),
        }
        let limits: Vec<_> = script.requests().iter().map(|request| request.timeout).collect();
        assert_eq!(limits, [expected; 2]);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (elsewhere, followed) = raw_gateway(Some(Vec::new())).await;
    for status in [301, 302, 303, 307, 308] {
        let head = format!("HTTP/1.1 {status} Elsewhere\r\nlocation: http://{elsewhere}/\r\n");
        let (address, requests) = raw_gateway(Some(format!("{head}content-length: 0\r\n\r\n").into_bytes())).await;
        let client = client_at(address);
        let error = pay(&client).await;
        assert!(matches!(error, Error::HttpStatus { status: got, .. } if got == status), "{error:?}");
        let error = client.status_query().order_id(order("T1")).send().await.unwrap_err();
        assert!(matches!(error, AskError::HttpStatus { status: got, .. } if got == status), "{error:?}");
        assert_eq!((requests.load(Ordering::SeqCst), followed.load(Ordering::SeqCst)), (2, 0));
    }
}

#[tokio::test]
async fn a_request_is_one_post_with_five_members() {
    let script = Script::accepted(r#"{"code_url":"weixin://x","order_id":"T1"}"#);
    let client = script.client();
    client.send(&payment(&client, &order("T1"))).await.unwrap();
    let [request] = &script.requests()[..] else { panic!("one request") };
    assert_eq!(&*request.url, "http://127.0.0.1:9/processV2");
    assert_eq!(request.content_type, "application/json");
    assert!(request.user_agent.starts_with("ottpay/"), "{}", request.user_agent);
    let outer: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(outer.keys().collect::<Vec<_>>(), ["action", "data", "md5", "merchant_id", "version"]);
    assert_eq!((outer["action"].as_str(), outer["version"].as_str()), (Some("ACTIVEPAY"), Some("1.0")));
    let opened =
        Message::read(&request.body).unwrap().open(&key(SAMPLE_KEY), ottpay::Cipher::Aes128Ecb).unwrap().unwrap();
    let fields: Vec<_> = opened.iter().map(|(name, value)| (name, value.as_text().unwrap().to_owned())).collect();
    let expected = [
        ("amount", "1999"),
        ("biz_type", "WECHATPAY"),
        ("call_back_url", "https://shop.example/ottpay"),
        ("operator_id", "0000020156"),
        ("order_id", "T1"),
    ];
    assert_eq!(fields, expected.map(|(name, text)| (name, text.to_owned())));
}

#[tokio::test]
async fn version_path_framing_and_outer_fields_are_as_asked() {
    let script = Script::accepted(r#"{"code_url":"weixin://x","order_id":"T1"}"#);
    let client = sample().framing(Framing::Base64).user_agent("shop/2.1").transport(script.clone()).build().unwrap();
    let builder = client.active_pay().order_id(order("T1")).without_operator_id().amount(Amount::from_minor(1));
    let builder = builder.biz_type(BizType::Alipay).call_back_url("https://shop.example/cb").terminal_no("7");
    builder.send().version("1.1").path("/process").await.unwrap();
    let [request] = &script.requests()[..] else { panic!("one request") };
    assert_eq!(&*request.url, "http://127.0.0.1:9/process");
    assert!(request.user_agent.starts_with("shop/2.1 ottpay/"));
    assert!(request.body.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte)));
    let message = Message::read(&request.body).unwrap();
    assert_eq!((message.text("version"), message.text("terminal_no")), (Some("1.1"), Some("7")));
    let opened = message.open(&key(SAMPLE_KEY), ottpay::Cipher::Aes128Ecb).unwrap().unwrap();
    assert_eq!((opened.text("operator_id"), opened.text("terminal_no")), (None, None));
}

#[tokio::test]
async fn a_path_cannot_lead_to_another_host() {
    for path in ["processV3", "@evil.example/x", ".evil.example/x", ":80@evil.example", "/a?b=c", "/a b", "/a\\b", ""] {
        let script = Script::default();
        let client = script.client();
        let error = client.send(&payment(&client, &order("T1"))).path(path).await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Never, "{path}");
        assert!(script.requests().is_empty() && error.to_string().contains("expected a path"), "{error}");
    }
}

#[test]
fn unsafe_settings_are_refused() {
    let error = |endpoint: &str| sample().endpoint(endpoint).build().unwrap_err();
    assert!(matches!(error("http://frontapi.ottpay.com"), ConfigError::PlainHttp));
    assert!(matches!(error("http://127.0.0.1.example:80"), ConfigError::PlainHttp));
    assert!(matches!(error("frontapi.ottpay.com"), ConfigError::Endpoint));
    assert!(matches!(error("ftp://frontapi.ottpay.com"), ConfigError::Endpoint));
    assert!(matches!(error("https://frontapi.ottpay.com/?a=b"), ConfigError::Endpoint));
    assert!(matches!(error("https://frontapi.ottpay.com:443/processV2"), ConfigError::EndpointWithPath));
    assert!(matches!(error("http://127.0.0.1:9/processV3/"), ConfigError::EndpointWithPath));
    assert!(matches!(error("https://user:secret@frontapi.ottpay.com"), ConfigError::Endpoint));
    assert!(!format!("{:?}", sample().endpoint("https://user:secret@x.example")).contains("secret"));
    for loopback in ["http://localhost:1", "http://127.1.2.3:1/", "http://[::1]:1"] {
        sample().endpoint(loopback).build().unwrap();
    }
    assert!(matches!(Client::builder().sign_key(key("k")).build().unwrap_err(), ConfigError::NoMerchantId));
    assert!(matches!(
        Client::builder().merchant_id(" ").sign_key(key("k")).build().unwrap_err(),
        ConfigError::NoMerchantId
    ));
    assert!(matches!(Client::builder().merchant_id("M").build().unwrap_err(), ConfigError::NoSignKey));
    assert!(matches!(sample().user_agent("a\r\nb: c").build().unwrap_err(), ConfigError::UserAgent));
}

#[test]
fn a_client_is_shared_and_shows_no_key() {
    let client = sample().build().unwrap();
    let shown = format!("{client:?} {:?} {:?}", client.clone(), client.active_pay().order_id(OrderId::random()));
    assert!(shown.contains("ON00004652") && !shown.contains(SAMPLE_KEY), "{shown}");
    fn is_shareable<T: Clone + Send + Sync + 'static>(_: &T) {}
    is_shareable(&client);
    fn is_send<T: Send + 'static>(_: T) {}
    is_send(client.send(&payment(&client, &order("T1"))));
}

/// A request that claims to be another one, through the hidden part of the interface.
struct Pretender(ottpay::request::AnyRequest);

impl ottpay::__private::Declared for Pretender {}

impl ottpay::request::Request for Pretender {
    type Reply = ottpay::StatusQueryReply;
    type Sending = ottpay::Sending<ottpay::StatusQueryReply>;

    fn values(&self) -> &ottpay::request::Values {
        self.0.values()
    }
}

#[tokio::test]
async fn a_plain_reply_cannot_pass_for_a_sealed_one_even_with_the_hidden_api() {
    let script = Script::body(r#"{"order_id":"T1","order_status":"success","amount":"1"}"#);
    let client = script.client();
    let info = ottpay::InAppPayWechat::INFO;
    let is_given = |(name, _): &(&str, &str)| {
        info.request.iter().any(|field| field.name == *name && field.constant.is_none() && field.fill.is_none())
    };
    let fields = info.examples[0].request.iter().copied().filter(is_given);
    let plain = ottpay::request::AnyRequest::new(&client, info, fields).unwrap();
    let error = client.send(&Pretender(plain)).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Never);
    assert!(error.to_string().contains("the reply of another action"), "{error}");
    assert!(script.requests().is_empty());
}
