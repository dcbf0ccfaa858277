//! A received message: the fields by their names on the wire, and the members outside `data`.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::encoding::decode_text;
use crate::envelope::{Fields, Message, Value};
use crate::field::{FromField, Problem};
use crate::redaction::{HIDDEN, MAX_EXCERPT, excerpt, push_excerpt, redact};
use crate::spec::{Encoding, FieldInfo, Kind, ObjectInfo, Role};

/// A received message: its fields, and the members outside `data`. Cheap to clone.
///
/// The fields of a reply or callback in the envelope have been verified. A message without an envelope proves nothing
/// by itself; the documentation of the types that provide one says so.
#[derive(Clone)]
pub struct Received(Arc<Parts>);

struct Parts {
    fields: Fields,
    outer: Outer,
}

impl Received {
    pub(crate) fn new(message: &Message<'_>, fields: Fields) -> Self {
        Self(Arc::new(Parts { fields, outer: Outer::new(message) }))
    }

    /// Wraps fields without outer members.
    pub(crate) fn from_fields(fields: Fields) -> Self {
        Self(Arc::new(Parts { fields, outer: Outer::default() }))
    }

    /// Returns all fields, including those that the specification does not declare.
    pub fn fields(&self) -> &Fields {
        &self.0.fields
    }

    /// Returns a field by its name on the wire.
    pub fn get(&self, name: &str) -> Option<Value<'_>> {
        self.0.fields.get(name)
    }

    /// Returns a field's value as a string, by its name on the wire; `None` if it is absent or `null`.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.fields.text(name)
    }

    /// Returns the members outside `data`. Digest and cipher do not protect them.
    pub fn outer(&self) -> &Outer {
        &self.0.outer
    }

    /// Finds the value of a declared field under its name, or else under the first alias that is present. Absent,
    /// `null` and empty are the same, as they are for the digest.
    pub(super) fn find(&self, field: &FieldInfo) -> Option<&str> {
        let find = |name: &str| self.0.fields.text(name).filter(|text| !text.is_empty());
        find(field.name).or_else(|| field.aliases.iter().find_map(|name| find(name)))
    }

    fn value<T: FromField>(field: &FieldInfo, text: &str) -> Result<T, Problem> {
        match field.encoding {
            Encoding::Base64 => T::from_field(&decode_text(text).ok_or(Problem::NotBase64)?),
            Encoding::Plain => T::from_field(text),
        }
    }

    /// Returns the value of the field among `fields` that has this role. Absent, `null` and empty are the same.
    pub fn role(&self, fields: &[FieldInfo], role: Role) -> Option<&str> {
        self.find(fields.iter().find(|field| field.role == Some(role))?)
    }

    /// Reads an optional field. An unreadable value counts as absent: an odd URL must not hide the state of an order.
    /// The string is available from [`Received::text`].
    pub(super) fn read_optional<T: FromField>(&self, field: &'static FieldInfo) -> Option<T> {
        Self::value(field, self.find(field)?).ok()
    }

    /// Reads an optional field of money: `None` only if it is absent, `null` or empty.
    ///
    /// # Errors
    /// [`FieldError`] if it cannot be read.
    #[doc(hidden)]
    pub fn optional_money<T: FromField>(&self, field: &'static FieldInfo) -> Result<Option<T>, FieldError> {
        let read = self.find(field).map(|text| Self::value(field, text)).transpose();
        read.map_err(|problem| FieldError { field: field.name, problem })
    }

    /// Reads a required field.
    ///
    /// # Errors
    /// [`FieldError`] if it is absent or cannot be read. An absent status counts as an empty value, which states
    /// nothing about the money.
    pub(super) fn read_required<T: FromField>(&self, field: &'static FieldInfo) -> Result<T, FieldError> {
        let read = match self.find(field) {
            Some(text) => Self::value(field, text),
            None if field.role == Some(Role::Status) => T::from_field(""),
            None => Err(Problem::Missing),
        };
        read.map_err(|problem| FieldError { field: field.name, problem })
    }

    /// Checks that a required string is present.
    ///
    /// # Errors
    /// [`FieldError`] if it is not, by the same rules as [`Received::read_required`].
    pub(super) fn check_presence(&self, field: &'static FieldInfo) -> Result<(), FieldError> {
        match self.find(field).is_some() || field.role == Some(Role::Status) {
            true => Ok(()),
            false => Err(FieldError { field: field.name, problem: Problem::Missing }),
        }
    }

    /// Checks that a declared field is present if it is required, and readable if it is present.
    ///
    /// # Errors
    /// [`FieldError`] if it is not.
    pub fn check_field(&self, field: &'static FieldInfo) -> Result<(), FieldError> {
        let read = match self.find(field) {
            Some(text) => Self::value::<String>(field, text).and_then(|text| check_received(field, &text)),
            None if field.required && field.role != Some(Role::Status) => Err(Problem::Missing),
            None => Ok(()),
        };
        read.map_err(|problem| FieldError { field: field.name, problem })
    }

    /// Returns the first other merchant that the message names: outside `data`, inside `data` under the name that the
    /// envelope uses, or in a field with the role of the merchant. A declared field with the envelope's name but
    /// another role is not compared.
    pub(crate) fn other_merchant<'f>(
        &self,
        own: &str,
        declared: impl IntoIterator<Item = &'f FieldInfo>,
    ) -> Option<String> {
        // First compared as they are, because they are nearly always the same.
        let is_other = |named: &&str| *named != own && !named.trim().is_empty() && named.trim() != own.trim();
        let outside = self.outer().merchant_id().filter(is_other);
        let mut inside = self.text("merchant_id").filter(is_other);
        let mut declared_one = None;
        for field in declared {
            if field.role == Some(Role::Merchant) {
                declared_one = declared_one.or_else(|| self.find(field).filter(is_other));
            } else if field.name == "merchant_id" {
                // `MAPPPAY` has such a field, which its page calls an order id of the acquirer
                // (docs/vendor-differences.md).
                inside = None;
            }
        }
        outside.or(inside).or(declared_one).map(|named| excerpt(named.trim()))
    }

    /// For the `Debug` of generated types: shows declared fields that are not sensitive with their values, others by
    /// name only.
    pub(super) fn fmt_debug(&self, name: &str, declared: &[FieldInfo], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct(name);
        for (member, value) in self.0.fields.iter() {
            let field = declared.iter().find(|field| field.has_name(member));
            match (field, value.as_text()) {
                (Some(FieldInfo { sensitive: false, kind: Kind::Object(info), .. }), Some(text)) => {
                    out.field(member, &Nested { info, text })
                }
                (Some(field), Some(text)) if !field.sensitive => out.field(member, &redact(field.kind, text)),
                (Some(_), None) => out.field(member, &None::<()>),
                _ => out.field(member, &HIDDEN),
            };
        }
        out.finish()
    }
}

/// An object inside a field, for `Debug`.
struct Nested<'a> {
    info: &'static ObjectInfo,
    text: &'a str,
}

impl fmt::Debug for Nested<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match parse_object(self.text) {
            Ok(object) => object.fmt_debug(self.info.name, self.info.fields, f),
            Err(_) => HIDDEN.fmt(f),
        }
    }
}

/// Parses the object in a field, which is JSON or a string that contains JSON.
pub(crate) fn parse_object(text: &str) -> Result<Received, Problem> {
    Fields::parse_object(text).map(Received::from_fields).map_err(|_| Problem::NotAnObject)
}

/// Checks that a received value can be read as its declared type.
fn check_received(field: &FieldInfo, text: &str) -> Result<(), Problem> {
    match field.kind {
        Kind::Object(info) => check_object(info, text),
        _ => field.rule(false).check_received(text).map_err(Problem::Value),
    }
}

/// Checks that a value is the declared object.
fn check_object(info: &'static ObjectInfo, text: &str) -> Result<(), Problem> {
    let object = parse_object(text)?;
    info.fields.iter().try_for_each(|field| object.check_field(field)).map_err(FieldError::into_problem)
}

/// For code that records any reply, whatever its type.
impl AsRef<Self> for Received {
    fn as_ref(&self) -> &Self {
        self
    }
}

/// Shows names and types of the fields, never their values.
impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received").field("fields", &self.0.fields).field("outer", &self.0.outer).finish()
    }
}

/// The members outside `data`. **Nothing here is authenticated**: a genuine `data` can be sent again with other values
/// around it. Never settle an order by them. Each is truncated to 200 characters.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Outer {
    /// All of them, concatenated.
    text: String,
    code: Option<Range<usize>>,
    message: Option<Range<usize>>,
    merchant_id: Option<Range<usize>>,
}

/// Shows the code, and whether there is a text. The text is hidden because it may repeat what was sent to the gateway.
impl fmt::Debug for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outer")
            .field("code", &self.code())
            .field("message", &self.message().map(|_| HIDDEN))
            .field("merchant_id", &self.merchant_id())
            .finish()
    }
}

impl Outer {
    fn new(message: &Message<'_>) -> Self {
        let code = message.code();
        let members = [code.as_deref(), message.text("rsp_msg"), message.text("merchant_id")];
        let mut text =
            String::with_capacity(members.iter().flatten().map(|member| member.len().min(MAX_EXCERPT)).sum());
        let [code, message, merchant_id] = members.map(|member| {
            let start = text.len();
            push_excerpt(member?, &mut text);
            Some(start..text.len())
        });
        Self { text, code, message, merchant_id }
    }

    fn slice(&self, place: &Option<Range<usize>>) -> Option<&str> {
        self.text.get(place.clone()?)
    }

    /// Returns the response code, in upper case.
    pub fn code(&self) -> Option<&str> {
        self.slice(&self.code)
    }

    /// Returns the text that accompanies the code.
    pub fn message(&self) -> Option<&str> {
        self.slice(&self.message)
    }

    /// Returns the merchant id outside `data`.
    pub fn merchant_id(&self) -> Option<&str> {
        self.slice(&self.merchant_id)
    }
}

/// A received field that is missing or cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct FieldError {
    pub(crate) field: &'static str,
    pub(crate) problem: Problem,
}

impl FieldError {
    /// Converts the error of a member to the problem of the field that contains it.
    pub(super) fn into_problem(self) -> Problem {
        Problem::Inside { member: self.field, problem: Box::new(self.problem) }
    }

    /// Returns the field's name on the wire.
    pub fn field(&self) -> &'static str {
        self.field
    }

    /// Returns the problem of the field.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}
