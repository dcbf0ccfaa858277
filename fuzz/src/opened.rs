//! Messages opened with the libraries alone, by the vendor's description: a message that the envelope opens must open
//! here, too.

use std::collections::BTreeMap;

use aes::Aes128;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ecb::cipher::block_padding::Pkcs7;
use ecb::cipher::{BlockModeDecrypt, KeyInit};
use md5::{Digest, Md5};

use crate::json::{Members, scalar};

fn md5_hex(text: &[u8]) -> String {
    Md5::digest(text).iter().map(|byte| format!("{byte:02X}")).collect()
}

/// The values of a sealed message by their names, without those that are neither strings nor numbers; `None` if it does
/// not decrypt to an object, or if its values are strings and have another digest.
pub(crate) fn open(data: &str, md5: &str, sign_key: &str) -> Option<BTreeMap<String, String>> {
    // A space may be a `+` that a form has turned into one.
    let with_plus = |data: &str| data.replace(['\t', '\r', '\n'], "").replace(' ', "+");
    let readings = [data.replace([' ', '\t', '\r', '\n'], ""), with_plus(data), with_plus(data.trim())];
    let forms = [md5.to_owned(), md5.to_ascii_uppercase()];
    readings.iter().find_map(|data| forms.iter().find_map(|form| open_reading(data, md5, form, sign_key)))
}

fn open_reading(data: &str, md5: &str, form: &str, sign_key: &str) -> Option<BTreeMap<String, String>> {
    let sealed = BASE64_STANDARD.decode(data).ok()?;
    let digest = md5_hex(format!("{form}{sign_key}").as_bytes());
    let key: [u8; 16] = digest.as_bytes().get(8..24)?.try_into().ok()?;
    let plain = ecb::Decryptor::<Aes128>::new(&key.into()).decrypt_padded_vec::<Pkcs7>(&sealed).ok()?;
    let Members(mut members) = Members::parse(std::str::from_utf8(&plain).ok()?)?;
    // Sealed names are ASCII here, or their order does not matter.
    members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    let is_text = members.iter().all(|(_, value)| value.get().starts_with('"'));
    let values: Vec<_> = members.into_iter().filter_map(|(name, value)| Some((name, scalar(&value)?))).collect();
    let all: String = values.iter().map(|(_, value)| value.as_str()).collect();
    let is_whole = !is_text || md5_hex(all.as_bytes()).eq_ignore_ascii_case(md5);
    is_whole.then(|| values.into_iter().collect())
}
