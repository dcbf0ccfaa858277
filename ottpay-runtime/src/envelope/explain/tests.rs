//! Tests that an explanation agrees with opening, names each known mistake, and keeps secrets.

mod agreement;
mod bounds;
mod of_alteration;
mod of_body;
mod of_digest;
mod of_key;
mod of_language;
mod of_storing;

use super::{Explanation, explain};
use crate::envelope::cipher::MessageKey;
use crate::envelope::message::Message;
use crate::{Cipher, Framing, SignKey};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest, Md5};

const ECB: Cipher = Cipher::Aes128Ecb;
const SIGN_KEY: &str = "aB16charactersXy";
const JSON: &str = r#"{"order_id":"T1","amount":"100","biz_type":"WECHATPAY","remark":"a/b & café ","Tip":"5"}"#;
/// The values of `JSON`, sorted by name.
const VALUES: &str = "5100WECHATPAYT1a/b & café ";

fn key() -> SignKey {
    SignKey::new(SIGN_KEY).unwrap()
}

fn md5(bytes: impl AsRef<[u8]>) -> String {
    base16ct::upper::encode_string(&Md5::digest(bytes))
}

fn body(data: &str, md5: &str) -> Vec<u8> {
    Message::new([("merchant_id", "ON1"), ("data", data), ("md5", md5)]).to_body(Framing::Json)
}

/// Explains a text sealed with any digest and the right key.
fn sealed(text: &[u8], md5: &str) -> Explanation {
    let data = MessageKey::derive(md5, &key()).encrypt(ECB, text);
    explain(&body(&BASE64_STANDARD.encode(data), md5), &key(), ECB)
}

/// Asserts that the explanation fails at this step and names this cause.
#[track_caller]
fn assert_cause(explanation: &Explanation, title: &str, cause: &str) {
    let step = explanation.steps.last().unwrap();
    let found = step.failure.as_ref().and_then(|failure| failure.cause.as_deref()).unwrap_or("no cause");
    assert_eq!(step.title, title, "{found}");
    assert!(found.contains(cause), "expected: {cause}\nfound: {found}");
    assert!(!explanation.is_verified());
}
