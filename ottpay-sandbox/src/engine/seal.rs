//! Seals replies and callbacks.

use std::collections::BTreeMap;

use ottpay::envelope::{self, DigestForm, Message, Sealed};
use ottpay::spec::{FieldInfo, Kind};
use ottpay_vocabulary::number;

use super::compose::Answer;
use super::request::Request;
use super::state::Engine;
use crate::code;
use crate::json::{Escapes, Member, write_object};
use crate::variation::Variation;

/// Numbers, `null` and line breaks each appear in one of this many messages on average.
const AT_TIMES: u32 = 4;

/// The members of a sealed message, in this order.
const MEMBERS: [&str; 5] = ["rsp_code", "rsp_msg", "merchant_id", "data", "md5"];

/// The length of a line of wrapped Base64, as on the vendor's pages.
const LINE: usize = 60;

/// The digest in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Digest {
    Right,
    /// A wrong digest.
    Wrong,
    /// The digest of unsorted values.
    Unsorted,
}

/// The content of `data` before encryption.
struct Plaintext<'a> {
    members: Vec<(&'a str, Member<'a>)>,
    escapes: Escapes,
    form: DigestForm,
    is_wrapped: bool,
}

impl Engine {
    /// Seals the reply to a request. With a wrong digest it can be decrypted, but not verified.
    pub(super) fn seal_reply(
        &self,
        code: &str,
        request: Request<'_>,
        fields: &Answer,
        digest: Digest,
    ) -> Message<'static> {
        let plaintext = match self.settings.is_tame {
            true => Plaintext::write_plainly(fields),
            false => Plaintext::write_reply(request, fields),
        };
        self.wrap(code, &self.encrypt(&plaintext, digest), plaintext.is_wrapped)
    }

    /// Seals the callback of an order.
    pub(super) fn seal_callback(
        &self,
        order_id: &str,
        fields: &BTreeMap<String, String>,
        digest: Digest,
    ) -> Message<'static> {
        let plaintext = match self.settings.is_tame {
            true => Plaintext::write_plainly(fields),
            false => Plaintext::write_callback(order_id, fields),
        };
        self.wrap(code::SUCCESS, &self.encrypt(&plaintext, digest), plaintext.is_wrapped)
    }

    /// Seals a callback with these fields correctly, but with other, unverified members next to `data`. The members
    /// that all callbacks have stay unchanged.
    pub(super) fn seal_callback_within(
        &self,
        outer: &BTreeMap<String, String>,
        order_id: &str,
        fields: &BTreeMap<String, String>,
    ) -> Message<'static> {
        let genuine = self.seal_callback(order_id, fields, Digest::Right);
        let is_kept = |name: &str| genuine.text(name).is_some();
        let kept = MEMBERS.into_iter().filter_map(|name| Some((name, genuine.text(name)?)));
        let added = outer.iter().map(|(name, text)| (name.as_str(), text.as_str())).filter(|(name, _)| !is_kept(name));
        Message::new(kept.chain(added)).into_owned()
    }

    /// Writes the reply to a request without an envelope.
    pub(super) fn write_plain_reply(&self, request: Request<'_>, fields: &Answer) -> Message<'static> {
        let mut members: Vec<_> = fields.iter().map(|(name, text)| (*name, text)).collect();
        if !self.settings.is_tame {
            vary_reply(request, fields).shuffle(&mut members);
        }
        Message::new(members).into_owned()
    }

    fn encrypt(&self, plaintext: &Plaintext<'_>, digest: Digest) -> Sealed {
        let (key, cipher) = (&self.settings.sign_key, self.settings.cipher);
        let json = plaintext.write();
        // Sealing fails only if an object has too many fields, and no specification has that many.
        let seal = |json: &str, form| {
            envelope::seal_json(json, form, key, cipher).unwrap_or_else(|_| envelope::seal_as(json, "", key, cipher))
        };
        let other = match digest {
            Digest::Right => return seal(&json, plaintext.form),
            Digest::Wrong => {
                // Only the last digit changes, so that the digest has a valid format.
                let right = seal(&json, plaintext.form).md5;
                let (rest, last) = right.split_at_checked(31).unwrap_or_default();
                format!("{rest}{}", if last == "0" { '1' } else { '0' })
            }
            // The digest of a single value covers that value alone.
            Digest::Unsorted => {
                let joined = plaintext.join_unsorted();
                seal(&write_object([("", Member::Text(&joined))], Escapes::None), DigestForm::TextNullEmpty).md5
            }
        };
        envelope::seal_as(&json, &other, key, cipher)
    }

    fn wrap(&self, code: &str, sealed: &Sealed, is_wrapped: bool) -> Message<'static> {
        let data = if is_wrapped { break_lines(&sealed.data) } else { sealed.data.clone() };
        let texts = [code, &code.to_ascii_lowercase(), &self.settings.merchant_id, &data, &sealed.md5];
        Message::new(MEMBERS.into_iter().zip(texts)).into_owned()
    }
}

impl<'a> Plaintext<'a> {
    fn write(&self) -> String {
        write_object(self.members.iter().copied(), self.escapes)
    }

    /// Concatenates the values in the order in which they are written, or in reverse if that order is sorted.
    fn join_unsorted(&self) -> String {
        let text = |(_, value): &(&str, Member<'a>)| match *value {
            Member::Text(text) | Member::Number(text) => text,
            Member::Null => "",
        };
        match self.members.is_sorted_by_key(|(name, _)| *name) {
            true => self.members.iter().rev().map(text).collect(),
            false => self.members.iter().map(text).collect(),
        }
    }

    /// Writes strings only, sorted by name.
    fn write_plainly<N: AsRef<str>>(fields: &'a BTreeMap<N, String>) -> Self {
        let members = fields.iter().map(|(name, text)| (name.as_ref(), Member::Text(text))).collect();
        Self { members, escapes: Escapes::None, form: DigestForm::TextNullEmpty, is_wrapped: false }
    }

    /// Writes unsorted members, sometimes with numbers for amounts and rates and with `null` for absent fields. The
    /// vendor's pages show replies with such numbers, and public clients accept both.
    fn write_reply(request: Request<'_>, fields: &'a Answer) -> Self {
        let mut variation = vary_reply(request, fields);
        let has_numbers = variation.happens_once_in(AT_TIMES);
        let is_java = variation.happens_once_in(2);
        let has_null = variation.happens_once_in(AT_TIMES);
        let is_wrapped = variation.happens_once_in(AT_TIMES);
        let declared = request.info.reply;
        let becomes_number = |name: &str, text: &str| {
            has_numbers && declared.iter().any(|field| field.has_name(name) && is_number(field, text))
        };
        let given = fields.iter().map(|(name, text)| {
            (*name, if becomes_number(name, text) { Member::Number(text) } else { Member::Text(text) })
        });
        let is_absent = |field: &&FieldInfo| !field.required && !fields.keys().any(|name| field.has_name(name));
        let absent = declared.iter().filter(|field| has_null && is_absent(field));
        let mut members: Vec<_> = given.collect();
        variation.shuffle(&mut members);
        // A `null` contributes nothing to the digest, so it must not be the only unsorted member.
        absent.for_each(|field| variation.insert(&mut members, (field.name, Member::Null)));
        let form = if is_java { DigestForm::JavaNullEmpty } else { DigestForm::TextNullEmpty };
        Self { members, escapes: Escapes::Html, form, is_wrapped }
    }

    /// Writes unsorted members. The vendor's sample contains only strings, and no absent fields.
    fn write_callback(order_id: &str, fields: &'a BTreeMap<String, String>) -> Self {
        let mut variation = Variation::from_texts(["callback", order_id]);
        let is_wrapped = variation.happens_once_in(AT_TIMES);
        let mut members: Vec<_> = fields.iter().map(|(name, text)| (name.as_str(), Member::Text(text))).collect();
        variation.shuffle(&mut members);
        Self { members, escapes: Escapes::Html, form: DigestForm::TextNullEmpty, is_wrapped }
    }
}

/// Decides how a reply is written, from the action and the id that the request is about, or else from the fields of the
/// reply.
fn vary_reply(request: Request<'_>, fields: &Answer) -> Variation {
    let id = request.read_own_id().map_or_else(|| fields.values().cloned().collect(), |(_, id)| id);
    Variation::from_texts([request.info.name, &id])
}

/// Returns whether a value can be written as a number: an amount or a rate, without leading zeros.
fn is_number(field: &FieldInfo, text: &str) -> bool {
    let is_whole = text == "0" || (!text.starts_with('0') && number::is_digits(text));
    is_whole && matches!(field.kind, Kind::Amount | Kind::RateE8)
}

/// Wraps Base64 in lines, as on the vendor's pages.
fn break_lines(base64: &str) -> String {
    let mut lines = String::with_capacity(base64.len() + base64.len() / LINE);
    for (at, character) in base64.chars().enumerate() {
        if at > 0 && at.is_multiple_of(LINE) {
            lines.push('\n');
        }
        lines.push(character);
    }
    lines
}
