//! Opening: `data` and `md5` in, verified fields out, or nothing.

use std::borrow::Cow;
use std::rc::Rc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ottpay_vocabulary::Cipher;

use super::cipher::MessageKey;
use super::digest;
use super::fields::Fields;
use super::json::JsonError;
use super::surrogate;
use crate::SignKey;

/// Why `data` and `md5` could not be opened. Nothing of what was inside is part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// `data` without `md5`, or `md5` without `data`.
    #[error("expected both `data` and `md5`, found one of them")]
    Half,
    /// `md5` is not 32 hex digits.
    #[error("expected 32 hex digits in `md5`")]
    Md5Form,
    /// `data` is not Base64.
    #[error("expected Base64 in `data`; it has other characters, or was cut off")]
    NotBase64,
    /// The length of the decoded `data` is not a positive multiple of 16.
    #[error("expected `data` in whole blocks of 16 bytes; it is empty, or was cut off")]
    Length,
    /// The padding of the decrypted blocks is wrong: another sign key or cipher was used, or the message was altered.
    #[error("`data` does not decrypt: wrong sign key, wrong cipher, or the message was altered")]
    Undecryptable,
    /// The padding is right, and the bytes before it are not UTF-8: text in another character set, or an altered
    /// message. Of the messages under another sign key, one in 256 looks the same.
    #[error("`data` does not decrypt to UTF-8: text in another character set, an altered message, or a wrong sign key")]
    NotUtf8,
    /// The decrypted text is not JSON.
    #[error("`data` decrypts to text that is not JSON")]
    NotJson,
    /// The decrypted JSON is not an object.
    #[error("expected a JSON object inside `data`, found another kind of value")]
    NotObject,
    /// The decrypted object is nested too deep.
    #[error("the object inside `data` is nested more than 16 levels deep")]
    TooDeep,
    /// An object inside `data` has more than 500 members.
    #[error("an object inside `data` has more than 500 members")]
    TooManyMembers,
    /// The decrypted object has two members of one name.
    #[error("the object inside `data` has two members of the same name")]
    DuplicateMember,
    /// A text has half of a surrogate pair, such as `\ud83c`, and the digest is of no reading of it.
    #[error(
        "a text inside `data` has half of a surrogate pair, such as \\ud83c, and `md5` is not the digest with U+FFFD or `?` \
         in its place"
    )]
    LoneSurrogate,
    /// The values do not have the digest that `md5` states.
    #[error("the values inside `data` do not have the digest stated in `md5`: the message was altered")]
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

/// Decrypts `data`, checks it against `md5`, and only then hands out the fields.
///
/// White space in `data` is ignored, or taken as `+` where that is what it was before a form decoder changed it;
/// `md5` may be in lower case. Numbers, `null` and nested values are checked in each form of
/// [`DigestForm`](super::DigestForm). Half of a surrogate pair is read as U+FFFD or as `?`, whichever has the digest.
///
/// # Errors
/// [`OpenError`] says how far the best attempt came.
pub fn open(data: &str, md5: &str, key: &SignKey, cipher: Cipher) -> Result<Fields, OpenError> {
    open_whole(data, md5, key, cipher).map(|opened| opened.fields)
}

/// What a message was opened from, and what came out.
pub(crate) struct Opened {
    /// The encrypted blocks.
    pub(super) ciphertext: Rc<Vec<u8>>,
    /// The JSON text.
    pub(super) plaintext: String,
    pub(crate) fields: Fields,
}

/// Opens like [`open`], and keeps what the fields were read from.
pub(super) fn open_whole(data: &str, md5: &str, key: &SignKey, cipher: Cipher) -> Result<Opened, OpenError> {
    if !is_md5(md5) {
        return Err(OpenError::Md5Form);
    }
    let mut furthest = None;
    for Attempt { bytes, key, .. } in attempts(data, md5, key) {
        let opened = bytes.and_then(|ciphertext| {
            let plaintext = decrypt(&ciphertext, &key, cipher)?;
            let fields = read_verified(&plaintext, md5)?;
            Ok(Opened { ciphertext, plaintext, fields })
        });
        match opened {
            Ok(opened) => return Ok(opened),
            Err(error) if furthest.is_none_or(|best| rank(error) > rank(best)) => furthest = Some(error),
            Err(_) => {}
        }
    }
    Err(furthest.unwrap_or(OpenError::Undecryptable))
}

/// Whether the text has the form of a digest.
pub(super) fn is_md5(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// One reading of `data` and `md5`.
#[cfg_attr(not(feature = "explain"), allow(dead_code, reason = "how it was read matters to people only"))]
pub(super) struct Attempt {
    /// Whether spaces in `data` are read as what a form decoder made of `+`.
    pub(super) is_blank_plus: bool,
    /// `md5` as it enters the key.
    pub(super) md5: String,
    /// `data`, decoded once for each `md5`.
    pub(super) bytes: Result<Rc<Vec<u8>>, OpenError>,
    /// The key made of `md5`.
    pub(super) key: MessageKey,
}

/// Every reading of `data` and `md5` that is tolerated, in the order in which they are tried. The first is nearly always
/// the last: a key is made when its turn comes.
pub(super) fn attempts(data: &str, md5: &str, key: &SignKey) -> impl Iterator<Item = Attempt> {
    let is_blank = |character: char| matches!(character, ' ' | '\t' | '\r' | '\n');
    let stripped: String = data.chars().filter(|&character| !is_blank(character)).collect();
    let mut readings = vec![(false, decode(&stripped))];
    if data.contains(' ') {
        // A space at an end may be a lost `+`, or really a space: both are tried.
        let plus = |text: &str| {
            let kept: String = text.chars().filter(|&character| character == ' ' || !is_blank(character)).collect();
            decode(&kept.replace(' ', "+"))
        };
        readings.push((true, plus(data)));
        readings.push((true, plus(data.trim_matches(is_blank))));
    }
    let upper = Some(md5.to_ascii_uppercase()).filter(|upper| upper != md5);
    readings.into_iter().flat_map(move |(is_blank_plus, bytes)| {
        let bytes = bytes.map(Rc::new);
        let forms = std::iter::once(md5.to_owned()).chain(upper.clone());
        forms.map(move |md5| {
            let key = MessageKey::derive(&md5, key);
            Attempt { is_blank_plus, md5, bytes: bytes.clone(), key }
        })
    })
}

/// The whole blocks that a text is in Base64.
pub(super) fn decode(base64: &str) -> Result<Vec<u8>, OpenError> {
    let bytes = BASE64_STANDARD.decode(base64).map_err(|_| OpenError::NotBase64)?;
    if bytes.is_empty() || bytes.len() % 16 != 0 { Err(OpenError::Length) } else { Ok(bytes) }
}

#[cfg(feature = "explain")]
pub(super) fn verify(ciphertext: &[u8], md5: &str, key: &MessageKey, cipher: Cipher) -> Result<Fields, OpenError> {
    read_verified(&decrypt(ciphertext, key, cipher)?, md5)
}

fn decrypt(ciphertext: &[u8], key: &MessageKey, cipher: Cipher) -> Result<String, OpenError> {
    let plaintext = key.decrypt(cipher, ciphertext).ok_or(OpenError::Undecryptable)?;
    String::from_utf8(plaintext).map_err(|_| OpenError::NotUtf8)
}

/// The fields of a decrypted text, if they have the digest.
fn read_verified(text: &str, md5: &str) -> Result<Fields, OpenError> {
    let readings = readings(text);
    let Chosen { object, error, .. } = choose_reading(&readings, md5).ok_or(OpenError::NotJson)?;
    match error {
        None => Ok(object?),
        Some(error) => Err(error),
    }
}

/// A way to read a decrypted text.
pub(super) struct Reading<'a> {
    /// The JSON text.
    pub(super) text: Cow<'a, str>,
    /// What is put in the place of each half of a surrogate pair, if there is any.
    pub(super) stand_in: Option<&'static str>,
}

/// The text as it is, or, if it has halves of surrogate pairs, with what Node and with what Java puts in their place.
pub(super) fn readings(text: &str) -> Vec<Reading<'_>> {
    let replaced = ["\u{fffd}", "?"].into_iter().filter_map(|stand_in| {
        let text = Cow::Owned(surrogate::replace_halves(text, stand_in)?);
        Some(Reading { text, stand_in: Some(stand_in) })
    });
    let replaced: Vec<_> = replaced.collect();
    if replaced.is_empty() { vec![Reading { text: Cow::Borrowed(text), stand_in: None }] } else { replaced }
}

/// A reading, and what comes of it.
pub(super) struct Chosen<'a, 'b> {
    #[cfg_attr(not(feature = "explain"), allow(dead_code, reason = "how it was read matters to people only"))]
    pub(super) reading: &'a Reading<'b>,
    pub(super) object: Result<Fields, JsonError>,
    /// Why it does not open; nothing if it has the digest.
    pub(super) error: Option<OpenError>,
}

/// The reading that has the digest, else the first that is an object, else the first.
pub(super) fn choose_reading<'a, 'b>(readings: &'a [Reading<'b>], md5: &str) -> Option<Chosen<'a, 'b>> {
    let mut best: Option<Chosen<'_, '_>> = None;
    for reading in readings {
        let object = Fields::parse_object(&reading.text);
        let error = match &object {
            Ok(fields) if digest::matches(fields.members(), md5) => {
                return Some(Chosen { reading, object, error: None });
            }
            // Two names may be the same with a stand-in only.
            Ok(_) | Err(JsonError::Duplicate) if reading.stand_in.is_some() => OpenError::LoneSurrogate,
            Ok(_) => OpenError::Digest,
            Err(error) => OpenError::from(*error),
        };
        if best.as_ref().is_none_or(|best| best.object.is_err() && object.is_ok()) {
            best = Some(Chosen { reading, object, error: Some(error) });
        }
    }
    best
}

/// How far an attempt came before it failed.
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
