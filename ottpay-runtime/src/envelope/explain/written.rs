//! The values of a message as text, written once in each form that may be digested.

use std::borrow::Cow;

use md5::{Digest, Md5};

use crate::envelope::digest::{DigestForm, encode_hex};
use crate::envelope::value::Value;

/// Name and value of a field.
pub(super) type Member<'a> = (&'a str, Value<'a>);

/// The values in one form, in the order of the digest.
#[derive(Clone)]
pub(super) struct Written<'a> {
    pub(super) form: DigestForm,
    pub(super) texts: Vec<Cow<'a, str>>,
    pub(super) digest: String,
}

impl<'a> Written<'a> {
    fn new(form: DigestForm, texts: Vec<Cow<'a, str>>) -> Self {
        let md5 = texts.iter().fold(Md5::new(), |md5, text| md5.chain_update(text.as_bytes()));
        Self { form, texts, digest: encode_hex(&md5.finalize()) }
    }
}

/// Returns the values in every form, or in one if all are strings, which are the same in each.
pub(super) fn write_forms<'a>(members: &[Member<'a>]) -> Vec<Written<'a>> {
    let write =
        |form: DigestForm| -> Vec<Cow<'a, str>> { members.iter().map(|(_, value)| form.write(*value)).collect() };
    if members.iter().all(|(_, value)| matches!(value, Value::Text(_))) {
        return vec![Written::new(DigestForm::TextNullEmpty, write(DigestForm::TextNullEmpty))];
    }
    // Long values are written twice instead of four times: the other two forms differ only in `null`.
    let (java, text) = (write(DigestForm::JavaNullWord), write(DigestForm::TextNullEmpty));
    DigestForm::ALL
        .into_iter()
        .map(|form| {
            let same = match form {
                DigestForm::JavaNullWord | DigestForm::JavaNullEmpty => &java,
                DigestForm::TextNullEmpty | DigestForm::TextNullWord => &text,
            };
            let texts = members.iter().zip(same).map(|((_, value), text)| match value {
                Value::Null => form.write(*value),
                _ => text.clone(),
            });
            Written::new(form, texts.collect())
        })
        .collect()
}

/// Keeps one form of each distinct text.
pub(super) fn keep_different<'a>(forms: &'a [Written<'a>]) -> Vec<&'a Written<'a>> {
    let mut different: Vec<&Written<'_>> = Vec::new();
    for form in forms {
        if different.iter().all(|known| known.digest != form.digest) {
            different.push(form);
        }
    }
    different
}
