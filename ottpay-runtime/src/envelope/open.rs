//! Opening: `data` and `md5` in, verified fields out, or nothing.

use std::borrow::Cow;

use base64::Engine as _;
use ottpay_vocabulary::Cipher;

use super::cipher::{BLOCK, MessageKey};
use super::digest;
use super::fields::Fields;
use super::json;
use super::json_error::JsonError;
use crate::SignKey;
use crate::encoding::standard_base64;

/// Why `data` and `md5` could not be opened. It contains nothing of their content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// `data` without `md5`, or `md5` without `data`.
    #[error("expected both `data` and `md5`, found only one of them")]
    Half,
    /// `md5` is not 32 hex digits.
    #[error("expected 32 hex digits in `md5`")]
    Md5Form,
    /// `data` is not Base64.
    #[error("expected Base64 in `data`; it has other characters, or was truncated")]
    NotBase64,
    /// The length of the decoded `data` is not a positive multiple of 16.
    #[error("expected `data` in whole blocks of 16 bytes; it is empty, or was truncated")]
    Length,
    /// The padding of the decrypted blocks is wrong: another sign key or cipher was used, or the message was altered.
    #[error("`data` does not decrypt: wrong sign key, wrong cipher, or the message was altered")]
    Undecryptable,
    /// The padding is right, but the bytes before it are not UTF-8: text in another character set, or an altered
    /// message. One in 256 messages with another sign key leads to this error, too.
    #[error("`data` does not decrypt to UTF-8: text in another character set, an altered message, or a wrong sign key")]
    NotUtf8,
    /// The decrypted text is not JSON.
    #[error("`data` decrypts to text that is not JSON")]
    NotJson,
    /// The decrypted JSON is not an object.
    #[error("expected a JSON object inside `data`, found another kind of value")]
    NotObject,
    /// The decrypted object is nested too deeply.
    #[error("the object inside `data` is nested more than 16 levels deep")]
    TooDeep,
    /// An object inside `data` has more than 500 members.
    #[error("an object inside `data` has more than 500 members")]
    TooManyMembers,
    /// The decrypted object has two members with the same name.
    #[error("the object inside `data` has two members with the same name")]
    DuplicateMember,
    /// A string contains half of a surrogate pair, such as `\ud83c`, and none of its readings matches the digest.
    #[error(
        "a string inside `data` has half of a surrogate pair, such as \\ud83c, and `md5` is not the digest with U+FFFD or \
         `?` in its place"
    )]
    LoneSurrogate,
    /// The digest of the values does not match `md5`.
    #[error("digest mismatch: the values inside `data` do not match `md5`; the message was altered")]
    Digest,
}

impl From<JsonError> for OpenError {
    fn from(error: JsonError) -> Self {
        match error {
            JsonError::NotJson => Self::NotJson,
            JsonError::NotObject => Self::NotObject,
            JsonError::TooDeep => Self::TooDeep,
            JsonError::TooMany => Self::TooManyMembers,
            JsonError::Duplicate => Self::DuplicateMember,
        }
    }
}

/// Decrypts `data`, checks it against `md5`, and only then returns the fields.
///
/// Whitespace in `data` is ignored, or read as `+` if a form decoder may have replaced it; `md5` may be in lower case.
/// Numbers, `null` and nested values are checked in each [`DigestForm`](super::DigestForm). Half of a surrogate pair is
/// read as U+FFFD or as `?`, depending on which matches the digest.
///
/// # Errors
/// [`OpenError`] states how far the best attempt succeeded.
pub fn open(data: &str, md5: &str, key: &SignKey, cipher: Cipher) -> Result<Fields, OpenError> {
    open_whole(data, md5, key, cipher).map(|opened| opened.fields)
}

/// How a message was read where it deviates from the vendor's documentation. It is not known whether the gateway itself
/// reads any of these forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Reading {
    /// Spaces in `data` were read as `+`, which a form decoder replaced.
    pub spaces_as_plus: bool,
    /// The key was derived from the upper case of `md5`, which was received in lower case.
    pub upper_cased: bool,
    /// Half of a surrogate pair was read as another character.
    pub half_surrogate: bool,
}

/// The result of opening a message.
pub(crate) struct Opened {
    pub(crate) fields: Fields,
    pub(crate) reading: Reading,
    /// The length of the JSON text.
    length: usize,
    /// Whether the JSON text has neither an escape nor whitespace between two tokens.
    pub(super) is_plain: bool,
}

impl Opened {
    /// Returns the JSON text.
    pub(super) fn plaintext(&self) -> &str {
        self.fields.text_until(self.length)
    }
}

/// Opens a message like [`open`], and also returns the text of the fields.
pub(super) fn open_whole(data: &str, md5: &str, key: &SignKey, cipher: Cipher) -> Result<Opened, OpenError> {
    let stated = digest::read(md5).ok_or(OpenError::Md5Form)?;
    let mut furthest: Option<OpenError> = None;
    for attempt in attempts(data, md5) {
        let opened = attempt.decode().and_then(|ciphertext| {
            let plaintext = decrypt(ciphertext, &attempt.derive_key(key), cipher)?;
            let length = plaintext.len();
            let Verified { fields, is_plain, half_surrogate } = read_verified(plaintext, &stated)?;
            let reading =
                Reading { spaces_as_plus: attempt.is_blank_plus, upper_cased: attempt.md5 != md5, half_surrogate };
            Ok(Opened { fields, reading, length, is_plain })
        });
        match opened {
            Ok(opened) => return Ok(opened),
            // Of errors with the same rank the first is kept: that of `data` and `md5` as they are written.
            Err(error) if furthest.is_none_or(|best| rank(error) > rank(best)) => furthest = Some(error),
            Err(_) => {}
        }
    }
    // There is always an attempt, so there is always an error here.
    Err(furthest.unwrap_or(OpenError::Undecryptable))
}

/// One reading of `data` and `md5`.
pub(super) struct Attempt<'a> {
    /// Whether spaces in `data` are read as `+`, which a form decoder replaced.
    pub(super) is_blank_plus: bool,
    /// `data`, in which whitespace is ignored.
    data: Cow<'a, str>,
    /// `md5` as it enters the key.
    pub(super) md5: Cow<'a, str>,
}

impl Attempt<'_> {
    pub(super) fn decode(&self) -> Result<Vec<u8>, OpenError> {
        // There is almost never whitespace, and searching for it costs more than trying.
        match decode(&self.data) {
            Err(OpenError::NotBase64) if self.data.contains(is_blank) => {
                decode(&self.data.chars().filter(|character| !is_blank(*character)).collect::<String>())
            }
            decoded => decoded,
        }
    }

    pub(super) fn derive_key(&self, key: &SignKey) -> MessageKey {
        MessageKey::derive(&self.md5, key)
    }
}

/// Returns every accepted reading of `data` and `md5`, in the order in which they are tried. Lazy, because the first
/// one almost always succeeds.
pub(super) fn attempts<'a>(data: &'a str, md5: &'a str) -> impl Iterator<Item = Attempt<'a>> {
    let readings = (0..3).map_while(move |turn| match turn {
        0 => Some((false, Cow::Borrowed(data))),
        // A space at either end may be a lost `+` or a genuine space: both are tried.
        1 if data.contains(' ') => Some((true, read_blanks_as_plus(data))),
        2 => Some((true, read_blanks_as_plus(data.trim_matches(is_blank)))),
        _ => None,
    });
    readings.flat_map(move |(is_blank_plus, data)| {
        let forms = (0..2).map_while(move |turn| match turn {
            0 => Some(Cow::Borrowed(md5)),
            _ => Some(md5.to_ascii_uppercase()).filter(|upper| upper != md5).map(Cow::Owned),
        });
        forms.map(move |md5| Attempt { is_blank_plus, data: data.clone(), md5 })
    })
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

fn read_blanks_as_plus(data: &str) -> Cow<'static, str> {
    let kept = data.chars().filter(|character| *character == ' ' || !is_blank(*character));
    Cow::Owned(kept.map(|character| if character == ' ' { '+' } else { character }).collect())
}

/// Decodes whole blocks from Base64.
pub(super) fn decode(base64: &str) -> Result<Vec<u8>, OpenError> {
    // More than the decoded bytes need, so that the decoder never reallocates.
    let mut bytes = Vec::with_capacity(base64.len());
    standard_base64().decode_vec(base64, &mut bytes).map_err(|_| OpenError::NotBase64)?;
    if bytes.is_empty() || bytes.len() % BLOCK != 0 { Err(OpenError::Length) } else { Ok(bytes) }
}

#[cfg(feature = "explain")]
pub(super) fn verify(ciphertext: &[u8], md5: &str, key: &MessageKey, cipher: Cipher) -> Result<Fields, OpenError> {
    let stated = digest::read(md5).ok_or(OpenError::Md5Form)?;
    read_verified(decrypt(ciphertext.to_vec(), key, cipher)?, &stated).map(|verified| verified.fields)
}

fn decrypt(ciphertext: Vec<u8>, key: &MessageKey, cipher: Cipher) -> Result<String, OpenError> {
    let plaintext = key.decrypt_in_place(cipher, ciphertext).ok_or(OpenError::Undecryptable)?;
    String::from_utf8(plaintext).map_err(|_| OpenError::NotUtf8)
}

/// The replacements for half of a surrogate pair: U+FFFD as in Node, `?` as in Java.
pub(super) const STAND_INS: [&str; 2] = ["\u{fffd}", "?"];

/// Fields that match the digest.
struct Verified {
    fields: Fields,
    /// Whether their text has neither an escape nor whitespace between two tokens.
    is_plain: bool,
    half_surrogate: bool,
}

/// Reads the fields of a decrypted text, if they match the digest.
fn read_verified(text: String, stated: &[u8; 16]) -> Result<Verified, OpenError> {
    let object = match json::read_object(&text, None) {
        // It may have been rejected only because of half of a surrogate pair.
        Err(JsonError::NotJson) if text.contains("\\u") => {
            return Ok(Verified { fields: read_halves(&text, stated)?, is_plain: false, half_surrogate: true });
        }
        read => read?,
    };
    let is_plain = object.is_plain;
    let fields = Fields::of_object(text, object)?;
    let verified = Verified { fields, is_plain, half_surrogate: false };
    if digest::matches(&verified.fields, stated) { Ok(verified) } else { Err(OpenError::Digest) }
}

/// Reads the fields of a text with halves of surrogate pairs, in the way that matches the digest.
fn read_halves(text: &str, stated: &[u8; 16]) -> Result<Fields, OpenError> {
    let mut furthest = None;
    for stand_in in STAND_INS {
        let object = json::read_object(text, Some(stand_in));
        match object.and_then(|object| Fields::of_object(text.to_owned(), object)) {
            Ok(fields) if digest::matches(&fields, stated) => return Ok(fields),
            // The replacement may make two names equal.
            Ok(_) | Err(JsonError::Duplicate) => furthest = Some(OpenError::LoneSurrogate),
            Err(error) => furthest = furthest.or(Some(error.into())),
        }
    }
    Err(furthest.unwrap_or(OpenError::LoneSurrogate))
}

/// Returns how far an attempt got before it failed.
pub(super) fn rank(error: OpenError) -> u8 {
    match error {
        OpenError::Half | OpenError::Md5Form | OpenError::NotBase64 => 0,
        OpenError::Length => 1,
        OpenError::Undecryptable => 2,
        OpenError::NotUtf8 => 3,
        OpenError::NotJson => 4,
        OpenError::NotObject | OpenError::TooDeep | OpenError::TooManyMembers | OpenError::DuplicateMember => 5,
        OpenError::LoneSurrogate | OpenError::Digest => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::seal_as;

    #[test]
    fn what_deviates_from_the_documentation_is_noted() {
        let key = SignKey::new("A8B5FE540E38A5A9").unwrap();
        let reading =
            |data: &str, md5: &str| open_whole(data, md5, &key, Cipher::Aes128Ecb).ok().map(|opened| opened.reading);
        // The digest of "a".
        let md5 = "0CC175B9C0F1B6A831C399E269772661";
        let sealed = |spaces: usize| {
            let text = format!("{{{}\"a\":\"a\"}}", " ".repeat(spaces));
            seal_as(&text, md5, &key, Cipher::Aes128Ecb).data
        };
        assert_eq!(reading(&sealed(0), md5), Some(Reading::default()));
        let upper_cased = Reading { upper_cased: true, ..Reading::default() };
        assert_eq!(reading(&sealed(0), &md5.to_lowercase()), Some(upper_cased));
        let with_plus = (0..200).map(sealed).find(|data| data.contains('+')).unwrap();
        let spaces_as_plus = Reading { spaces_as_plus: true, ..Reading::default() };
        assert_eq!(reading(&with_plus.replace('+', " "), md5), Some(spaces_as_plus));
    }
}
