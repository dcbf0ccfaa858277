//! Replies and callbacks after they have been opened: typed fields for what the specification names, everything else
//! by its name on the wire.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::envelope::{Message, Opened, Value};
use crate::error::excerpt;
use crate::field::{FromField, Problem};
use crate::info::{FieldInfo, Role};

/// A typed reply. The generated types implement it.
pub trait Reply: Sized + Send + 'static {
    /// Reads the typed fields out of a verified message.
    ///
    /// # Errors
    /// [`FieldError`] names the first field that is missing or unreadable.
    fn read(received: Received) -> Result<Self, FieldError>;
}

/// A verified message: the fields that were inside `data`, and the outer members beside it. Cheap to clone.
#[derive(Clone)]
pub struct Received(Arc<Parts>);

struct Parts {
    fields: Opened,
    outer: Outer,
}

impl Received {
    pub(crate) fn new(message: &Message, fields: Opened) -> Self {
        let outer = Outer {
            code: message.code().as_deref().map(excerpt),
            message: message.text("rsp_msg").map(excerpt),
            merchant_id: message.text("merchant_id").map(excerpt),
        };
        Self(Arc::new(Parts { fields, outer }))
    }

    /// Every field that was inside `data`, those that the specification does not know included.
    pub fn fields(&self) -> &Opened {
        &self.0.fields
    }

    /// A field, by its name on the wire.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.fields.get(name)
    }

    /// A field's value as text, by its name on the wire; nothing if it is absent or `null`.
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.0.fields.text(name)
    }

    /// The members beside `data`. Digest and cipher do not cover them.
    pub fn outer(&self) -> &Outer {
        &self.0.outer
    }

    /// The text of a declared field under its name, else under the first alias that is there. Absent, `null` and empty
    /// are the same: they are the same to the digest.
    fn find(&self, field: &FieldInfo) -> Option<Cow<'_, str>> {
        std::iter::once(&field.name)
            .chain(field.aliases)
            .find_map(|name| self.0.fields.text(name).filter(|text| !text.is_empty()))
    }

    /// The text of the field among `fields` that plays this part.
    pub(crate) fn role(&self, fields: &[FieldInfo], role: Role) -> Option<Cow<'_, str>> {
        self.find(fields.iter().find(|field| field.role == Some(role))?)
    }

    /// Reads a field that may be absent. One that cannot be read is as good as absent: an odd exchange rate must not
    /// hide the state of an order. Its text stays in [`Received::text`].
    #[doc(hidden)]
    pub fn optional<T: FromField>(&self, field: &'static FieldInfo) -> Option<T> {
        T::from_field(&self.find(field)?).ok()
    }

    /// Reads a field that must be there.
    ///
    /// # Errors
    /// [`FieldError`] if it is absent or cannot be read. An absent status is the empty word, which says nothing about
    /// the money.
    #[doc(hidden)]
    pub fn required<T: FromField>(&self, field: &'static FieldInfo) -> Result<T, FieldError> {
        let read = match self.find(field) {
            Some(text) => T::from_field(&text),
            None if field.role == Some(Role::Status) => T::from_field(""),
            None => Err(Problem::Missing),
        };
        read.map_err(|problem| FieldError { field: field.name, problem })
    }

    /// Whether the message names another merchant: outside `data`, inside under the name of the envelope, or in the
    /// field that is declared to be the merchant.
    pub(crate) fn is_for_another(&self, merchant_id: &str, declared: &[FieldInfo]) -> bool {
        let named = [
            self.outer().merchant_id().map(Cow::Borrowed),
            self.text("merchant_id"),
            self.role(declared, Role::Merchant),
        ];
        let named = named.iter().flatten().map(|named| named.trim()).filter(|named| !named.is_empty());
        named.into_iter().any(|named| named != merchant_id)
    }

    /// For the `Debug` of generated types: declared fields that are not sensitive with their values, others by name.
    #[doc(hidden)]
    pub fn debug(&self, name: &str, declared: &[FieldInfo], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct(name);
        for (member, value) in self.0.fields.iter() {
            let field = declared.iter().find(|field| field.name == member || field.aliases.contains(&member));
            match (field, value.as_text()) {
                (Some(field), Some(text)) if !field.sensitive => out.field(member, &text),
                (Some(_), None) => out.field(member, &None::<()>),
                _ => out.field(member, &format_args!("(hidden)")),
            };
        }
        out.finish()
    }
}

/// Shows names and kinds, never values.
impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received").field("fields", &self.0.fields).field("outer", &self.0.outer).finish()
    }
}

/// The members beside `data`. **Nothing here is authenticated**: a genuine `data` can be sent again with other values
/// around it. Never settle an order on them. Each is cut at 200 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outer {
    code: Option<String>,
    message: Option<String>,
    merchant_id: Option<String>,
}

impl Outer {
    /// The response code, in upper case.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The text beside the code.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// The merchant id outside `data`.
    pub fn merchant_id(&self) -> Option<&str> {
        self.merchant_id.as_deref()
    }
}

/// A field of a verified message that is missing or cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct FieldError {
    pub(crate) field: &'static str,
    pub(crate) problem: Problem,
}

impl FieldError {
    /// The field's name on the wire.
    pub fn field(&self) -> &'static str {
        self.field
    }

    /// What is wrong with it.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}
