//! The keys that senders use by mistake.

use aes::Aes256;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, KeyInit, KeyIvInit};
use md5::{Digest, Md5};
use ottpay_vocabulary::{Cipher, Iv};
use zeroize::Zeroizing;

use crate::SignKey;
use crate::envelope::cipher::MessageKey;

/// The sign keys printed in the vendor's pages.
const SAMPLES: [&[u8]; 2] = [b"6698851A525C9433", b"A8B5FE540E38A5A9"];

/// A key, and what is wrong with it; nothing if it is the right one.
pub(super) struct Recipe {
    pub(super) key: Key,
    pub(super) fault: Option<String>,
}

pub(super) enum Key {
    Short(MessageKey),
    Long(Zeroizing<[u8; 32]>),
}

impl Key {
    /// Cut or filled with zeros as common libraries do.
    fn from_bytes(bytes: &[u8]) -> Self {
        if let Ok(bytes) = <[u8; 32]>::try_from(bytes) {
            return Self::Long(Zeroizing::new(bytes));
        }
        let mut key = [0; 16];
        key.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        Self::Short(MessageKey::from_bytes(key))
    }

    pub(super) fn decrypt(&self, cipher: Cipher, ciphertext: &[u8]) -> Option<Vec<u8>> {
        let key = match self {
            Self::Short(key) => return key.decrypt(cipher, ciphertext),
            Self::Long(key) => &**key,
        };
        let iv = match cipher {
            Cipher::Aes128Ecb => {
                return ecb::Decryptor::<Aes256>::new(key.into()).decrypt_padded_vec::<Pkcs7>(ciphertext).ok();
            }
            Cipher::Aes128Cbc { iv: Iv::Zero } => [0; 16],
            Cipher::Aes128Cbc { iv: Iv::Key } => *key.first_chunk::<16>()?,
        };
        cbc::Decryptor::<Aes256>::new(key.into(), (&iv).into()).decrypt_padded_vec::<Pkcs7>(ciphertext).ok()
    }
}

/// Every key a sender might have used, the likeliest first.
pub(super) fn list_keys(md5: &str, key: &SignKey) -> Vec<Recipe> {
    let upper = md5.to_ascii_uppercase();
    let sign_key = key.as_bytes();
    let mut keys = Vec::new();
    let mut seen: Vec<Zeroizing<Vec<u8>>> = Vec::new();
    for (index, (fault, input)) in list_inputs(&upper, sign_key).into_iter().enumerate() {
        if seen.contains(&input) {
            continue;
        }
        for (cut, key) in cut_keys(&input) {
            let faults: Vec<_> = [(index > 0).then_some(fault), cut].into_iter().flatten().collect();
            keys.push(Recipe { key, fault: (!faults.is_empty()).then(|| faults.join("; and ")) });
        }
        seen.push(input);
    }
    let direct = |fault: &str, bytes: &[u8]| Recipe { key: Key::from_bytes(bytes), fault: Some(fault.to_owned()) };
    keys.push(direct("the key is the sign key itself; derive it: MD5(md5 + sign key), characters 8 to 23", sign_key));
    if let Some(middle) = upper.get(8..24) {
        keys.push(direct(
            "the key is the middle of `md5` itself; append the sign key to `md5` and digest both",
            middle.as_bytes(),
        ));
    }
    keys.push(direct("the key is `md5` itself; append the sign key to `md5` and digest both", upper.as_bytes()));
    if let Some(first) = upper.get(..16) {
        keys.push(direct(
            "the key is the first half of `md5`; append the sign key to `md5` and digest both",
            first.as_bytes(),
        ));
    }
    keys
}

/// What is digested to give the key; the first is right.
fn list_inputs(upper: &str, sign_key: &[u8]) -> Vec<(&'static str, Zeroizing<Vec<u8>>)> {
    let md5 = upper.as_bytes();
    let lower = md5.to_ascii_lowercase();
    let key_upper = Zeroizing::new(sign_key.to_ascii_uppercase());
    let key_lower = Zeroizing::new(sign_key.to_ascii_lowercase());
    let joined = |parts: &[&[u8]]| Zeroizing::new(parts.concat());
    let mut inputs = vec![
        ("", joined(&[md5, sign_key])),
        (
            "the key was derived from the lower-case form of `md5`; put `md5` into upper case first",
            joined(&[&lower, sign_key]),
        ),
        ("the key was derived from sign key + md5; the order is md5 + sign key", joined(&[sign_key, md5])),
        (
            "the key was derived from sign key + md5 in lower case; it is md5 in upper case + sign key",
            joined(&[sign_key, &lower]),
        ),
        (
            "the message was made with the sign key in upper case; both sides take it as it was given",
            joined(&[md5, &key_upper]),
        ),
        (
            "the message was made with the sign key in lower case; both sides take it as it was given",
            joined(&[md5, &key_lower]),
        ),
        ("the key was derived from the sign key alone; it is MD5(md5 + sign key)", joined(&[sign_key])),
        ("the key was derived from `md5` alone; it is MD5(md5 + sign key)", joined(&[md5])),
        ("`&key=` was put between md5 and sign key; put nothing there", joined(&[md5, b"&key=", sign_key])),
        (
            "a line break was read along with the sign key; remove white space around it",
            joined(&[md5, sign_key, b"\n"]),
        ),
        ("a space was read along with the sign key; remove white space around it", joined(&[md5, sign_key, b" "])),
    ];
    if let Ok(raw) = base16ct::upper::decode_vec(upper) {
        inputs.push((
            "the key was derived from the 16 bytes of the digest; `md5` enters as its 32 hex digits",
            joined(&[&raw, sign_key]),
        ));
    }
    inputs.extend(SAMPLES.map(|sample| {
        (
            "the message was made with a sample sign key of the vendor's pages; use the merchant's own",
            joined(&[md5, sample]),
        )
    }));
    inputs
}

/// What is cut from the digest to be the key; the first is right.
fn cut_keys(input: &[u8]) -> Vec<(Option<&'static str>, Key)> {
    let raw = Zeroizing::new(<[u8; 16]>::from(Md5::digest(input)));
    let upper = Zeroizing::new(base16ct::upper::encode_string(&*raw));
    let lower = Zeroizing::new(base16ct::lower::encode_string(&*raw));
    let part =
        |text: &str, range: std::ops::Range<usize>| Key::from_bytes(text.as_bytes().get(range).unwrap_or_default());
    vec![
        (None, part(&upper, 8..24)),
        (
            Some("the key was cut from the digest in lower-case hex; write the digest in upper case"),
            part(&lower, 8..24),
        ),
        (
            Some("the key is the first 16 characters of the digest; cut characters 8 to 23, counted from 0"),
            part(&upper, 0..16),
        ),
        (
            Some("the key is the first 16 characters of the lower-case digest; cut characters 8 to 23, in upper case"),
            part(&lower, 0..16),
        ),
        (
            Some("the key is the last 16 characters of the digest; cut characters 8 to 23, counted from 0"),
            part(&upper, 16..32),
        ),
        (
            Some("the key is the last 16 characters of the lower-case digest; cut characters 8 to 23, in upper case"),
            part(&lower, 16..32),
        ),
        (Some("the key was cut one character too early; cut characters 8 to 23, counted from 0"), part(&upper, 7..23)),
        (Some("the key was cut one character too late; cut characters 8 to 23, counted from 0"), part(&upper, 9..25)),
        (
            Some("the key is the whole hex digest, for AES-256; cut characters 8 to 23, counted from 0"),
            part(&upper, 0..32),
        ),
        (
            Some("the key is the whole digest in lower-case hex, for AES-256; cut characters 8 to 23, in upper case"),
            part(&lower, 0..32),
        ),
        (
            Some(
                "the key is the 16 bytes of the digest; write the digest in upper-case hex and cut characters 8 to 23",
            ),
            Key::Short(MessageKey::from_bytes(*raw)),
        ),
    ]
}
