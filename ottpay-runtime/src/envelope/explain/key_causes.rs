//! Likely causes for `data` that does not decrypt: the keys and modes that senders use by mistake, tried one after the
//! other.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest, Md5};
use ottpay_vocabulary::Cipher;
use zeroize::Zeroizing;

use super::aes_key::{BLOCK, Mode};
use super::charsets::decode_utf16;
use super::keys::{Recipe, list_right_keys, list_wrong_keys};
use super::padding::{Unpadded, remove_padding};
use super::tries::Try;
use super::wording::name_cipher;
use super::work::Work;
use super::{blocks, body_causes};
use crate::SignKey;
use crate::envelope::fields::Fields;
use crate::envelope::json_error::JsonError;

const UNKNOWN: &str = "the sign key is not the merchant's, or `data` or `md5` was altered or truncated, or they belong \
                       to different messages";

const CONCATENATED: &str = "the encrypted text is the concatenation of the values; encrypt the JSON text, and use the \
                            concatenation only for the digest";

const UTF16: &str = "the JSON text was encrypted as UTF-16; encrypt its bytes in UTF-8";

const CIPHERTEXT: &str = "`md5` is the digest of the ciphertext; digest only the values, sorted by name, and derive \
                          the key from that";

const PASSPHRASE: &str = "`data` begins with `Salted__`: the key was used as a passphrase, from which CryptoJS and \
                          `openssl enc` derive another key; pass the 16 characters as bytes, with \
                          CryptoJS.enc.Utf8.parse, or with -K in hex";

/// The cost of trying a key in every mode: a few blocks, and the schedule of the key.
const COST_OF_KEY: usize = 256;

/// Explains why the data does not decrypt.
pub(super) fn explain_key(
    tries: &[Try],
    data: &str,
    md5: &str,
    key: &SignKey,
    cipher: Cipher,
    merchant: Option<&str>,
    work: &mut Work,
) -> String {
    let mut texts: Vec<&[u8]> = tries.iter().filter_map(|attempt| attempt.bytes.as_deref().ok()).collect();
    // Attempts that differ only in `md5` follow each other and have the same bytes.
    texts.dedup();
    if texts.iter().any(|bytes| bytes.starts_with(b"Salted__")) {
        return PASSPHRASE.to_owned();
    }
    let stripped: String = data.split_whitespace().collect();
    let digested = [data.as_bytes(), stripped.as_bytes()].into_iter().chain(texts.iter().copied());
    if digested.into_iter().any(|bytes| work.spend_on_way(bytes.len()) && is_digest_of(bytes, md5)) {
        return CIPHERTEXT.to_owned();
    }
    let hex = body_causes::decode_hex(data.trim());
    let texts = texts.into_iter().map(|bytes| (None, bytes));
    let hex =
        hex.iter().map(|bytes| (Some("`data` is in hex; encode the encrypted bytes in Base64"), bytes.as_slice()));
    let texts: Vec<(Option<&str>, &[u8])> = texts.chain(hex).collect();
    let find = |keys: &[Recipe], work: &mut Work| {
        texts.iter().find_map(|(fault, bytes)| find_wrong_recipe(bytes, *fault, md5, keys, cipher, work))
    };
    // If most of the data is text with the right key, it was altered, and other keys need not be tried.
    find(&list_right_keys(md5, key), work)
        .or_else(|| explain_alteration(tries, md5, cipher))
        .or_else(|| find(&list_wrong_keys(md5, key, merchant, work), work))
        .unwrap_or_else(|| work.without_cause(UNKNOWN))
}

/// Explains the damage that the blocks show with the right key.
fn explain_alteration(tries: &[Try], md5: &str, cipher: Cipher) -> Option<String> {
    tries.iter().find_map(|attempt| {
        let bytes = attempt.bytes.as_deref().ok()?;
        let decrypted = Zeroizing::new(attempt.key.decrypt_blocks(cipher, bytes)?);
        body_causes::explain_not_encrypted(bytes).or_else(|| blocks::explain_blocks(&decrypted, md5))
    })
}

/// Explains why the decrypted text is not JSON.
pub(super) fn explain_not_json(text: &str, md5: &str) -> Option<String> {
    let trimmed = text.trim();
    let in_base64 = || BASE64_STANDARD.decode(trimmed).ok().is_some_and(|bytes| is_object(&bytes));
    let in_hex = || base16ct::mixed::decode_vec(trimmed).is_ok_and(|bytes| is_object(&bytes));
    let unescaped = || serde_json::from_str::<String>(&format!("\"{trimmed}\"")).ok();
    Some(
        if is_digest_of(text.as_bytes(), md5) {
            CONCATENATED
        } else if decode_utf16(text.as_bytes()).is_some_and(|text| is_object(text.as_bytes())) {
            UTF16
        } else if text.strip_prefix('\u{feff}').is_some_and(|text| is_object(text.as_bytes())) {
            "there is a byte order mark before the JSON text; write UTF-8 without it"
        } else if trimmed.ends_with('}') && trimmed.contains("\":") && !trimmed.starts_with(['{', '<']) {
            "the key is right, but the start of the JSON text is missing: the first part of `data` was lost"
        } else if trimmed.starts_with("{'") {
            "the key is right, but the JSON text has single quotes; use double quotes"
        } else if trimmed.starts_with("{\\\"") && unescaped().is_some_and(|text| is_object(text.as_bytes())) {
            "the key is right, but the JSON text was escaped as a string; write the object as JSON only once"
        } else if trimmed.starts_with("{&") {
            "the key is right, but the JSON text has HTML escapes, such as &quot;; encrypt it without them"
        } else if trimmed.starts_with('{') && trimmed.ends_with('}') {
            "the key is right, but the JSON text is invalid; write it with a JSON library instead of concatenating \
             strings"
        } else if trimmed.starts_with('{') {
            "the key is right, but the end of the JSON text is missing, or there is text after it"
        } else if trimmed.starts_with('<') {
            "the key is right, but the text is XML; put the fields into a JSON object"
        } else if in_base64() {
            "the key is right, but the text is Base64 of the JSON text; encrypt the JSON text itself"
        } else if in_hex() {
            "the key is right, but the text is the JSON text in hex; encrypt the JSON text itself"
        } else if trimmed.starts_with("%7B") || trimmed.starts_with("%7b") {
            "the key is right, but the JSON text is percent-encoded; encrypt it without percent-encoding"
        } else if !text.is_empty() && text.chars().all(|character| !character.is_control()) && text.contains('=') {
            "the key is right, but the text is `name=value` pairs; put the fields into a JSON object"
        } else if !text.is_empty() && text.chars().all(|character| !character.is_control()) {
            "the key is right, but the text is not a JSON object; encrypt the fields as a JSON object"
        } else {
            return None;
        }
        .to_owned(),
    )
}

/// Finds the key, mode and padding with which the decrypted text makes sense.
fn find_wrong_recipe(
    ciphertext: &[u8],
    fault: Option<&str>,
    md5: &str,
    keys: &[Recipe],
    cipher: Cipher,
    work: &mut Work,
) -> Option<String> {
    for recipe in keys {
        if !work.spend_on_way(COST_OF_KEY) {
            return None;
        }
        let Some(probe) = recipe.key.probe(ciphertext) else { continue };
        for mode in Mode::all_from(cipher) {
            // With the right key in CBC, an unreadable first block was altered.
            if mode == Mode::UnknownIv && recipe.fault.is_none() && cipher != Cipher::Aes128Ecb {
                continue;
            }
            let Some(first) = probe.read_first(mode) else { continue };
            // One block is nearly always enough, and costs little.
            if !is_text_so_far(&first, mode) {
                continue;
            }
            if !work.spend(ciphertext.len() * 2) {
                return None;
            }
            let Some(blocks) = recipe.key.decrypt(mode, ciphertext) else { continue };
            let is_right = recipe.fault.is_none() && mode == Mode::Known(cipher);
            let Some((padding, reading)) = read_blocks(&blocks, md5, mode, is_right) else { continue };
            let other_mode = (mode != Mode::Known(cipher))
                .then(|| format!("`data` is encrypted with {} rather than {}", mode.name(), name_cipher(cipher)));
            let is_key_right = recipe.fault.is_none() && other_mode.is_none() && fault.is_none();
            let padding = padding.map(|padding| match is_key_right {
                true => format!("the key is right, but {padding}"),
                false => padding.to_owned(),
            });
            let faults =
                [fault.map(str::to_owned), recipe.fault.clone(), other_mode, padding, reading.map(str::to_owned)];
            let faults: Vec<_> = faults.into_iter().flatten().collect();
            if !faults.is_empty() {
                return Some(faults.join("; and "));
            }
        }
    }
    None
}

/// Whether a block may be part of a text: the first block, or the second one if the IV is unknown.
fn is_text_so_far(block: &[u8], mode: Mode) -> bool {
    let block = match (mode, block.iter().position(|byte| !(0x80..0xc0).contains(byte))) {
        // It may begin in the middle of a character.
        (Mode::UnknownIv, Some(start @ 1..=3)) => block.get(start..).unwrap_or_default(),
        _ => block,
    };
    let is_control = |character: char| character.is_control() && !matches!(character, '\t' | '\r' | '\n');
    let valid = match std::str::from_utf8(block) {
        Ok(text) => Some(text),
        // The end of a character is in the next block.
        Err(error) if error.error_len().is_none() => {
            block.get(..error.valid_up_to()).and_then(|valid| std::str::from_utf8(valid).ok())
        }
        Err(_) => None,
    };
    // A message of one block has its padding here.
    let valid = valid.map(|text| {
        text.rsplit_once('}').filter(|(_, end)| end.chars().all(is_control)).map_or(text, |(text, _)| text)
    });
    valid.is_some_and(|text| !text.chars().any(is_control)) || decode_utf16(block).is_some_and(|text| text.is_ascii())
}

/// The mistakes in padding and text, for blocks that make sense.
type Readable = (Option<&'static str>, Option<&'static str>);

fn read_blocks(blocks: &[u8], md5: &str, mode: Mode, is_right: bool) -> Option<Readable> {
    remove_padding(blocks).into_iter().find_map(|Unpadded { text, fault }| {
        let reading = match mode {
            // The first block is missing, so only the end of the text can be examined.
            Mode::UnknownIv => is_end_of_object(text).then_some(None),
            _ => read_plaintext(text, md5, !is_right && fault.is_none()),
        };
        reading.map(|reading| (fault, reading))
    })
}

/// Returns `None` if a decrypted text does not make sense, else its mistake, if any. With the right key, other code
/// distinguishes another character set from an alteration.
fn read_plaintext(plaintext: &[u8], md5: &str, may_be_in_another_set: bool) -> Option<Option<&'static str>> {
    if is_object(plaintext) {
        return Some(None);
    }
    if std::str::from_utf8(plaintext).is_ok() && is_digest_of(plaintext, md5) {
        return Some(Some(CONCATENATED));
    }
    if decode_utf16(plaintext).is_some_and(|text| is_object(text.as_bytes())) {
        return Some(Some(UTF16));
    }
    let is_in_another_set =
        || may_be_in_another_set && std::str::from_utf8(plaintext).is_err() && blocks::is_object_of_bytes(plaintext);
    is_in_another_set().then_some(Some(blocks::CHARACTER_SET))
}

/// Whether the text is the end of a JSON object whose first block is missing.
fn is_end_of_object(text: &[u8]) -> bool {
    let is_control = |byte: &u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
    text.len() > BLOCK && text.trim_ascii_end().ends_with(b"}") && !text.iter().any(is_control)
}

fn is_object(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    !matches!(Fields::parse_object(text), Err(JsonError::NotJson | JsonError::NotObject))
}

fn is_digest_of(bytes: &[u8], md5: &str) -> bool {
    base16ct::upper::encode_string(&Md5::digest(bytes)).eq_ignore_ascii_case(md5)
}
