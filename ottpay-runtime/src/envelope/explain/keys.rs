//! The keys that senders use by mistake.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest, Md5};
use zeroize::Zeroizing;

use super::aes_key::AesKey;
use super::slips::list_slips;
use super::work::Work;
use crate::SignKey;
use crate::envelope::cipher::MessageKey;

/// The sign keys printed in the vendor's documentation.
const SAMPLES: [&[u8]; 2] = [b"6698851A525C9433", b"A8B5FE540E38A5A9"];

/// The longest sign key to derive variants of; no real key is nearly as long.
const MAX_KEY: usize = 1024;

/// A key and its mistake; `None` if it is the right one.
pub(super) struct Recipe {
    pub(super) key: AesKey,
    pub(super) fault: Option<String>,
}

/// The digested input of a key, and its mistake; `None` if it is right.
struct Input {
    fault: Option<String>,
    bytes: Zeroizing<Vec<u8>>,
    cuts: Cuts,
}

/// The number of ways in which the key is cut from the digest: fewer for less likely inputs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cuts {
    // The middle and the first half of the digest, each in upper and lower case.
    Common = 4,
    // All of the parts that have 16 bytes.
    OfRightLength = 11,
    All = 100,
}

/// Returns the right key, for `md5` in upper case and as received, which is tolerated.
pub(super) fn list_right_keys(md5: &str, key: &SignKey) -> Vec<Recipe> {
    [&md5.to_ascii_uppercase(), md5]
        .into_iter()
        .map(|md5| Recipe { key: AesKey::new(MessageKey::derive(md5, key).as_bytes()), fault: None })
        .collect()
}

/// Returns the other keys that a sender may have used, the likeliest first.
pub(super) fn list_wrong_keys(md5: &str, key: &SignKey, merchant: Option<&str>, work: &mut Work) -> Vec<Recipe> {
    let upper = md5.to_ascii_uppercase();
    let sign_key = key.as_bytes();
    let mut keys: Vec<Recipe> = Vec::new();
    let mut seen: Vec<[u8; 16]> = Vec::new();
    for Input { fault, bytes, cuts } in list_inputs(md5, &upper, sign_key, merchant) {
        if !work.spend(bytes.len()) {
            break;
        }
        let digest = <[u8; 16]>::from(Md5::digest(&*bytes));
        // The same key was described before, by a likelier mistake.
        if seen.contains(&digest) {
            continue;
        }
        for (cut, key) in cut_keys(&digest, cuts) {
            let faults: Vec<_> = [fault.clone(), cut].into_iter().flatten().collect();
            keys.push(Recipe { key, fault: (!faults.is_empty()).then(|| faults.join("; and ")) });
        }
        seen.push(digest);
    }
    keys.extend(list_direct_keys(&upper, sign_key));
    keys
}

/// Returns keys that are not derived from a digest of `md5` and the sign key.
fn list_direct_keys(upper: &str, sign_key: &[u8]) -> Vec<Recipe> {
    let lower = upper.to_ascii_lowercase();
    let part = |text: &str, range: std::ops::Range<usize>| text.as_bytes().get(range).unwrap_or_default().to_vec();
    let digest = Zeroizing::new(base16ct::upper::encode_string(&Md5::digest(sign_key)).into_bytes());
    let mut direct: Vec<(&str, Zeroizing<Vec<u8>>)> = vec![
        (
            "the key is the sign key itself; derive it: MD5(md5 + sign key), characters 8 to 23",
            sign_key.to_vec().into(),
        ),
        (
            "the key is the middle of `md5` itself; append the sign key to `md5` and digest the result",
            part(upper, 8..24).into(),
        ),
        (
            "the key is `md5` itself; append the sign key to `md5` and digest the result",
            upper.as_bytes().to_vec().into(),
        ),
        (
            "the key is the first half of `md5`; append the sign key to `md5` and digest the result",
            part(upper, 0..16).into(),
        ),
        (
            "the key is `md5` itself; append the sign key to `md5` and digest the result",
            lower.as_bytes().to_vec().into(),
        ),
        (
            "the key is the middle of `md5` itself; append the sign key to `md5` and digest the result",
            part(&lower, 8..24).into(),
        ),
        (
            "the key is the first half of `md5`; append the sign key to `md5` and digest the result",
            part(&lower, 0..16).into(),
        ),
        (
            "the key is the last half of `md5`; append the sign key to `md5` and digest the result",
            part(upper, 16..32).into(),
        ),
        ("the key is the digest of the sign key; use MD5(md5 + sign key)", digest),
    ];
    if let Ok(bytes) = base16ct::mixed::decode_vec(upper) {
        direct.push((
            "the key is the 16 bytes of `md5`; append the sign key to `md5` and digest the result",
            bytes.into(),
        ));
    }
    let decoded = [base16ct::mixed::decode_vec(sign_key).ok(), BASE64_STANDARD.decode(sign_key).ok()];
    for bytes in decoded.into_iter().flatten() {
        direct.push((
            "the key is the decoded sign key; derive it: MD5(md5 + sign key), characters 8 to 23",
            bytes.into(),
        ));
    }
    let recipes = direct.iter().flat_map(|(fault, bytes)| {
        let plain = Recipe { key: AesKey::new(bytes), fault: Some((*fault).to_owned()) };
        let longer = [24, 32].into_iter().filter(|length| bytes.len() < *length).map(move |length| Recipe {
            key: AesKey::with_length(bytes, length),
            fault: Some(format!("{fault}; and {}", describe_filled(length))),
        });
        std::iter::once(plain).chain(longer)
    });
    recipes.collect()
}

fn list_inputs(md5: &str, upper: &str, sign_key: &[u8], merchant: Option<&str>) -> Vec<Input> {
    let upper_bytes = upper.as_bytes();
    let lower = upper_bytes.to_ascii_lowercase();
    let lower = lower.as_slice();
    let mut inputs = Vec::new();
    let mut push = |cuts: Cuts, fault: Option<&str>, parts: &[&[u8]]| {
        inputs.push(Input { fault: fault.map(str::to_owned), bytes: Zeroizing::new(parts.concat()), cuts });
    };
    let mut add = |fault: Option<&str>, parts: &[&[u8]]| push(Cuts::All, fault, parts);
    add(None, &[upper_bytes, sign_key]);
    // `md5` in lower case is tolerated if it was received so.
    add(None, &[md5.as_bytes(), sign_key]);
    if sign_key.len() > MAX_KEY {
        return inputs;
    }
    let lower_fault = "the key was derived from `md5` in lower case; convert `md5` to upper case first";
    add(Some(lower_fault), &[lower, sign_key]);
    add(Some("the key was derived from sign key + md5; use md5 + sign key"), &[sign_key, upper_bytes]);
    let both = "the key was derived from sign key + md5 in lower case; use md5 in upper case + sign key";
    add(Some(both), &[sign_key, lower]);
    add(Some("the key was derived only from the sign key; use MD5(md5 + sign key)"), &[sign_key]);
    add(Some("the key was derived only from `md5`; use MD5(md5 + sign key)"), &[upper_bytes]);
    add(Some("the key was derived only from `md5`; use MD5(md5 + sign key)"), &[lower]);
    let mut add = |fault: Option<&str>, parts: &[&[u8]]| push(Cuts::OfRightLength, fault, parts);
    for between in ["&key=", "&", "|", "+", "_", "-", "#", ",", ":", " ", "\n", "key="] {
        let shown = if between == "\n" { "a line break".to_owned() } else { format!("`{between}`") };
        let fault = format!("{shown} was put between md5 and sign key; remove it");
        add(Some(&fault), &[upper_bytes, between.as_bytes(), sign_key]);
        add(Some(&fault), &[lower, between.as_bytes(), sign_key]);
    }
    let around = "the sign key was put before and after `md5`; use MD5(md5 + sign key)";
    add(Some(around), &[sign_key, upper_bytes, sign_key]);
    for order in [&[upper_bytes, sign_key][..], &[lower, sign_key], &[sign_key, upper_bytes]] {
        let digest = Md5::digest(order.concat());
        let twice = "the digest from which the key is cut was digested twice; apply MD5 once";
        add(Some(twice), &[base16ct::upper::encode_string(&digest).as_bytes()]);
        add(Some(twice), &[base16ct::lower::encode_string(&digest).as_bytes()]);
        add(Some(twice), &[&digest]);
    }
    for case in [base16ct::upper::encode_string, base16ct::lower::encode_string] {
        let key_digest = case(&Md5::digest(sign_key));
        let fault = "the key was derived with the digest of the sign key; use MD5(md5 + sign key)";
        add(Some(fault), &[upper_bytes, key_digest.as_bytes()]);
        add(Some(fault), &[lower, key_digest.as_bytes()]);
    }
    if let Ok(raw) = base16ct::upper::decode_vec(upper) {
        let fault = "the key was derived from the 16 bytes of the digest; use the 32 hex digits of `md5`";
        add(Some(fault), &[&raw, sign_key]);
    }
    let middle = upper_bytes.get(8..24).unwrap_or_default();
    add(Some("the key was derived from the middle of `md5`; use all 32 digits"), &[middle, sign_key]);
    for sample in SAMPLES {
        let fault = "the sender used a sample sign key from the vendor's pages; use the merchant's own key";
        add(Some(fault), &[upper_bytes, sample]);
    }
    if let Some(merchant) = merchant {
        let fault = "the sender used the merchant id as the sign key; use the sign key";
        add(Some(fault), &[upper_bytes, merchant.as_bytes()]);
        let added = "the key was derived with the merchant id; use MD5(md5 + sign key)";
        add(Some(added), &[upper_bytes, merchant.as_bytes(), sign_key]);
        add(Some(added), &[upper_bytes, sign_key, merchant.as_bytes()]);
        add(Some(added), &[merchant.as_bytes(), upper_bytes, sign_key]);
    }
    let mut add = |fault: Option<&str>, parts: &[&[u8]]| push(Cuts::Common, fault, parts);
    for (fault, slip) in list_slips(sign_key) {
        add(Some(&fault), &[upper_bytes, &slip]);
        add(Some(&format!("{lower_fault}; and {fault}")), &[lower, &slip]);
    }
    inputs
}

/// Returns the parts of the digest that may have been used as the key; the first one is right.
fn cut_keys(raw: &[u8; 16], cuts: Cuts) -> Vec<(Option<String>, AesKey)> {
    let upper = Zeroizing::new(base16ct::upper::encode_string(raw));
    let lower = Zeroizing::new(base16ct::lower::encode_string(raw));
    let base64 = Zeroizing::new(BASE64_STANDARD.encode(raw));
    let part = |text: &str, range: std::ops::Range<usize>| {
        Zeroizing::new(text.as_bytes().get(range).unwrap_or_default().to_vec())
    };
    let bytes = |range: std::ops::Range<usize>| Zeroizing::new(raw.get(range).unwrap_or_default().to_vec());
    let middle = part(&upper, 8..24);
    let halves = [
        (None, middle.clone()),
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
        (Some("the key was cut one character too early; cut characters 8 to 23, in upper case"), part(&lower, 7..23)),
        (Some("the key was cut one character too late; cut characters 8 to 23, in upper case"), part(&lower, 9..25)),
        (
            Some(
                "the key is the 16 bytes of the digest; write the digest in upper-case hex and cut characters 8 to 23",
            ),
            bytes(0..16),
        ),
    ];
    let count = halves.len().min(cuts as usize);
    let right_length = halves.iter().take(count).map(|(fault, key)| (fault.map(str::to_owned), AesKey::new(key)));
    if cuts != Cuts::All {
        return right_length.collect();
    }
    let others = [
        ("the key is the whole hex digest, for AES-256; cut characters 8 to 23, counted from 0", part(&upper, 0..32)),
        (
            "the key is the whole digest in lower-case hex, for AES-256; cut characters 8 to 23, in upper case",
            part(&lower, 0..32),
        ),
        (
            "the key was cut from the bytes of the digest and not from its hex form; cut characters 8 to 23 of the hex \
             digest, which PHP's md5() returns without its second argument",
            bytes(8..16),
        ),
        ("the 16 characters of the key were decoded from hex; use the characters themselves as 16 bytes", bytes(4..12)),
        (
            "the key is only characters 8 to 15; cut 16 characters, 8 to 23: many languages expect an end, not a \
             length",
            part(&upper, 8..16),
        ),
        (
            "the key is only characters 8 to 15; cut 16 characters, 8 to 23: many languages expect an end, not a \
             length",
            part(&lower, 8..16),
        ),
        ("the key is characters 8 to 31, for AES-192; cut 16 characters, 8 to 23", part(&upper, 8..32)),
        ("the key is characters 8 to 31, for AES-192; cut 16 characters, 8 to 23", part(&lower, 8..32)),
        ("the key is the first 24 characters of the digest, for AES-192; cut characters 8 to 23", part(&upper, 0..24)),
        ("the key is the first 24 characters of the digest, for AES-192; cut characters 8 to 23", part(&lower, 0..24)),
        (
            "the key is the digest in Base64; write it in upper-case hex and cut characters 8 to 23",
            part(&base64, 0..24),
        ),
        ("the key is cut from the digest in Base64; write it in upper-case hex", part(&base64, 0..16)),
        ("the key is cut from the digest in Base64; write it in upper-case hex", part(&base64, 8..24)),
        (
            "the key is the 16 characters in UTF-16, for AES-256; use them as 16 bytes of ASCII",
            middle.iter().flat_map(|byte| [*byte, 0]).collect::<Vec<_>>().into(),
        ),
    ];
    let other_length = others.iter().map(|(fault, key)| (Some((*fault).to_owned()), AesKey::new(key)));
    let filled = halves.iter().flat_map(|(fault, key)| {
        let twice = Zeroizing::new([key.as_slice(), key].concat());
        let with = |how: String| Some(fault.map_or_else(|| how.clone(), |fault| format!("{fault}; and {how}")));
        [
            (with(describe_filled(32)), AesKey::with_length(key, 32)),
            (with(describe_filled(24)), AesKey::with_length(key, 24)),
            (
                with("the key was repeated to 32 bytes, for AES-256; use AES-128 with its 16 bytes".to_owned()),
                AesKey::new(&twice),
            ),
        ]
    });
    right_length.chain(other_length).chain(filled).collect()
}

/// Describes what libraries do with a key that is too short for the named cipher.
fn describe_filled(length: usize) -> String {
    let bits = length * 8;
    format!("the key was padded with zeros for AES-{bits}, as PHP's openssl_encrypt does silently; use AES-128")
}
