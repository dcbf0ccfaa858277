//! Sealing: fields in, `data` and `md5` out.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest, Md5};
use ottpay_vocabulary::Cipher;

use super::cipher::MessageKey;
use super::digest::{self, DigestForm};
use super::json;
use super::open::OpenError;
use crate::SignKey;

/// What [`seal`] makes: the two members of the envelope that carry the fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Base64 of the encrypted JSON object.
    pub data: String,
    /// Digest of the values, 32 upper-case hex digits.
    pub md5: String,
}

/// Seals fields. Their order does not matter; an empty value is sent and adds nothing to the digest.
///
/// ```
/// # use std::collections::BTreeMap;
/// # use ottpay_runtime::{Cipher, SignKey, envelope};
/// let key = SignKey::new("6698851A525C9433")?;
/// let sealed = envelope::seal(&BTreeMap::from([("order_id", "T1"), ("amount", "100")]), &key, Cipher::Aes128Ecb);
/// let opened = envelope::open(&sealed.data, &sealed.md5, &key, Cipher::Aes128Ecb)?;
/// assert_eq!(opened.text("amount").as_deref(), Some("100"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn seal<N: AsRef<str>, V: AsRef<str>>(fields: &BTreeMap<N, V>, key: &SignKey, cipher: Cipher) -> Sealed {
    let mut fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_ref(), value.as_ref())).collect();
    fields.sort_by(|(a, _), (b, _)| json::code_units(a, b));
    let mut sealer = Sealer::new();
    for (name, value) in fields {
        sealer.field(name, value);
    }
    sealer.seal(key, cipher)
}

/// Seals a JSON object exactly as it is written, whatever its order, escapes and kinds of values; for gateways,
/// sandboxes and tests. Requests are sealed by [`seal`], which sends strings only.
///
/// # Errors
/// [`OpenError::NotObject`] and its neighbours if `text` is not an object that could be opened again.
pub fn seal_json(text: &str, form: DigestForm, key: &SignKey, cipher: Cipher) -> Result<Sealed, OpenError> {
    let md5 = form.digest(&json::object(text)?);
    Ok(encrypt(text.as_bytes(), md5, key, cipher))
}

/// Seals a text under a digest that is not looked at, so that it decrypts and may not verify; for gateways, sandboxes
/// and tests that let this go wrong.
pub fn seal_as(text: &str, md5: &str, key: &SignKey, cipher: Cipher) -> Sealed {
    encrypt(text.as_bytes(), md5.to_owned(), key, cipher)
}

fn encrypt(plaintext: &[u8], md5: String, key: &SignKey, cipher: Cipher) -> Sealed {
    let data = MessageKey::derive(&md5, key).encrypt(cipher, plaintext);
    Sealed { data: BASE64_STANDARD.encode(data), md5 }
}

/// Takes fields **in the order of the digest** and writes each once, to the digest and to the JSON text together.
/// Requests use it, because their order is known at compile time.
#[derive(Default)]
pub(crate) struct Sealer {
    md5: Md5,
    json: String,
}

impl Sealer {
    /// An empty object.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a field. Names must come in ascending order of their UTF-16 code units, each once.
    pub(crate) fn field(&mut self, name: &str, value: &str) {
        self.md5.update(value.as_bytes());
        self.json.push(if self.json.is_empty() { '{' } else { ',' });
        json::write_string(name, &mut self.json);
        self.json.push(':');
        json::write_string(value, &mut self.json);
    }

    /// Encrypts what has been written.
    pub(crate) fn seal(mut self, key: &SignKey, cipher: Cipher) -> Sealed {
        if self.json.is_empty() {
            self.json.push('{');
        }
        self.json.push('}');
        encrypt(self.json.as_bytes(), digest::hex(self.md5), key, cipher)
    }
}
