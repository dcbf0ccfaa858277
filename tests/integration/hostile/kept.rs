//! Connections that are kept: surplus data from a peer is never the answer to the next request, and a peer that closes
//! one at the moment of sending does not get a request twice.

use std::collections::BTreeMap;
use std::time::Duration;

use ottpay::envelope::Message;
use ottpay::{Client, ClientBuilder, GATEWAY, Outcome, Retry, StatusClass};

use super::cases::{FIELDS, chunk, head, http, send};
use super::ends::Ends;
use super::peer::{Peer, Step};
use crate::common::over::Over;
use crate::common::{SAMPLE_KEY, accepted, key, order, payment, sample};
use ottpay::Framing;

const LONG: Duration = Duration::from_secs(60);

/// How long the client waits before its second request, if it waits.
const BETWEEN: Duration = Duration::from_millis(100);

/// A sealed reply of this status and link.
fn reply(status: &str, link: &str) -> Vec<u8> {
    let fields = FIELDS.replace("init", status).replace("weixin://x", link);
    accepted(&fields).to_body(Framing::Json)
}

/// What a peer sends after its reply to the first request, and after which pause.
fn surplus() -> Vec<(&'static str, Duration, Vec<u8>)> {
    let paid = reply("success", "weixin://other");
    let chunks = [chunk(&paid), b"0\r\n\r\n".to_vec()].concat();
    vec![
        ("a second reply", Duration::ZERO, http("", &paid)),
        ("a second reply in chunks", Duration::ZERO, head("transfer-encoding: chunked\r\n", &chunks)),
        ("half of a head", Duration::ZERO, b"HTTP/1.1 200 OK\r\n".to_vec()),
        ("a line break", Duration::ZERO, b"\r\n".to_vec()),
        ("a second reply, later", BETWEEN / 4, http("", &paid)),
        ("a status that says good-bye", BETWEEN / 4, b"HTTP/1.1 408 Request Timeout\r\n\r\n".to_vec()),
    ]
}

fn steps(answers: &[Step]) -> Vec<Step> {
    [&[Step::Read], answers].concat()
}

fn settings(over: Over, peer: &Peer) -> ClientBuilder<Client> {
    over.choose(sample()).endpoint(&peer.url).timeout(Duration::from_secs(10))
}

#[tokio::test]
async fn bytes_after_a_reply_never_answer_the_next_request() {
    for over in Over::ALL {
        send_a_surplus(*over).await;
    }
}

async fn send_a_surplus(over: Over) {
    let good = http("", &reply("init", "weixin://x"));
    for (name, pause, surplus) in surplus() {
        let first = match pause.is_zero() {
            true => vec![send([&*good, &*surplus].concat()), Step::Wait],
            false => vec![send(&*good), Step::Sleep(pause), send(surplus), Step::Wait],
        };
        for waits in [false, true].into_iter().filter(|waits| *waits || pause.is_zero()) {
            let peer = Peer::start(vec![steps(&first), steps(&[send(&*good), Step::Wait])], None);
            let client = settings(over, &peer).reuse_for_writes(LONG).build().unwrap();
            for _ in 0..2 {
                let state = over.ask(client.status_query().order_id(order("T1")).send()).await.unwrap();
                assert_eq!(state.order_status().class(), StatusClass::Pending, "{name}");
                tokio::time::sleep(if waits { BETWEEN } else { Duration::ZERO }).await;
            }
            assert_eq!((peer.seen.connections(), peer.seen.requests()), (2, 2), "{name}");
            // Writes, if they share connections, too.
            let peer = Peer::start(vec![steps(&first), steps(&[send(&*good), Step::Wait])], None);
            let client = settings(over, &peer).reuse_for_writes(LONG).build().unwrap();
            for _ in 0..2 {
                let paid = over.write(client.send(&payment(&client, &order("T1")))).await.unwrap();
                assert_eq!(paid.code_url(), "weixin://x", "{name}");
                tokio::time::sleep(if waits { BETWEEN } else { Duration::ZERO }).await;
            }
            assert_eq!((peer.seen.connections(), peer.seen.requests()), (2, 2), "{name}");
        }
    }
}

/// A peer that closes its first connection in the middle of the second request, with or without a reset.
fn closes_under_the_second(ends: &[Step]) -> Peer {
    let good = http("", &reply("init", "weixin://x"));
    let first = [&[Step::Read, send(&*good), Step::ReadSome], ends].concat();
    Peer::start(vec![first, steps(&[send(&*good), Step::Wait])], None)
}

#[tokio::test]
async fn a_request_whose_connection_is_closed_is_not_sent_again_automatically() {
    for over in Over::ALL {
        close_under_the_second(*over).await;
    }
}

async fn close_under_the_second(over: Over) {
    for ends in [&[][..], &[Step::Reset]] {
        let peer = closes_under_the_second(ends);
        let client = settings(over, &peer).reuse_for_writes(LONG).build().unwrap();
        over.write(client.send(&payment(&client, &order("T1")))).await.unwrap();
        let error = over.write(client.send(&payment(&client, &order("T1")))).await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Unknown, "{error}");
        tokio::time::sleep(BETWEEN).await;
        assert_eq!((peer.seen.connections(), peer.seen.requests()), (1, 2), "a write");

        let peer = closes_under_the_second(ends);
        let client = settings(over, &peer).build().unwrap();
        over.ask(client.status_query().order_id(order("T1")).send()).await.unwrap();
        let asked = over.ask(client.status_query().order_id(order("T1")).send()).await;
        assert_eq!(Ends::of_read(&asked), Ends::Lost);
        tokio::time::sleep(BETWEEN).await;
        assert_eq!((peer.seen.connections(), peer.seen.requests()), (1, 2), "a read");

        // Retried as often as configured.
        let peer = closes_under_the_second(ends);
        let client = settings(over, &peer).build().unwrap();
        let retry = Retry::default().attempts(2).first_delay(Duration::from_millis(1));
        for _ in 0..2 {
            over.ask(client.status_query().order_id(order("T1")).send().retry(retry.clone())).await.unwrap();
        }
        assert_eq!((peer.seen.connections(), peer.seen.requests()), (2, 3), "a read that is repeated");
    }
}

/// How often each order was sent, from all that a peer has received, and how many requests did not arrive completely.
fn count_orders(received: &[Vec<u8>]) -> (BTreeMap<String, usize>, usize) {
    let (mut orders, mut parts) = (BTreeMap::new(), 0);
    for received in received {
        let received = String::from_utf8_lossy(received);
        for request in received.split("POST /").skip(1) {
            let body = request.split_once("\r\n\r\n").map(|(_, body)| body).filter(|body| body.ends_with('}'));
            let Some(body) = body else {
                parts += 1;
                continue;
            };
            let opened = Message::read(body.as_bytes()).unwrap().open(&key(SAMPLE_KEY), GATEWAY.cipher);
            let opened = opened.unwrap().expect("a request is sealed");
            *orders.entry(opened.text("order_id").unwrap().to_owned()).or_default() += 1;
        }
    }
    (orders, parts)
}

#[tokio::test]
async fn a_connection_that_is_closed_at_the_moment_of_sending_costs_no_second_request() {
    for over in Over::ALL {
        close_at_the_moment(*over).await;
    }
}

async fn close_at_the_moment(over: Over) {
    let good = http("", &reply("init", "weixin://x"));
    // It closes its connection after this time, or when it has received a request, which it ignores.
    let peer = Peer::start(vec![steps(&[send(&*good), Step::Ignore(BETWEEN)])], None);
    let client = settings(over, &peer).reuse_for_writes(LONG).build().unwrap();
    let mut ends = BTreeMap::new();
    for round in 0..40 {
        // Immediately, which is early enough on any machine; or else around the moment at which it closes.
        let around = BETWEEN - BETWEEN / 20 + Duration::from_micros(250) * round;
        let pause = if round % 4 == 1 { Duration::ZERO } else { around };
        tokio::time::sleep(pause).await;
        let id = format!("W{round}");
        let sent = over.write(client.send(&payment(&client, &order(&id)))).await;
        if let Err(error) = &sent {
            assert_eq!(error.outcome(), Outcome::Unknown, "{error}");
        }
        ends.insert(id, Ends::of_write(&sent));
        let id = format!("Q{round}");
        ends.insert(id.clone(), Ends::of_read(&over.ask(client.status_query().order_id(order(&id)).send()).await));
    }
    let (orders, parts) = count_orders(&peer.seen.received());
    let twice: Vec<_> = orders.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "sent more than once: {twice:?}");
    // The reply, which names another order, or none.
    let is_expected = |end: &Ends| [Ends::Accepted, Ends::Other, Ends::Lost].contains(end);
    assert!(ends.values().all(is_expected), "{ends:?}");
    let answered = ends.iter().filter(|(_, end)| **end != Ends::Lost);
    assert!(answered.clone().all(|(id, _)| orders.contains_key(id)), "answered, and never sent");
    // A partial request belongs to a lost call, of which nothing else has arrived.
    let unseen = ends.iter().filter(|(id, end)| **end == Ends::Lost && !orders.contains_key(*id)).count();
    assert!(parts <= unseen, "{parts} parts of requests, and {unseen} calls of which no request has arrived");
    let met: Vec<_> = ends.iter().filter(|(id, end)| **end == Ends::Lost && orders.contains_key(*id)).collect();
    let writes = met.iter().filter(|(id, _)| id.starts_with('W')).count();
    println!(
        "{over:?}: {} calls, {} requests and {parts} parts, {} of them lost with their connection, {writes} writes",
        ends.len(),
        orders.len(),
        met.len()
    );
    // Both sides of the moment.
    assert!(writes > 5 && answered.count() > 40, "{ends:?}");
}
