//! Connections that are kept: what a peer sends too much is never the answer to the next request, and a peer that closes
//! one at the moment of sending gets no request twice.

use std::time::Duration;

use ottpay::{Client, ClientBuilder, Outcome, Retry, StatusClass};

use super::cases::{FIELDS, chunk, head, http, send};
use super::ends::Ends;
use super::peer::{Peer, Step};
use crate::common::{accepted, order, payment, sample};
use ottpay::Framing;

const LONG: Duration = Duration::from_secs(60);

/// How long the client waits before its second request, where it does.
const BETWEEN: Duration = Duration::from_millis(100);

/// A sealed reply of this status and link.
fn reply(status: &str, link: &str) -> Vec<u8> {
    let fields = FIELDS.replace("init", status).replace("weixin://x", link);
    accepted(&fields).to_body(Framing::Json)
}

/// What a peer puts after its reply to the first request, and after which pause.
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

fn settings(peer: &Peer) -> ClientBuilder<Client> {
    sample().endpoint(&peer.url).timeout(Duration::from_secs(10))
}

#[tokio::test]
async fn what_comes_after_a_reply_is_never_the_answer_to_the_next_request() {
    let good = http("", &reply("init", "weixin://x"));
    for (name, pause, surplus) in surplus() {
        let first = match pause.is_zero() {
            true => vec![send([&*good, &*surplus].concat()), Step::Wait],
            false => vec![send(&*good), Step::Sleep(pause), send(surplus), Step::Wait],
        };
        for waits in [false, true].into_iter().filter(|waits| *waits || pause.is_zero()) {
            let peer = Peer::start(vec![steps(&first), steps(&[send(&*good), Step::Wait])], None);
            let client = settings(&peer).reuse_for_writes(LONG).build().unwrap();
            for _ in 0..2 {
                let state = client.status_query().order_id(order("T1")).send().await.unwrap();
                assert_eq!(state.order_status().class(), StatusClass::Pending, "{name}");
                tokio::time::sleep(if waits { BETWEEN } else { Duration::ZERO }).await;
            }
            assert_eq!((peer.seen.connections(), peer.seen.requests()), (2, 2), "{name}");
            // Writes, where they share connections as well.
            let peer = Peer::start(vec![steps(&first), steps(&[send(&*good), Step::Wait])], None);
            let client = settings(&peer).reuse_for_writes(LONG).build().unwrap();
            for _ in 0..2 {
                let paid = client.send(&payment(&client, &order("T1"))).await.unwrap();
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
async fn a_request_under_which_its_connection_is_closed_is_not_sent_again_by_itself() {
    for ends in [&[][..], &[Step::Reset]] {
        let peer = closes_under_the_second(ends);
        let client = settings(&peer).reuse_for_writes(LONG).build().unwrap();
        client.send(&payment(&client, &order("T1"))).await.unwrap();
        let error = client.send(&payment(&client, &order("T1"))).await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Unknown, "{error}");
        tokio::time::sleep(BETWEEN).await;
        assert_eq!((peer.seen.connections(), peer.seen.requests()), (1, 2), "a write");

        let peer = closes_under_the_second(ends);
        let client = settings(&peer).build().unwrap();
        client.status_query().order_id(order("T1")).send().await.unwrap();
        let asked = client.status_query().order_id(order("T1")).send().await;
        assert_eq!(Ends::of_read(&asked), Ends::Lost);
        tokio::time::sleep(BETWEEN).await;
        assert_eq!((peer.seen.connections(), peer.seen.requests()), (1, 2), "a read");

        // As often as it was configured.
        let peer = closes_under_the_second(ends);
        let client = settings(&peer).build().unwrap();
        let retry = Retry::default().attempts(2).first_delay(Duration::from_millis(1));
        for _ in 0..2 {
            client.status_query().order_id(order("T1")).send().retry(retry.clone()).await.unwrap();
        }
        assert_eq!((peer.seen.connections(), peer.seen.requests()), (2, 3), "a read that is repeated");
    }
}

#[tokio::test]
async fn a_connection_that_is_closed_at_the_moment_of_sending_costs_no_second_request() {
    let good = http("", &reply("init", "weixin://x"));
    let idle = Duration::from_millis(5);
    let peer = Peer::start(vec![steps(&[send(&*good), Step::Sleep(idle)])], None);
    let client = settings(&peer).reuse_for_writes(LONG).build().unwrap();
    let (mut calls, mut lost) = (0, 0);
    for round in 0..60 {
        // Around the moment, a fifth of a millisecond apart.
        tokio::time::sleep(idle / 2 + Duration::from_micros(round % 20 * 200)).await;
        calls += 2;
        if let Err(error) = client.send(&payment(&client, &order("T1"))).await {
            assert_eq!(error.outcome(), Outcome::Unknown, "{error}");
            lost += 1;
        }
        let asked = client.status_query().order_id(order("T1")).send().await;
        assert!(matches!(Ends::of_read(&asked), Ends::Accepted | Ends::Lost), "{asked:?}");
        assert!(peer.seen.requests() <= calls, "{} requests of {calls} calls", peer.seen.requests());
    }
    println!("{calls} calls, {} requests, {lost} writes with an unknown outcome", peer.seen.requests());
}
