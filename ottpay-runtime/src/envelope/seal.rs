//! Sealing: fields in, `data` and `md5` out.

use std::collections::BTreeMap;

use md5::{Digest, Md5};
use ottpay_vocabulary::Cipher;

use super::cipher::{BLOCK, MessageKey};
use super::digest::{self, DigestForm, HexDigest};
use super::fields::Fields;
use super::json::code_units;
use super::open::OpenError;
use super::write::{measure_object, write_member};
use crate::SignKey;
use crate::encoding::encode_in_place;

/// The result of [`seal`]: the two members of the envelope that contain the fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The encrypted JSON object as Base64.
    pub data: String,
    /// The digest of the values as 32 upper-case hex digits.
    pub md5: String,
}

/// Seals fields in any order. An empty value is sent and adds nothing to the digest.
///
/// ```
/// # use std::collections::BTreeMap;
/// # use ottpay_runtime::{Cipher, SignKey, envelope};
/// let key = SignKey::new("6698851A525C9433")?;
/// let sealed = envelope::seal(&BTreeMap::from([("order_id", "T1"), ("amount", "100")]), &key, Cipher::Aes128Ecb);
/// let opened = envelope::open(&sealed.data, &sealed.md5, &key, Cipher::Aes128Ecb)?;
/// assert_eq!(opened.text("amount"), Some("100"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn seal<N: AsRef<str>, V: AsRef<str>>(fields: &BTreeMap<N, V>, key: &SignKey, cipher: Cipher) -> Sealed {
    let fields = || fields.iter().map(|(name, value)| (name.as_ref(), value.as_ref()));
    // Names of another type may be sorted differently.
    let (mut is_sorted, mut last) = (true, "");
    let json_len = measure_object(fields().map(|(name, value)| {
        is_sorted &= code_units(last, name).is_le();
        last = name;
        (name.len(), value.len())
    }));
    let mut data = String::with_capacity(measure_base64(json_len));
    let md5 = if is_sorted {
        append_sealed(fields(), key, cipher, &mut data)
    } else {
        let mut sorted: Vec<_> = fields().collect();
        sorted.sort_by(|(a, _), (b, _)| code_units(a, b));
        append_sealed(sorted.into_iter(), key, cipher, &mut data)
    };
    Sealed { data, md5: md5.as_str().to_owned() }
}

/// Seals a JSON object exactly as it is written, whatever its order, escapes and types of values; for gateways,
/// sandboxes and tests. Use [`seal`] for requests, which contain only strings.
///
/// # Errors
/// [`OpenError::NotObject`] and similar variants if `text` is not an object that could be opened again.
pub fn seal_json(text: &str, form: DigestForm, key: &SignKey, cipher: Cipher) -> Result<Sealed, OpenError> {
    let md5 = digest::encode_hex(&form.digest(&Fields::parse_object(text)?));
    Ok(encrypt(text, md5, key, cipher))
}

/// Seals a text with a digest that is not checked, so that it decrypts but may not verify; for gateways, sandboxes and
/// tests of this case.
pub fn seal_as(text: &str, md5: &str, key: &SignKey, cipher: Cipher) -> Sealed {
    encrypt(text, md5.to_owned(), key, cipher)
}

fn encrypt(text: &str, md5: String, key: &SignKey, cipher: Cipher) -> Sealed {
    let mut data = String::with_capacity(measure_base64(text.len()));
    data.push_str(text);
    encrypt_in_place(&mut data, 0, &md5, key, cipher);
    Sealed { data, md5 }
}

/// Appends `data` for fields **in the order of the digest**, with unique names in ascending order of their UTF-16 code
/// units, and returns their digest. Each value is written once, to the digest and to the JSON text, which is encrypted
/// and encoded in place.
pub(super) fn append_sealed<'a>(
    fields: impl Iterator<Item = (&'a str, &'a str)>,
    key: &SignKey,
    cipher: Cipher,
    out: &mut String,
) -> HexDigest {
    let start = out.len();
    let mut md5 = Md5::new();
    for (name, value) in fields {
        md5.update(value.as_bytes());
        write_member(name, value, out.len() == start, out);
    }
    // The first member has written the opening brace, unless there are no members.
    out.push_str(if out.len() == start { "{}" } else { "}" });
    let digest = HexDigest::new(&md5.finalize().into());
    encrypt_in_place(out, start, digest.as_str(), key, cipher);
    digest
}

/// Returns the length of a text of this length after padding, encryption and encoding.
pub(super) fn measure_base64(length: usize) -> usize {
    ((length / BLOCK + 1) * BLOCK).div_ceil(3) * 4
}

/// Turns the text after `start` into `data`, in place.
fn encrypt_in_place(text: &mut String, start: usize, md5: &str, key: &SignKey, cipher: Cipher) {
    let mut bytes = std::mem::take(text).into_bytes();
    MessageKey::derive(md5, key).encrypt_in_place(cipher, &mut bytes, start);
    encode_in_place(&mut bytes, start);
    // Base64 is ASCII, so this cannot fail.
    *text = String::from_utf8(bytes).unwrap_or_default();
}
