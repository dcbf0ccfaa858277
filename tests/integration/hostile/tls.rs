//! TLS: the client talks only to a gateway with a trusted certificate, and no setting changes that. These are peers
//! without one, and peers that break off TLS.

use ottpay::{Error, Outcome};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::cases::{Case, check, chunk, genuine, head, http, repeat, send, trickle};
use super::certificates::{
    EXPIRED, FOR_CLIENTS, NOT_YET_VALID, OTHER_AUTHORITY, OTHER_NAME, SELF_SIGNED, SIGNED, acceptor, authority,
};
use super::ends::Ends;
use super::peer::Step;
use crate::common::over::Over;
use crate::common::{alone, order, payment, sample};

#[test]
fn no_peer_without_a_valid_certificate_gets_a_request_and_no_broken_tls_is_a_reply() {
    check(
        concat!(module_path!(), "::no_peer_without_a_valid_certificate_gets_a_request_and_no_broken_tls_is_a_reply"),
        cases,
    );
}

fn cases() -> Vec<Case> {
    let body = genuine();
    let reply = http("", &body);
    let half = &reply[..reply.len() - body.len() / 2];
    let hello = |more: &[Step]| [&[Step::ReadSome], more].concat();
    let answered = |steps: &[Step]| [&[Step::Read], steps].concat();
    // A record of TLS 1.2 with 16 KiB of a handshake message that has 16 MiB.
    let record = [&b"\x16\x03\x03\x40\x00\x0b\xff\xff\xff"[..], &[0; 16 * 1024 - 4]].concat();
    let certificates = [
        ("a certificate that has expired", EXPIRED),
        ("a certificate that is not valid yet", NOT_YET_VALID),
        ("a certificate of another host", OTHER_NAME),
        ("a certificate for clients", FOR_CLIENTS),
        ("a certificate of an unknown authority", OTHER_AUTHORITY),
        ("a certificate that no authority has signed", SELF_SIGNED),
    ];
    let certificates = certificates.map(|(name, pem)| Case::answer(name, &*reply, Ends::NotSent).tls(pem));
    // There is no connection, so the write was certainly not sent. For a read this does not matter.
    let late = |name: &str, steps| Case::new(name, steps, Ends::NotSent).read(Ends::TimedOut).blocking(Ends::NotSent);
    let without = [
        Case::new("plain HTTP where TLS is expected", hello(&[send(&*reply)]), Ends::NotSent),
        Case::new(
            "another protocol where TLS is expected",
            vec![send("220 mail.example ESMTP\r\n"), Step::Wait],
            Ends::NotSent,
        ),
        Case::new("closed instead of TLS", Vec::new(), Ends::NotSent),
        Case::new("closed in the handshake", hello(&[]), Ends::NotSent),
        Case::new("reset in the handshake", hello(&[Step::Reset]), Ends::NotSent),
        Case::new(
            "an alert in the handshake",
            hello(&[send(*b"\x15\x03\x03\x00\x02\x02\x28"), Step::Wait]),
            Ends::NotSent,
        ),
        Case::new("an endless message in the handshake", hello(&[repeat(record)]), Ends::NotSent),
        late("silence in the handshake", vec![Step::Wait]),
        late("a handshake byte by byte", hello(&[send(b"\x16\x03\x03\x40\x00\x02".as_slice()), trickle([0; 1000])])),
    ];
    let broken = [
        Case::new("a whole reply, and TLS is not ended", answered(&[send(&*reply)]), Ends::Accepted),
        Case::new("a reply that ends with TLS", answered(&[send(head("", &body)), Step::CloseTls]), Ends::Accepted),
        Case::new(
            "a reply that ends with the connection, and TLS is not ended",
            answered(&[send(head("", &body))]),
            Ends::Lost,
        ),
        Case::new(
            "no last chunk, and TLS is not ended",
            answered(&[send(head("transfer-encoding: chunked\r\n", &chunk(&body)))]),
            Ends::Lost,
        ),
        Case::new("TLS is ended after the request", answered(&[Step::CloseTls]), Ends::Lost),
        Case::new("TLS is ended in the body", answered(&[send(half), Step::CloseTls]), Ends::Lost),
        Case::new("closed in the body, and TLS is not ended", answered(&[send(half)]), Ends::Lost),
        Case::new("reset in the body of TLS", answered(&[send(half), Step::Reset]), Ends::Lost),
    ];
    let all = certificates.into_iter().chain(without.map(Case::without_tls));
    all.chain(broken.map(|case| case.tls(SIGNED))).collect()
}

#[tokio::test]
async fn a_certificate_that_no_authority_has_signed_ends_the_call_before_anything_is_sent() {
    for over in Over::ALL {
        meet_an_unknown_authority(*over).await;
    }
}

async fn meet_an_unknown_authority(over: Over) {
    let acceptor = acceptor(SELF_SIGNED);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("https://{}", listener.local_addr().unwrap());
    let handshake = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        acceptor.accept(stream).await.map(drop)
    });

    let client = over.choose(sample()).endpoint(endpoint).build().unwrap();
    let error = over.write(client.send(&payment(&client, &order("T1")))).await.unwrap_err();
    assert!(matches!(error, Error::NotSent { .. }), "{error:?}");
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert!(error.to_string().to_lowercase().contains("certificate"), "{error}");
    // The gateway in between got this error, and no request.
    handshake.await.unwrap().unwrap_err();
}

#[tokio::test]
async fn a_certificate_of_a_known_authority_is_accepted() {
    const TEST: &str = concat!(module_path!(), "::a_certificate_of_a_known_authority_is_accepted");
    if !alone::is_alone(TEST) {
        let (variable, file) = authority();
        return alone::run_alone(TEST, &[(variable, file.to_str().unwrap())]);
    }
    for over in Over::ALL {
        meet_a_known_authority(*over).await;
    }
}

async fn meet_a_known_authority(over: Over) {
    let acceptor = acceptor(SIGNED);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("https://{}", listener.local_addr().unwrap());
    let gateway = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = acceptor.accept(stream).await.unwrap();
        let protocol = stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
        let mut first = [0; 5];
        stream.read_exact(&mut first).await.unwrap();
        stream.write_all(b"HTTP/1.1 503 Down\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        stream.shutdown().await.unwrap();
        (first, protocol)
    });

    let client = over.choose(sample()).endpoint(endpoint).build().unwrap();
    let error = over.write(client.send(&payment(&client, &order("T1")))).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown, "{error:?}");
    // The request arrived, and the client offers only HTTP/1.1.
    assert_eq!(gateway.await.unwrap(), (*b"POST ", Some(b"http/1.1".to_vec())));
}
