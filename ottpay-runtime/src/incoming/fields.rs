//! Checks the fields of a callback: whether each is declared, and has a form that rules out a part of another field.

use ottpay_vocabulary::{id, number};

use crate::envelope::{Alteration, FieldForm, Fields, Value};
use crate::field::parse_date_time;
use crate::redaction::is_plain_name;
use crate::spec::{CallbackInfo, FieldInfo, Kind, Role};

/// The largest number of signs to report; a message may have hundreds of fields.
const MAX_SIGNS: usize = 10;

/// The largest number of digits of a whole number. A block has 16 characters, so a number that has lost one block, or
/// contains part of another field, is longer.
const MAX_DIGITS: usize = 12;

/// The longest order id of a wallet or acquirer. Those on record have 16 to 28 characters, so an id that has absorbed a
/// block is longer.
const MAX_PROVIDER_ID: usize = 31;

/// The declared fields of callbacks: those of the expected callback first, then those of all.
#[derive(Clone, Copy)]
pub(super) struct DeclaredFields<'a> {
    pub(super) own: &'static [FieldInfo],
    pub(super) callbacks: &'a [&'static CallbackInfo],
}

impl<'a> DeclaredFields<'a> {
    pub(super) fn iter(self) -> impl Iterator<Item = &'static FieldInfo> + 'a {
        self.own.iter().chain(self.callbacks.iter().flat_map(|callback| callback.fields))
    }

    fn find(self, name: &str) -> Option<&'static FieldInfo> {
        let find = |fields: &'static [FieldInfo]| fields.iter().find(|field| field.has_name(name));
        find(self.own).or_else(|| self.callbacks.iter().find_map(|callback| find(callback.fields)))
    }
}

/// Finds fields that no genuine callback has in this form.
pub(super) fn find_altered_fields(
    fields: &Fields,
    declared: DeclaredFields<'_>,
    merchant_id: Option<&str>,
) -> Vec<Alteration> {
    let known: Vec<_> = fields.iter().map(|(name, value)| (name, declared.find(name), value)).collect();
    let has = |role: Role| {
        known.iter().any(|(_, field, value)| {
            field.is_some_and(|field| field.role == Some(role)) && value.as_text().is_some_and(|text| !text.is_empty())
        })
    };
    let mut signs = Vec::new();
    for (index, (name, field, value)) in known.iter().copied().enumerate() {
        let Some(field) = field else {
            signs.push(Alteration::Undeclared { name: is_plain_name(name).then(|| name.to_owned()) });
            continue;
        };
        let name = field.name;
        if known.iter().take(index).any(|(_, earlier, _)| earlier.is_some_and(|earlier| earlier.name == name)) {
            signs.push(Alteration::TwoNames { field: name });
        }
        if let Some(expected) = find_wrong_form(field, value) {
            signs.push(Alteration::Form { field: name, expected });
            continue;
        }
        let text = value.as_text().unwrap_or_default();
        if let Some(own) = merchant_id {
            match field.role {
                Some(Role::Merchant) if text != own && !text.is_empty() && text.trim() != own.trim() => {
                    signs.push(Alteration::OtherMerchant);
                }
                // The merchant's id precedes the order id, so this id has absorbed text beyond its end
                // (docs/callbacks.md).
                Some(Role::ProviderOrder) if text.contains(own) => {
                    signs.push(Alteration::MerchantInside { field: name });
                }
                _ => {}
            }
        }
    }
    // Without the merchant, only a time can separate the wallet's order id from the order id, so further rules apply
    // (docs/callbacks.md).
    if !has(Role::Merchant) {
        signs.extend(merchant_id.and_then(|own| find_merchant_in_a_row(fields, own, declared)));
        if has(Role::ProviderOrder) && !has(Role::Time) {
            signs.push(Alteration::NoBorder);
        }
    }
    signs.truncate(MAX_SIGNS);
    signs
}

/// Finds the merchant's id in the concatenated values, and returns the field in which it begins.
fn find_merchant_in_a_row(fields: &Fields, own: &str, declared: DeclaredFields<'_>) -> Option<Alteration> {
    let texts = || fields.iter().map(|(name, value)| (name, value.as_text().unwrap_or_default()));
    // Joined as for the digest, which does not cover the boundaries between the values.
    let all: String = texts().map(|(_, text)| text).collect();
    let begin = all.find(own).filter(|_| !own.is_empty())?;
    let mut end = 0;
    let (name, _) = texts().find(|(_, text)| {
        end += text.len();
        begin < end
    })?;
    declared.find(name).map(|field| Alteration::MerchantInside { field: field.name })
}

/// Returns the form that a field's value should have but does not. An empty string means that the field is absent,
/// unless the field is required.
fn find_wrong_form(field: &FieldInfo, value: Value<'_>) -> Option<FieldForm> {
    let is_number = matches!(field.kind, Kind::Amount | Kind::Integer | Kind::RateE8 | Kind::Decimal);
    let text = match value {
        Value::Null => return None,
        Value::Text(text) => text,
        Value::Number(number) if is_number => number,
        Value::Nested(_) if matches!(field.kind, Kind::Object(_) | Kind::Json) => return None,
        _ => return Some(FieldForm::Scalar),
    };
    if text.is_empty() && !field.required {
        return None;
    }
    let expected = match (field.kind, field.role) {
        (Kind::Amount | Kind::Integer | Kind::RateE8, _) => (!is_whole(value, text)).then_some(FieldForm::WholeNumber),
        (Kind::Decimal, _) => (!is_decimal(text)).then_some(FieldForm::Decimal),
        (Kind::OrderId | Kind::RefundId | Kind::CheckoutId, _) => (!is_id(text)).then_some(FieldForm::Id),
        (Kind::DateTime, _) => (!is_date_time(text)).then_some(FieldForm::DateTime),
        (Kind::Enum(_), _) => (!is_word(text)).then_some(FieldForm::Word),
        (_, Some(Role::ProviderOrder)) => (!is_provider_id(text)).then_some(FieldForm::ProviderId),
        _ => None,
    };
    expected.or_else(|| field.rule(false).check_limits(text).err().map(FieldForm::Limits))
}

/// Whether the value is a whole number: digits, or a JSON number with a fraction of one or two zeros, as some libraries
/// write it.
fn is_whole(value: Value<'_>, text: &str) -> bool {
    let digits = match (value, text.split_once('.')) {
        (Value::Number(_), Some((digits, "0" | "00"))) => digits,
        _ => text,
    };
    is_digits(digits, MAX_DIGITS)
}

fn is_decimal(text: &str) -> bool {
    match text.split_once('.') {
        Some((whole, fraction)) => is_digits(whole, MAX_DIGITS) && is_digits(fraction, MAX_DIGITS),
        None => is_digits(text, MAX_DIGITS),
    }
}

fn is_digits(text: &str, at_most: usize) -> bool {
    text.len() <= at_most && number::is_digits(text)
}

fn is_id(text: &str) -> bool {
    id::check_id(text).is_ok()
}

fn is_provider_id(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (1..=MAX_PROVIDER_ID).contains(&text.len()) && text.bytes().all(is_part)
}

fn is_word(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphabetic() || b"-_ ".contains(&byte);
    (1..=32).contains(&text.len()) && text.bytes().all(is_part)
}

fn is_date_time(text: &str) -> bool {
    // The parser also accepts `1:21:5`, which may have lost a digit.
    let is_whole = |zone: &str| zone.is_empty() || (zone.starts_with(' ') && zone.len() <= 6);
    // `2023-03-23 01:21:53` has 19 characters, and only a zone may follow it.
    let is_padded = !text.contains('-') || text.get(19..).is_some_and(is_whole);
    // A zone name has at most five letters.
    is_padded && text.len() <= 32 && parse_date_time(text).is_some()
}
