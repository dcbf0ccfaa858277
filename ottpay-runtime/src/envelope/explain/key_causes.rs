//! Likely causes for `data` that does not decrypt: the keys and modes that senders use by mistake, tried one by one.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest, Md5};
use ottpay_vocabulary::{Cipher, Iv};
use zeroize::Zeroizing;

use super::keys::{Recipe, list_keys};
use super::limits::MAX_TRIED;
use super::wording::name_cipher;
use super::{blocks, body_causes};
use crate::SignKey;

use crate::envelope::json::{self, JsonError};
use crate::envelope::open::Attempt;

/// Every cipher that senders have been seen to use.
const CIPHERS: [Cipher; 3] = [Cipher::Aes128Ecb, Cipher::Aes128Cbc { iv: Iv::Zero }, Cipher::Aes128Cbc { iv: Iv::Key }];

const UNKNOWN: &str = "the sign key is not the merchant's, or `data` or `md5` was altered or cut, or they belong to \
                       different messages";

const CONCATENATED: &str = "the text that was encrypted is the concatenation of the values; encrypt the JSON text, and \
                            use the concatenation for the digest only";

/// Why it does not decrypt.
pub(super) fn explain_key(tries: &[Attempt], data: &str, md5: &str, key: &SignKey, cipher: Cipher) -> String {
    let mut texts: Vec<&[u8]> =
        tries.iter().filter_map(|attempt| attempt.bytes.as_deref().ok()).map(Vec::as_slice).collect();
    texts.dedup();
    let hex = body_causes::decode_hex(data.trim());
    if texts.iter().any(|bytes| bytes.len() > MAX_TRIED) {
        return UNKNOWN.to_owned();
    }
    let keys = list_keys(md5, key);
    for bytes in &texts {
        if let Some(cause) =
            find_wrong_recipe(bytes, md5, &keys, cipher).or_else(|| find_wrong_padding(bytes, tries, cipher))
        {
            return cause;
        }
    }
    let found = tries.iter().find_map(|attempt| {
        let bytes = attempt.bytes.as_deref().ok()?;
        let decrypted = Zeroizing::new(attempt.key.decrypt_blocks(cipher, bytes)?);
        body_causes::explain_not_encrypted(bytes).or_else(|| blocks::explain_blocks(&decrypted, md5))
    });
    if let Some(cause) = found {
        return cause;
    }
    let right = tries.iter().map(|attempt| &attempt.key);
    if hex.is_some_and(|bytes| {
        right.clone().any(|key| key.decrypt(cipher, &bytes).is_some_and(|text| read_plaintext(&text, md5).is_some()))
    }) {
        return "`data` is in hex; write the encrypted bytes in Base64".to_owned();
    }
    UNKNOWN.to_owned()
}

/// Why the text that decrypts is not JSON.
pub(super) fn explain_not_json(text: &str, md5: &str) -> Option<String> {
    let trimmed = text.trim();
    let in_base64 = || BASE64_STANDARD.decode(trimmed).ok().is_some_and(|bytes| is_object(&bytes));
    Some(
        if is_digest_of(text, md5) {
            CONCATENATED
        } else if text.strip_prefix('\u{feff}').is_some_and(|text| is_object(text.as_bytes())) {
            "a byte order mark precedes the JSON text; write UTF-8 without one"
        } else if trimmed.ends_with('}') && trimmed.contains("\":") && !trimmed.starts_with(['{', '<']) {
            "it decrypts well, but the beginning of the JSON text is missing: `data` was cut off at its beginning"
        } else if trimmed.starts_with("{'") {
            "it decrypts well, but JSON has double quotes and this has single ones"
        } else if trimmed.starts_with('{') && trimmed.ends_with('}') {
            "it decrypts well, but the JSON text is broken; write it with a JSON library rather than glue it together"
        } else if trimmed.starts_with('{') {
            "it decrypts well, but the end of the JSON text is missing, or something follows it"
        } else if trimmed.starts_with('<') {
            "it decrypts well, but to XML; the fields belong in a JSON object"
        } else if in_base64() {
            "it decrypts well, but to Base64 of the JSON text; encrypt the JSON text itself"
        } else if !text.is_empty() && text.chars().all(|character| !character.is_control()) && text.contains('=') {
            "it decrypts well, but to `name=value` pairs; the fields belong in a JSON object"
        } else if !text.is_empty() && text.chars().all(|character| !character.is_control()) {
            "it decrypts well, but the text is not a JSON object; encrypt the fields as one"
        } else {
            return None;
        }
        .to_owned(),
    )
}

fn find_wrong_recipe(ciphertext: &[u8], md5: &str, keys: &[Recipe], cipher: Cipher) -> Option<String> {
    let others = CIPHERS.into_iter().filter(|&other| other != cipher);
    for mode in std::iter::once(cipher).chain(others) {
        for Recipe { key, fault } in keys {
            // The last block tells almost always, and costs next to nothing.
            let tail = ciphertext.len().checked_sub(32).and_then(|start| ciphertext.get(start..)).unwrap_or(ciphertext);
            if key.decrypt(mode, tail).is_none() {
                continue;
            }
            let Some(reading) = key.decrypt(mode, ciphertext).and_then(|text| read_plaintext(&text, md5)) else {
                continue;
            };
            let mode = (mode != cipher)
                .then(|| format!("`data` is encrypted with {} rather than {}", name_cipher(mode), name_cipher(cipher)));
            let faults: Vec<_> = [fault.clone(), mode, reading.map(str::to_owned)].into_iter().flatten().collect();
            if !faults.is_empty() {
                return Some(faults.join("; and "));
            }
        }
    }
    None
}

/// The right key, but padding that is not PKCS#7.
fn find_wrong_padding(ciphertext: &[u8], tries: &[Attempt], cipher: Cipher) -> Option<String> {
    tries.iter().find_map(|attempt| {
        let blocks = Zeroizing::new(attempt.key.decrypt_blocks(cipher, ciphertext)?);
        let end = blocks.iter().rposition(|&byte| byte == b'}')?;
        let (object, filling) = blocks.split_at_checked(end + 1)?;
        // Zeros, spaces, or the count of ISO 10126 and ANSI X9.23 after other bytes. Sixteen other bytes may as well be a
        // block that was altered.
        let last = filling.last().copied()?;
        let is_counted = usize::from(last) == filling.len() && filling.len() < 16;
        let is_filling = filling.iter().all(|byte| *byte == last) || is_counted;
        (filling.len() <= 16 && is_filling && is_object(object)).then(|| {
            "the key is right, but the text was filled up to whole blocks with other bytes than those of PKCS#7 \
             (PKCS5), such as zeros or spaces"
                .to_owned()
        })
    })
}

/// Whether a decrypted text makes sense, and what is wrong with it.
fn read_plaintext(plaintext: &[u8], md5: &str) -> Option<Option<&'static str>> {
    if is_object(plaintext) {
        return Some(None);
    }
    let text = std::str::from_utf8(plaintext).ok()?;
    is_digest_of(text, md5).then_some(Some(CONCATENATED))
}

fn is_object(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    !matches!(json::object(text), Err(JsonError::NotJson | JsonError::NotObject))
}

fn is_digest_of(text: &str, md5: &str) -> bool {
    base16ct::upper::encode_string(&Md5::digest(text.as_bytes())).eq_ignore_ascii_case(md5)
}
