//! Peers that answer with anything but one head of HTTP/1.1 of a usual length.

use super::cases::{Case, check, genuine, head, http, repeat, send};
use super::certificates::SIGNED;
use super::ends::Ends;
use super::peer::Step;
use ottpay::envelope::MessageError;

const LINE: &str = "HTTP/1.1 200 OK\r\n";

#[test]
fn whatever_head_a_peer_sends_the_call_ends_in_time() {
    check(concat!(module_path!(), "::whatever_head_a_peer_sends_the_call_ends_in_time"), cases);
}

fn cases() -> Vec<Case> {
    let body = genuine();
    let begun = |text: &str, again: &str| vec![Step::Read, send(text), repeat(again)];
    let mut cases = vec![
        // Floods.
        Case::new("100,000 header lines", begun(LINE, "x-flood: 1\r\n"), Ends::Lost),
        Case::new("one endless header line", begun(&format!("{LINE}x-flood: "), "1"), Ends::Lost),
        Case::new("an endless header name", begun(LINE, "x"), Ends::Lost),
        Case::new("an endless status line", begun("HTTP/1.1 200 ", "O"), Ends::Lost),
        Case::new("endless line breaks before the status line", begun("", "\r\n"), Ends::Lost),
        // Over TLS the client reads little at a time. Without it there is more at once than a debug build parses in time.
        Case::new("endless 100 Continue", begun("", "HTTP/1.1 100 Continue\r\n\r\n"), Ends::TimedOut).tls(SIGNED),
        Case::new(
            "endless 103 Early Hints with header lines",
            begun("", &format!("HTTP/1.1 103 Early Hints\r\n{}\r\n", "link: </x>; rel=preload\r\n".repeat(50))),
            Ends::TimedOut,
        )
        .tls(SIGNED),
        Case::answer(
            "100 Continue ten times, then the reply",
            ["HTTP/1.1 100 Continue\r\n\r\n".repeat(10).as_bytes(), &http("", &body)].concat(),
            Ends::Accepted,
        ),
        Case::answer("90 header lines", http(&"x-flood: 1\r\n".repeat(90), &body), Ends::Accepted),
        // Replies that are not HTTP/1.1.
        Case::answer("the reply without a head, as in HTTP/0.9", body.clone(), Ends::Lost),
        Case::answer("HTTP/1.0", http("", &body).iter().enumerate().map(old).collect::<Vec<_>>(), Ends::Accepted),
        Case::answer("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Ends::Lost),
        Case::answer("a frame of HTTP/2", b"\0\0\0\x04\0\0\0\0\0".as_slice(), Ends::Lost),
        Case::answer("HTTP/3.0", "HTTP/3.0 200 OK\r\ncontent-length: 0\r\n\r\n", Ends::Lost),
        Case::answer("a request instead of a reply", "POST / HTTP/1.1\r\nhost: x\r\n\r\n", Ends::Lost),
        Case::answer("another protocol", "220 mail.example ESMTP\r\n", Ends::Lost),
        Case::answer("noise", (0..=255).collect::<Vec<u8>>(), Ends::Lost),
        Case::answer("zeros", vec![0; 5000], Ends::Lost),
        // Heads that are wrong.
        Case::answer("a status of two digits", "HTTP/1.1 20 OK\r\ncontent-length: 0\r\n\r\n", Ends::Lost),
        Case::answer("a status of four digits", "HTTP/1.1 2000 OK\r\ncontent-length: 0\r\n\r\n", Ends::Lost),
        Case::answer("a header line without a colon", http("x-flood\r\n", &body), Ends::Lost),
        Case::answer("NUL in a header line", http("x-flood: a\0b\r\n", &body), Ends::Lost),
        Case::answer("a space before a colon", http("x-flood : 1\r\n", &body), Ends::Lost),
        // Statuses.
        Case::answer(
            "status 101, which changes the protocol",
            "HTTP/1.1 101 Other\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
            Ends::Status(101),
        ),
        Case::answer(
            "status 204, and a body",
            [b"HTTP/1.1 204 None\r\n\r\n", &*body].concat(),
            Ends::Unreadable(MessageError::Empty),
        ),
        Case::answer("status 304", "HTTP/1.1 304 Not Modified\r\n\r\n", Ends::Status(304)),
        Case::answer(
            "status 999, and the reply",
            [b"HTTP/1.1 999 Odd\r\ncontent-length: 3\r\n\r\n", &b"{}\n"[..]].concat(),
            Ends::Status(999),
        ),
        Case::answer(
            "status 502, and a refusal that is sealed",
            [b"HTTP/1.1 502 Down\r\nconnection: close\r\n\r\n", &*body].concat(),
            Ends::Status(502),
        ),
        Case::answer(
            "a redirect without an address",
            "HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n",
            Ends::Status(302),
        ),
        Case::answer(
            "a redirect to itself",
            "HTTP/1.1 308 Again\r\nlocation: /\r\ncontent-length: 0\r\n\r\n",
            Ends::Status(308),
        ),
        Case::answer(
            "a redirect to a file",
            "HTTP/1.1 303 There\r\nlocation: file:///etc/passwd\r\ncontent-length: 0\r\n\r\n",
            Ends::Status(303),
        ),
        Case::answer("no line break after the head", LINE, Ends::Lost),
        Case::answer("nothing", "", Ends::Lost),
    ];
    // A refusal is one only with status 200.
    for (name, code, ends) in [
        ("a refusal", "PARAM_ERROR", Ends::Refused),
        ("a duplicate id", "ORDER_USED", Ends::Used),
        ("a code that is on no page", "NEW", Ends::Other),
    ] {
        let body = format!(r#"{{"rsp_code":"{code}","rsp_msg":"no"}}"#);
        cases.push(Case::answer(name, http("", body.as_bytes()), ends).read(Ends::Refused));
    }
    cases.push(Case::answer("a good reply that ends with the connection", head("", &body), Ends::Accepted));
    cases
}

/// The version of HTTP in a head is 1.0.
fn old((place, byte): (usize, &u8)) -> u8 {
    if place == 7 { b'0' } else { *byte }
}
