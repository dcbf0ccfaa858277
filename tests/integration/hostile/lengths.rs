//! Peers that lie about the length of their reply, or about where it ends.

use super::cases::{Case, check, chunk, genuine, head, http, repeat, send};
use super::ends::Ends;
use super::peer::Step;
use ottpay::envelope::MessageError;

#[test]
fn whatever_length_a_peer_states_half_a_reply_is_never_believed() {
    check(concat!(module_path!(), "::whatever_length_a_peer_states_half_a_reply_is_never_believed"), cases);
}

/// A body in chunks, with these lines in the head.
fn chunked(lines: &str, rest: &[u8]) -> Vec<u8> {
    head(&format!("{lines}transfer-encoding: chunked\r\n"), rest)
}

fn cases() -> Vec<Case> {
    let body = genuine();
    let length = body.len();
    let whole = [chunk(&body), b"0\r\n\r\n".to_vec()].concat();
    let with_length = |length: &str| head(&format!("content-length: {length}\r\n"), &body);
    let then = |answer: Vec<u8>, step: Step| vec![Step::Read, send(answer), step];
    let after = |first: &[u8], rest: &[u8]| chunked("", &[first, rest].concat());
    let half = &body[..length / 2];
    vec![
        Case::answer("too long a content-length", with_length("5000"), Ends::Lost),
        Case::new(
            "too long a content-length, and a connection that is kept",
            then(with_length("5000"), Step::Wait),
            Ends::TimedOut,
        ),
        Case::answer("too short a content-length", with_length("100"), Ends::Unreadable(MessageError::NotJson)),
        Case::answer("a content-length of zero", with_length("0"), Ends::Unreadable(MessageError::Empty)),
        Case::answer("a negative content-length", with_length("-1"), Ends::Lost),
        Case::answer("a content-length with a sign", with_length(&format!("+{length}")), Ends::Lost),
        Case::answer("a content-length that is not a number", with_length("0x1000"), Ends::Lost),
        Case::answer("a content-length over 64 bits", with_length("99999999999999999999"), Ends::Lost),
        Case::answer("two different content-lengths", http("content-length: 10\r\n", &body), Ends::Lost),
        Case::answer("two different content-lengths in one line", with_length(&format!("10, {length}")), Ends::Lost),
        Case::answer("a content-length of 64 bits", with_length("9223372036854775807"), Ends::Lost),
        Case::answer(
            "a content-length beside chunks",
            head(&format!("content-length: {length}\r\ntransfer-encoding: chunked\r\n"), &whole),
            Ends::Accepted,
        ),
        // Chunks.
        Case::answer("a reply in chunks", chunked("", &whole), Ends::Accepted),
        Case::answer(
            "a reply in chunks with a trailer",
            after(&chunk(&body), b"0\r\nx-sum: 1\r\n\r\n"),
            Ends::Accepted,
        ),
        Case::answer("half a reply in chunks", chunked("", &chunk(half)), Ends::Lost),
        Case::answer("half a chunk", chunked("", &whole[..length / 2]), Ends::Lost),
        Case::answer("no last chunk", chunked("", &chunk(&body)), Ends::Lost),
        Case::answer(
            "chunks that end early",
            after(&chunk(half), b"0\r\n\r\n"),
            Ends::Unreadable(MessageError::NotJson),
        ),
        Case::answer("a chunk without a size", after(b"\r\n", &body), Ends::Lost),
        Case::answer("a chunk of a negative size", after(b"-5\r\n", &body), Ends::Lost),
        Case::answer("a chunk of a size over 64 bits", after(b"fffffffffffffffff\r\n", &body), Ends::Lost),
        Case::answer("a chunk that is longer than its size", after(b"10\r\n", &body), Ends::Lost),
        Case::new(
            "a chunk of 64 bits",
            then(after(b"fffffffffffffff0\r\n", b""), repeat(vec![b' '; 4096])),
            Ends::TooLarge,
        ),
        Case::new("an endless size of a chunk", then(after(b"1", b""), repeat("0")), Ends::Lost),
        Case::new("endless extensions of a chunk", then(after(b"1;", b""), repeat("x=1;")), Ends::Lost),
        Case::new(
            "endless chunks with long extensions",
            then(after(b"", b""), repeat(format!("1;{}\r\n \r\n", "x".repeat(1000)))),
            Ends::Lost,
        ),
        Case::new(
            "endless chunks of one byte",
            then(after(b"", b""), repeat("1\r\n \r\n".repeat(100))),
            Ends::TooLarge,
        )
        .max_reply(10_000),
        // Trailers.
        Case::new("endless trailers", then(after(&chunk(&body), b"0\r\n"), repeat("x-flood: 1\r\n")), Ends::Lost)
            .blocking(Ends::TimedOut),
        Case::new("an endless trailer", then(after(&chunk(&body), b"0\r\nx-flood: "), repeat("1")), Ends::Lost),
        Case::new(
            "a trailer that never ends",
            then(after(&chunk(&body), b"0\r\nx-flood: 1\r\n"), Step::Wait),
            Ends::TimedOut,
        ),
        // Other encodings of the transfer.
        Case::answer(
            "chunks in gzip",
            head("transfer-encoding: chunked, gzip\r\n", &whole),
            Ends::Unreadable(MessageError::NotJson),
        )
        // It is genuine, whichever way it came.
        .blocking(Ends::Accepted),
        Case::answer("another transfer-encoding", head("transfer-encoding: identity\r\n", &body), Ends::Accepted),
        // A second reply after the first.
        Case::answer("two replies at once", [http("", &body), http("", &body)].concat(), Ends::Accepted),
        Case::answer("two replies in chunks at once", [chunked("", &whole), http("", &body)].concat(), Ends::Accepted),
        Case::new("a reply, and noise without end", then(http("", &body), repeat("noise ")), Ends::Accepted),
    ]
}
