//! Anything that is posted as a callback leads to a typed error, never to a panic.

use crate::common::{self, SAMPLE_MERCHANT, accepted};
use ottpay::envelope::{MessageError, OpenError};
use ottpay::incoming::MessageProblem;
use ottpay::{CallbackError, Framing};

#[test]
fn bad_callbacks_are_named() {
    let client = common::sample().max_reply(2000).build().unwrap();
    let error = |body: &[u8]| client.callback(body).unwrap_err();
    assert!(matches!(error(b""), CallbackError::Message(MessageProblem::Unreadable(MessageError::Empty))));
    assert!(matches!(error(b"[]"), CallbackError::Message(MessageProblem::Unreadable(MessageError::NotObject))));
    assert!(matches!(error(br#"{"rsp_code":"SUCCESS","order_id":"T1","amount":"1"}"#), CallbackError::NoData));
    assert!(matches!(error(&[b' '; 2001]), CallbackError::TooLarge { limit: 2000, length: 2001 }));
    assert!(matches!(
        error(br#"{"data":"AAAA","md5":"x"}"#),
        CallbackError::Message(MessageProblem::Unverified(OpenError::Md5Form))
    ));
}

#[test]
fn arbitrary_bytes_never_panic() {
    // Every prefix and every single-byte change of a good callback, as a cheap stand-in for a fuzzer.
    let client = common::sample().build().unwrap();
    let good = accepted(
        r#"{"finish_time":"20250101000000","order_id":"T1","amount":1,"bizpay_order_id":"W","merchant_id":"ON00004652"}"#,
    );
    let good = good.to_body(Framing::Json);
    assert_eq!(client.callback(&good).unwrap().merchant_id(), Some(SAMPLE_MERCHANT));
    for length in 0..good.len() {
        assert!(client.callback(&good[..length]).is_err());
    }
    for index in 0..good.len() {
        for byte in [0, b'"', b'{', b'}', b'\\', 0xff] {
            let mut bad = good.clone();
            bad[index] = byte;
            let _ = client.callback(&bad);
        }
    }
}
