//! Likely causes for values that do not have the stated digest: the ways in which senders put them together by mistake.

use md5::{Digest, Md5};
use ottpay_vocabulary::wire::SEALED_MEMBERS;
use zeroize::Zeroizing;

use super::limits::{MAX_DIGESTED, MAX_TRIED};
use super::values::CHANGES;
use super::wording::visible;
use crate::SignKey;
use crate::envelope::digest::DigestForm;
use crate::envelope::json::{self, JsonError, Value};
use crate::envelope::message::Message;

const UNKNOWN: &str = "a value was changed after the digest was made, or the digest is of other values than those in \
                       `data`; compare the values above with those the sender digests, one by one";

/// Why a digest is of no reading of half a surrogate pair.
pub(super) const LONE_SURROGATE: &str = "a text was cut in the middle of an emoji, or of another character that is a pair of \
                                         surrogates; cut texts between whole characters";

/// A form of values in words.
pub(super) fn describe_form(form: DigestForm) -> &'static str {
    match form {
        DigestForm::JavaNullWord => "numbers and lists as Java prints them, null as the word",
        DigestForm::TextNullEmpty => "numbers as written, lists as JSON, null as nothing",
        DigestForm::JavaNullEmpty => "numbers and lists as Java prints them, null as nothing",
        DigestForm::TextNullWord => "numbers as written, lists as JSON, null as the word",
    }
}

/// Why a decrypted text is not a usable object.
pub(super) fn explain_no_object(text: &str, md5: &str, error: JsonError) -> Option<String> {
    Some(match error {
        JsonError::NotObject => match serde_json::from_str::<String>(text) {
            Ok(inner) if json::object(&inner).is_ok() => {
                "the object was written as JSON twice, which made it a string; write it once".to_owned()
            }
            _ => "the fields belong in an object, with their names".to_owned(),
        },
        JsonError::Duplicate => explain_duplicate(text, md5)?,
        JsonError::TooDeep | JsonError::TooMany => "no message of the gateway is like this; is it one?".to_owned(),
        JsonError::NotJson => return None,
    })
}

/// Which name is there twice, and whether the digest fits all the same.
fn explain_duplicate(text: &str, md5: &str) -> Option<String> {
    let mut members = json::object_as_written(text).ok()?;
    members.sort_by(|(a, _), (b, _)| json::code_units(a, b));
    let name = members.windows(2).find_map(|pair| match pair {
        [(a, _), (b, _)] if a == b => Some(visible(a)),
        _ => None,
    })?;
    let fits = |members: &[_]| DigestForm::ALL.iter().any(|form| form.digest(members).eq_ignore_ascii_case(md5));
    let (mut firsts, mut lasts) = (members.clone(), members.clone());
    firsts.dedup_by(|later, earlier| later.0 == earlier.0);
    lasts.reverse();
    lasts.dedup_by(|later, earlier| later.0 == earlier.0);
    lasts.reverse();
    let digest = if fits(&members) {
        "; the digest is of both values"
    } else if fits(&firsts) {
        "; the digest is of the first value only"
    } else if fits(&lasts) {
        "; the digest is of the last value only"
    } else {
        ""
    };
    Some(format!("the member `{name}` is there twice; send it once{digest}"))
}

/// The digest that is sought, and what may still be spent on it.
struct Sought {
    digest: Vec<u8>,
    left: usize,
}

impl Sought {
    fn matches_digest_of(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        let bytes = bytes.as_ref();
        match self.left.checked_sub(bytes.len() + 64) {
            None => self.left = 0,
            Some(left) => {
                self.left = left;
                return *Md5::digest(bytes) == *self.digest;
            }
        }
        false
    }
}

/// Why the digest is another.
pub(super) fn explain_digest(
    text: &str,
    members: &[(String, Value)],
    md5: &str,
    message: &Message,
    key: &SignKey,
) -> String {
    let Ok(digest) = base16ct::mixed::decode_vec(md5) else { return UNKNOWN.to_owned() };
    if text.len() > MAX_TRIED {
        return UNKNOWN.to_owned();
    }
    let sought = &mut Sought { digest, left: MAX_DIGESTED };
    let forms = if members.iter().all(|(_, value)| matches!(value, Value::Text(_))) {
        &[DigestForm::TextNullEmpty][..]
    } else {
        &DigestForm::ALL
    };
    let received = json::object_as_written(text).unwrap_or_default();
    try_whole_text(text, members, sought)
        .or_else(|| forms.iter().find_map(|&form| try_joins(members, &received, form, key, sought)))
        .or_else(|| forms.iter().find_map(|&form| try_changed_values(members, form, sought)))
        .or_else(|| forms.iter().find_map(|&form| try_added_members(members, message, form, sought)))
        .or_else(|| forms.iter().find_map(|&form| try_each_field(members, form, sought)))
        .unwrap_or_else(|| UNKNOWN.to_owned())
}

fn concatenate_values(members: &[(String, Value)], form: DigestForm) -> Vec<u8> {
    members.iter().flat_map(|(_, value)| form.write(value).into_owned().into_bytes()).collect()
}

/// Not of the values at all.
fn try_whole_text(text: &str, members: &[(String, Value)], sought: &mut Sought) -> Option<String> {
    if sought.matches_digest_of(text) || sought.matches_digest_of(text.trim()) {
        return Some("the digest is of the JSON text; it is of the values alone, sorted by name".to_owned());
    }
    let sorted = members.iter().map(|(name, value)| (name.as_str(), value.as_text().unwrap_or_default()));
    if sought.matches_digest_of(json::write_object(sorted)) {
        return Some("the digest is of the sorted JSON text; it is of the values alone".to_owned());
    }
    let once = Md5::digest(concatenate_values(members, DigestForm::TextNullEmpty));
    let twice = [
        base16ct::upper::encode_string(&once).into_bytes(),
        base16ct::lower::encode_string(&once).into_bytes(),
        once.to_vec(),
    ];
    twice
        .iter()
        .any(|bytes| sought.matches_digest_of(bytes))
        .then(|| "the digest was digested once more; take MD5 once".to_owned())
}

/// How names and values are joined: between name and value if names are there, between members, and what is wrong.
const JOINS: [(Option<&str>, &str, &str); 11] = [
    (None, "", ""),
    (Some("="), "&", "the names were put in, as `name=value` joined by `&`; the digest is of the values alone"),
    (
        Some("="),
        "",
        "the names were put in, as `name=value` without anything between; the digest is of the values alone",
    ),
    (Some(""), "", "the names were put in before their values; the digest is of the values alone"),
    (Some(":"), ",", "the names were put in, as `name:value` joined by commas; the digest is of the values alone"),
    (None, ",", "the values are joined by commas; join them without a separator"),
    (None, "&", "the values are joined by `&`; join them without a separator"),
    (None, "|", "the values are joined by `|`; join them without a separator"),
    (None, " ", "the values are joined by spaces; join them without a separator"),
    (None, ";", "the values are joined by semicolons; join them without a separator"),
    (None, "\n", "the values are joined by line breaks; join them without a separator"),
];

/// The right values in another order, with something between, before or after them.
fn try_joins(
    members: &[(String, Value)],
    received: &[(String, Value)],
    form: DigestForm,
    key: &SignKey,
    sought: &mut Sought,
) -> Option<String> {
    let key = key.as_bytes();
    for (order, members) in list_orders(members, received) {
        for (index, (name_end, between, join)) in JOINS.into_iter().enumerate() {
            let parts: Vec<String> = members
                .iter()
                .map(|(name, value)| match name_end {
                    Some(end) => format!("{name}{end}{}", form.write(value)),
                    None => form.write(value).into_owned(),
                })
                .collect();
            let text = parts.join(between).into_bytes();
            let with = |parts: &[&[u8]]| Zeroizing::new(parts.concat());
            let keyed = [
                (None, with(&[&text])),
                (Some("the sign key was put after the values; it enters the key only"), with(&[&text, key])),
                (Some("the sign key was put before the values; it enters the key only"), with(&[key, &text])),
                (
                    Some("`&key=` and the sign key were appended; the sign key enters the key only"),
                    with(&[&text, b"&key=", key]),
                ),
                (
                    Some("the sign key was appended with the separator; it enters the key only"),
                    with(&[&text, between.as_bytes(), key]),
                ),
            ];
            for (extra, bytes) in keyed {
                let faults: Vec<_> = [order, (index > 0).then_some(join), extra].into_iter().flatten().collect();
                if !faults.is_empty() && sought.matches_digest_of(bytes) {
                    return Some(faults.join("; and "));
                }
            }
        }
    }
    None
}

/// What is wrong with an order, and the members in it.
type Order<'a> = (Option<&'static str>, Vec<&'a (String, Value)>);

/// The members in each order, the right one first, each order once.
fn list_orders<'a>(members: &'a [(String, Value)], received: &'a [(String, Value)]) -> Vec<Order<'a>> {
    let sorted_by = |key: fn(&(String, Value)) -> String| {
        let mut members: Vec<_> = members.iter().collect();
        members.sort_by_cached_key(|member| key(member));
        members
    };
    let all = [
        (None, members.iter().collect::<Vec<_>>()),
        (Some("the values are in the order of the members; sort them by name"), received.iter().collect()),
        (
            Some("the names were sorted by code point; sort them by UTF-16 code unit"),
            sorted_by(|(name, _)| name.clone()),
        ),
        (
            Some("the names were sorted without regard to case; sort them by code unit, upper case before lower case"),
            sorted_by(|(name, _)| name.to_lowercase()),
        ),
        (
            Some("the names were sorted by the rules of a language, without regard to `_`; sort them by code unit"),
            sorted_by(|(name, _)| name.to_lowercase().replace(['_', '-'], "")),
        ),
        (Some("the names were sorted downwards; sort them upwards"), members.iter().rev().collect()),
        (
            Some("the values were sorted; sort by name"),
            sorted_by(|(_, value)| value.as_text().unwrap_or_default().into_owned()),
        ),
    ];
    let mut orders: Vec<Order<'_>> = Vec::new();
    for (fault, order) in all {
        if orders.iter().all(|(_, known)| *known != order) {
            orders.push((fault, order));
        }
    }
    orders
}

/// All the values in another form.
fn try_changed_values(members: &[(String, Value)], form: DigestForm, sought: &mut Sought) -> Option<String> {
    let right = concatenate_values(members, form);
    CHANGES.iter().find_map(|change| {
        let bytes: Vec<u8> = members.iter().flat_map(|(_, value)| (change.make)(value, &form.write(value))).collect();
        (bytes != right && sought.matches_digest_of(bytes)).then(|| format!("in the digest, {}", change.fault))
    })
}

/// With members from outside of `data`.
fn try_added_members(
    members: &[(String, Value)],
    message: &Message,
    form: DigestForm,
    sought: &mut Sought,
) -> Option<String> {
    let outer: Vec<_> = message
        .names()
        .filter(|name| !SEALED_MEMBERS.contains(name) && members.iter().all(|(inner, _)| inner != name))
        .filter_map(|name| Some((name.to_owned(), Value::Text(message.text(name)?.to_owned()))))
        .take(20)
        .collect();
    let each = outer.iter().map(std::slice::from_ref);
    each.chain([outer.as_slice()]).find_map(|added| {
        let mut all = [members, added].concat();
        all.sort_by(|(a, _), (b, _)| json::code_units(a, b));
        let names: Vec<_> = added.iter().map(|(name, _)| format!("`{}`", visible(name))).collect();
        (!added.is_empty() && sought.matches_digest_of(concatenate_values(&all, form))).then(|| {
            format!("the digest includes {} from outside of `data`; it is of the values inside only", names.join(", "))
        })
    })
}

/// One field left out, or in another form than the others.
fn try_each_field(members: &[(String, Value)], form: DigestForm, sought: &mut Sought) -> Option<String> {
    let with = |index: usize, other: &[u8]| -> Vec<u8> {
        let before = members.get(..index).unwrap_or_default();
        let after = members.get(index + 1..).unwrap_or_default();
        [concatenate_values(before, form), other.to_vec(), concatenate_values(after, form)].concat()
    };
    for (index, (name, value)) in members.iter().enumerate() {
        if !form.write(value).is_empty() && sought.matches_digest_of(with(index, b"")) {
            return Some(format!(
                "the digest leaves out `{}`: it was added after the digest was made, or was forgotten",
                visible(name)
            ));
        }
    }
    for (index, (name, value)) in members.iter().enumerate() {
        let written = form.write(value);
        for change in CHANGES {
            let other = (change.make)(value, &written);
            if sought.left > 0 && other != written.as_bytes() && sought.matches_digest_of(with(index, &other)) {
                return Some(format!("in the digest, of the field `{}`, {}", visible(name), change.fault));
            }
        }
    }
    None
}
