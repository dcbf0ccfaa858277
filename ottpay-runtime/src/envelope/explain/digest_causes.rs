//! Likely causes for values without the stated digest: the mistakes that senders make when they concatenate values.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest, Md5};
use ottpay_vocabulary::wire::SEALED_MEMBERS;
use zeroize::Zeroizing;

use super::joins::{Order, Values, find_join, find_plain_join, find_surrounded, list_orders};
use super::notation;
use super::search::{Digested, Search};
use super::values::{CHANGES, Change};
use super::wording::escape_controls;
use super::work::Work;
use super::written::{Member, Written, keep_different, write_forms};
use crate::SignKey;
use crate::envelope::digest::DigestForm;
use crate::envelope::fields::Fields;
use crate::envelope::json;
use crate::envelope::json_error::JsonError;
use crate::envelope::message::Message;
use crate::envelope::outer;
use crate::envelope::write::write_object;

const UNKNOWN: &str = "a value was changed after the digest was computed, or the digest is of values other than those \
                       in `data`; compare the values above with those that the sender digests, one by one";

/// Explains a digest that no reading of half a surrogate pair has.
pub(super) const LONE_SURROGATE: &str = "a string was split in the middle of an emoji, or of another character that is \
                                         a pair of surrogates; split strings between whole characters";

/// The largest number of members for which the whole object is written again.
const MAX_REWRITTEN: usize = 100;

/// The largest number of fields for which combinations are tried.
const MAX_COMBINED: usize = 24;

/// Describes a form of values.
pub(super) fn describe_form(form: DigestForm) -> &'static str {
    match form {
        DigestForm::JavaNullWord => "numbers and lists as Java prints them, null as the word",
        DigestForm::TextNullEmpty => "numbers as written, lists as JSON, null as nothing",
        DigestForm::JavaNullEmpty => "numbers and lists as Java prints them, null as nothing",
        DigestForm::TextNullWord => "numbers as written, lists as JSON, null as the word",
    }
}

/// Explains why a decrypted text is not a usable object.
pub(super) fn explain_no_object(text: &str, md5: &str, error: JsonError) -> Option<String> {
    Some(match error {
        JsonError::NotObject => match serde_json::from_str::<String>(text) {
            Ok(inner) if Fields::parse_object(&inner).is_ok() => {
                "the object was written as JSON twice and became a string; write it once".to_owned()
            }
            _ => "put the fields into an object, with their names".to_owned(),
        },
        JsonError::Duplicate => explain_duplicate(text, md5)?,
        JsonError::TooDeep | JsonError::TooMany => "messages of the gateway never look like this; check the source of \
                                                    the body"
            .to_owned(),
        JsonError::NotJson => return None,
    })
}

/// Explains which name is a duplicate, and which of the values were digested.
fn explain_duplicate(text: &str, md5: &str) -> Option<String> {
    let object = json::read_object(text, None).ok()?;
    let text = [text, &object.decoded].concat();
    let members = object.members.iter().map(|member| (member.name.slice(&text), member.value_in(&text)));
    let mut members: Vec<_> = members.collect();
    members.sort_by(|(a, _), (b, _)| json::code_units(a, b));
    let is_same = |a: usize, b: usize| match (members.get(a), members.get(b)) {
        (Some((a, _)), Some((b, _))) => a == b,
        _ => false,
    };
    let name = (1..members.len()).find(|&place| is_same(place - 1, place))?;
    let name = escape_controls(members.get(name).map_or("", |(name, _)| *name));
    let forms = write_forms(&members);
    let fits = |is_kept: &dyn Fn(usize) -> bool| {
        forms.iter().any(|Written { texts, .. }| {
            let kept = texts.iter().enumerate().filter(|(place, _)| is_kept(*place));
            let md5_of_kept = kept.fold(Md5::new(), |md5, (_, text)| md5.chain_update(text.as_bytes()));
            base16ct::upper::encode_string(&md5_of_kept.finalize()).eq_ignore_ascii_case(md5)
        })
    };
    let digest = if fits(&|_| true) {
        "; the digest is of both values"
    } else if fits(&|place| place == 0 || !is_same(place - 1, place)) {
        "; the digest is of the first value only"
    } else if fits(&|place| !is_same(place, place + 1)) {
        "; the digest is of the last value only"
    } else {
        ""
    };
    Some(format!("the object has two members `{name}`; send it once{digest}"))
}

/// Explains why the digest differs.
pub(super) fn explain_digest(
    text: &str,
    members: &[Member<'_>],
    forms: &[Written<'_>],
    message: &Message<'_>,
    key: &SignKey,
    work: &mut Work,
) -> String {
    let md5 = message.text("md5").unwrap_or_default();
    let sender = Sender::new(text, members, forms, message, key);
    let found = Search::new(md5, work).and_then(|mut search| sender.find_cause(&mut search));
    found.unwrap_or_else(|| work.without_cause(UNKNOWN))
}

/// The data from which a sender may have made a digest.
struct Sender<'a> {
    text: &'a str,
    members: &'a [Member<'a>],
    forms: Vec<Form<'a>>,
    /// The names in the order received.
    received: Vec<String>,
    message: &'a Message<'a>,
    key: &'a [u8],
}

/// The values in one form.
struct Form<'a> {
    texts: Vec<&'a [u8]>,
    written: &'a Written<'a>,
    digested: Digested,
}

impl<'a> Sender<'a> {
    fn new(
        text: &'a str,
        members: &'a [Member<'a>],
        forms: &'a [Written<'a>],
        message: &'a Message<'a>,
        key: &'a SignKey,
    ) -> Self {
        // The fields are sorted, so their names are read again in the order received.
        let received = outer::read(text.trim().as_bytes(), Vec::new, |names: &mut Vec<String>, name, _| {
            names.push(outer::decode_lossy(name).into_owned());
        });
        let received = received.unwrap_or_default();
        let forms = keep_different(forms).into_iter().map(|written| {
            let texts: Vec<&[u8]> = written.texts.iter().map(|text| text.as_bytes()).collect();
            Form { digested: Digested::new(&texts), texts, written }
        });
        Self { text, members, forms: forms.collect(), received, message, key: key.as_bytes() }
    }

    /// Likely and cheap causes are tried first.
    fn find_cause(&self, search: &mut Search<'_>) -> Option<String> {
        let orders = list_orders(self.members, &self.received);
        let each = |find: &mut dyn FnMut(&Form<'a>) -> Option<String>| self.forms.iter().find_map(find);
        self.try_whole_text(search)
            .or_else(|| each(&mut |form| self.try_digest_of_digest(form, search)))
            .or_else(|| each(&mut |form| self.try_changed_values(form, search)))
            .or_else(|| each(&mut |form| self.try_joins(form, &orders, search)))
            .or_else(|| each(&mut |form| self.try_added_members(form, search)))
            .or_else(|| each(&mut |form| self.try_left_out(form, search)))
            .or_else(|| each(&mut |form| self.try_missing_values(form, search)))
            .or_else(|| each(&mut |form| self.try_each_field(form, search)))
            .or_else(|| each(&mut |form| self.try_two_left_out(form, search)))
            .or_else(|| each(&mut |form| self.try_changed_and_joined(form, &orders, search)))
    }

    /// Tries digests of something other than the values.
    fn try_whole_text(&self, search: &mut Search<'_>) -> Option<String> {
        const JSON: &str = "the digest is of the JSON text; digest only the values, sorted by name";
        const SORTED: &str = "the digest is of the sorted JSON text; digest only the values";
        let text = self.text.as_bytes();
        if search.is_digest_of(&[]) {
            return Some("the digest is of empty input; digest the values, sorted by name".to_owned());
        }
        if search.is_digest_of(&[text]) || search.is_digest_of(&[text.trim_ascii()]) {
            return Some(JSON.to_owned());
        }
        let keyed: [&[&[u8]]; 4] = [&[text, self.key], &[self.key, text], &[text, b"&key=", self.key], &[text, b"\n"]];
        if keyed.iter().any(|parts| search.is_digest_of(parts)) {
            return Some("the digest is of the JSON text and more; digest only the values, sorted by name".to_owned());
        }
        let base64 = Zeroizing::new(BASE64_STANDARD.encode(text));
        if search.is_digest_of(&[base64.as_bytes()]) {
            return Some("the digest is of the JSON text in Base64; digest only the values, sorted by name".to_owned());
        }
        let texts = self.members.iter().map(|(name, value)| (*name, value.as_text().unwrap_or_default()));
        if search.is_digest_of(&[write_object(texts).as_bytes()]) {
            return Some(SORTED.to_owned());
        }
        let as_received = || -> Vec<Member<'_>> {
            let found = |name: &String| self.members.iter().copied().find(|(member, _)| member == name);
            self.received.iter().filter_map(found).collect()
        };
        if self.members.len() <= MAX_REWRITTEN {
            for (members, cause) in [(self.members.to_vec(), SORTED), (as_received(), JSON)] {
                for notation in notation::OBJECTS {
                    if !search.spend_on_values(members.len(), self.text.len()) {
                        return None;
                    }
                    if search.is_digest_of(&[notation.print_object(&members).as_bytes()]) {
                        return Some(cause.to_owned());
                    }
                }
            }
        }
        let names: Vec<&[u8]> = self.members.iter().map(|(name, _)| name.as_bytes()).collect();
        let only_names = "the digest is of the names; digest only the values, sorted by name";
        search.is_digest_of(&names).then(|| only_names.to_owned())
    }

    /// Tries digests of the digest of the values.
    fn try_digest_of_digest(&self, form: &Form<'_>, search: &mut Search<'_>) -> Option<String> {
        let values = form.digested.as_bytes();
        let once = Md5::digest(values);
        let twice = [
            base16ct::upper::encode_string(&once).into_bytes(),
            base16ct::lower::encode_string(&once).into_bytes(),
            BASE64_STANDARD.encode(once).into_bytes(),
            once.to_vec(),
        ];
        if twice.iter().any(|bytes| search.is_digest_of(&[bytes])) {
            return Some("the digest was digested again; apply MD5 once".to_owned());
        }
        if twice.iter().any(|bytes| search.is_digest_of(&[bytes, self.key]) || search.is_digest_of(&[self.key, bytes]))
        {
            return Some("the digest was digested again with the sign key; apply MD5 to the values once".to_owned());
        }
        if self.has_hmac(values, search) {
            return Some("the digest is HMAC-MD5 with the sign key; use MD5 of the values, without a key".to_owned());
        }
        let base64 = BASE64_STANDARD.encode(values);
        search
            .is_digest_of(&[base64.as_bytes()])
            .then(|| "the values were encoded in Base64 before they were digested; digest them as they are".to_owned())
    }

    /// Whether the digest is HMAC-MD5 of the values under the sign key.
    fn has_hmac(&self, values: &[u8], search: &mut Search<'_>) -> bool {
        // The block size of MD5, to which HMAC extends the key.
        const BLOCK: usize = 64;
        let mut key = Zeroizing::new(match self.key.len() > BLOCK {
            true => Md5::digest(self.key).to_vec(),
            false => self.key.to_vec(),
        });
        key.resize(BLOCK, 0);
        let with = |pad: u8| Zeroizing::new(key.iter().map(|byte| byte ^ pad).collect::<Vec<u8>>());
        if !search.spend_on_values(1, values.len()) {
            return false;
        }
        let inner = Md5::new().chain_update(&*with(0x36)).chain_update(values).finalize();
        search.is_digest_of(&[&with(0x5c), &inner])
    }

    /// Tries other forms of all values.
    fn try_changed_values(&self, form: &Form<'_>, search: &mut Search<'_>) -> Option<String> {
        CHANGES.iter().find_map(|change| {
            let texts = self.change_values(form, change, search)?;
            let fault = Values { members: self.members, texts: &texts, fault: Some(change.fault) };
            find_surrounded(&fault, search).map(|cause| format!("in the digest, {cause}"))
        })
    }

    /// Applies a change to the values; `None` if it changes nothing, or costs too much.
    fn change_values(&self, form: &Form<'_>, change: &Change, search: &mut Search<'_>) -> Option<Vec<Vec<u8>>> {
        if !search.spend_on_values(form.texts.len(), form.digested.as_bytes().len()) {
            return None;
        }
        let written = self.members.iter().zip(&form.written.texts);
        let texts: Vec<Vec<u8>> = written.map(|((_, value), text)| (change.make)(*value, text)).collect();
        (texts != form.texts).then_some(texts)
    }

    /// Tries other orders, and additions between, before or after the values.
    fn try_joins(&self, form: &Form<'_>, orders: &[Order], search: &mut Search<'_>) -> Option<String> {
        find_join(&Values { members: self.members, texts: &form.texts, fault: None }, orders, self.key, search)
    }

    /// Tries members from outside `data` that were included.
    fn try_added_members(&self, form: &Form<'_>, search: &mut Search<'_>) -> Option<String> {
        let is_inside = |name: &str| self.members.binary_search_by(|(inner, _)| json::code_units(inner, name)).is_ok();
        let outer = self.message.names().filter(|name| !SEALED_MEMBERS.contains(name) && !is_inside(name));
        // Anyone may have added members, so only some are tried.
        let mut outer: Vec<(&str, &str)> =
            outer.filter_map(|name| Some((name, self.message.text(name)?))).take(20).collect();
        outer.sort_by(|(a, _), (b, _)| json::code_units(a, b));
        let each = outer.iter().map(std::slice::from_ref);
        each.chain([outer.as_slice()]).find_map(|added| {
            let changes: Vec<(usize, usize, &[u8])> = added
                .iter()
                .map(|(name, text)| {
                    let place = self.members.partition_point(|(inner, _)| json::code_units(inner, name).is_lt());
                    (place, 0, text.as_bytes())
                })
                .collect();
            let names: Vec<_> = added.iter().map(|(name, _)| format!("`{}`", escape_controls(name))).collect();
            (!added.is_empty() && form.digested.has_digest_with(&changes, search)).then(|| {
                format!("the digest includes {} from outside `data`; digest only the values inside", names.join(", "))
            })
        })
    }

    /// Tries one omitted field.
    fn try_left_out(&self, form: &Form<'_>, search: &mut Search<'_>) -> Option<String> {
        let texts = form.texts.iter().enumerate().filter(|(_, text)| !text.is_empty());
        texts.map(|(place, _)| place).find(|&place| form.digested.has_digest_with(&[(place, 1, b"")], search)).map(
            |place| {
                format!(
                    "the digest leaves out `{}`: it was added after the digest was computed, or was forgotten",
                    self.name(place)
                )
            },
        )
    }

    /// Tries a word in place of each of up to three values that are not sent.
    fn try_missing_values(&self, form: &Form<'_>, search: &mut Search<'_>) -> Option<String> {
        let last = form.texts.len();
        let cause = |word: &str| {
            format!(
                "the word `{word}` was digested for a field that is not sent; omit the field from the digest too, and \
                 check how missing values become strings"
            )
        };
        for word in ["undefined", "null", "None", "nil", "NULL", "NaN", "false", "[]", "{}", "\"\""] {
            let with = |places: &[usize], search: &mut Search<'_>| {
                let changes: Vec<(usize, usize, &[u8])> =
                    places.iter().map(|place| (*place, 0, word.as_bytes())).collect();
                form.digested.has_digest_with(&changes, search)
            };
            if (0..=last).any(|place| with(&[place], search)) {
                return Some(cause(word));
            }
            // The number of pairs and triples grows with the square and the cube of the number of fields.
            if last > MAX_COMBINED || !matches!(word, "undefined" | "null" | "None") {
                continue;
            }
            let is_found = (0..=last).any(|first| {
                (first..=last).any(|second| {
                    with(&[first, second], search) || (second..=last).any(|third| with(&[first, second, third], search))
                })
            });
            if is_found {
                return Some(cause(word));
            }
        }
        None
    }

    /// Tries another form of one field.
    fn try_each_field(&self, form: &Form<'_>, search: &mut Search<'_>) -> Option<String> {
        for change in CHANGES {
            for (place, ((_, value), text)) in self.members.iter().zip(&form.written.texts).enumerate() {
                if !search.spend_on_values(1, text.len()) {
                    return None;
                }
                let other = (change.make)(*value, text);
                if other != text.as_bytes() && form.digested.has_digest_with(&[(place, 1, &other)], search) {
                    return Some(format!("in the digest, for the field `{}`, {}", self.name(place), change.fault));
                }
            }
        }
        None
    }

    /// Tries two omitted fields.
    fn try_two_left_out(&self, form: &Form<'_>, search: &mut Search<'_>) -> Option<String> {
        let places: Vec<usize> = (0..form.texts.len()).collect();
        for &first in &places {
            for &second in places.get(first + 1..).unwrap_or_default() {
                if search.is_over() {
                    return None;
                }
                if form.digested.has_digest_with(&[(first, 1, b""), (second, 1, b"")], search) {
                    let names = [first, second].map(|place| format!("`{}`", self.name(place)));
                    return Some(format!(
                        "the digest leaves out {}: they were added after the digest was computed, or were forgotten",
                        names.join(" and ")
                    ));
                }
            }
        }
        None
    }

    /// Tries other forms of all values in another order or with a separator.
    fn try_changed_and_joined(&self, form: &Form<'_>, orders: &[Order], search: &mut Search<'_>) -> Option<String> {
        CHANGES.iter().find_map(|change| {
            let texts = self.change_values(form, change, search)?;
            find_plain_join(&Values { members: self.members, texts: &texts, fault: Some(change.fault) }, orders, search)
        })
    }

    fn name(&self, place: usize) -> String {
        self.members.get(place).map_or_else(String::new, |(name, _)| escape_controls(name))
    }
}
