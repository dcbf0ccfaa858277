//! Peers that are slow, silent or endless, and connections that end at the wrong moment.

use std::time::Duration;

use super::cases::{Case, check, genuine, head, http, repeat, send, trickle};
use super::ends::Ends;
use super::peer::Step;

#[test]
fn no_slow_silent_or_endless_peer_holds_a_call_longer_than_its_limit() {
    check(concat!(module_path!(), "::no_slow_silent_or_endless_peer_holds_a_call_longer_than_its_limit"), cases);
}

fn cases() -> Vec<Case> {
    let body = genuine();
    let reply = http("", &body);
    let (start, half) = (&reply[..reply.len() - body.len()], &reply[..reply.len() - body.len() / 2]);
    let long = |lines: &str| head(lines, b"");
    let failed = |rest: &str| format!("HTTP/1.1 503 Down\r\n{rest}\r\n");
    let answered = |steps: &[Step]| [&[Step::Read], steps].concat();
    // Long enough for the request to be sent; if the peer acted earlier, it would not be sent.
    let late = Step::Sleep(Duration::from_millis(100));
    vec![
        // Slow, byte by byte.
        Case::new("a head byte by byte", answered(&[trickle(&*reply), Step::Wait]), Ends::TimedOut),
        Case::new("a body byte by byte", answered(&[send(start), trickle(&*body), Step::Wait]), Ends::TimedOut),
        Case::new(
            "an endless body in chunks of one byte, byte by byte",
            answered(&[send(long("transfer-encoding: chunked\r\n")), trickle("1\r\n \r\n".repeat(1000))]),
            Ends::TimedOut,
        ),
        Case::new(
            "100 Continue byte by byte",
            answered(&[trickle("HTTP/1.1 100 Continue\r\n\r\n".repeat(100))]),
            Ends::TimedOut,
        ),
        Case::new(
            "an error page byte by byte",
            answered(&[send(failed("")), trickle(vec![b'x'; 1000])]),
            Ends::Status(503),
        ),
        // Silent.
        Case::new("silence after the request", answered(&[Step::Wait]), Ends::TimedOut),
        Case::new("silence after the head", answered(&[send(start), Step::Wait]), Ends::TimedOut),
        Case::new("silence in the body", answered(&[send(half), Step::Wait]), Ends::TimedOut),
        Case::new(
            "an error without its page",
            answered(&[send(failed("content-length: 100\r\n")), Step::Wait]),
            Ends::Status(503),
        ),
        Case::new("a peer that never reads", vec![Step::Sleep(Duration::from_secs(1))], Ends::TimedOut),
        // Endless.
        Case::new("an endless body", answered(&[send(long("")), repeat(vec![b' '; 4096])]), Ends::TooLarge),
        Case::new(
            "an endless body with a content-length",
            answered(&[send(long("content-length: 1000000000000\r\n")), repeat(vec![b'{'; 4096])]),
            Ends::TooLarge,
        ),
        Case::new("an endless error page", answered(&[send(failed("")), repeat(vec![b'<'; 4096])]), Ends::Status(503)),
        Case::new("a body over the limit", answered(&[send(http("", &[b' '; 2000]))]), Ends::TooLarge).max_reply(1999),
        // Ends at the wrong moment.
        Case::new("closed without the request being read", vec![late.clone()], Ends::Lost),
        Case::new("closed in the request", vec![Step::ReadSome], Ends::Lost),
        Case::new("closed after the request", answered(&[]), Ends::Lost),
        Case::new("closed in the head", answered(&[send(&start[..20])]), Ends::Lost),
        Case::new("closed after the head", answered(&[send(start)]), Ends::Lost),
        Case::new("closed in the body", answered(&[send(half)]), Ends::Lost),
        Case::new("reset without the request being read", vec![late, Step::Reset], Ends::Lost),
        Case::new("reset in the request", vec![Step::ReadSome, Step::Reset], Ends::Lost),
        Case::new("reset after the request", answered(&[Step::Reset]), Ends::Lost),
        Case::new("reset in the head", answered(&[send(&start[..20]), Step::Reset]), Ends::Lost),
        Case::new("reset in the body", answered(&[send(half), Step::Reset]), Ends::Lost),
    ]
}
