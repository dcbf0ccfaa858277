//! The stored form of a finished request: its action, its merchant, and its fields as the strings that are sent.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::text::deserialize_text;
use crate::client::Client;
use crate::field::Problem;
use crate::redaction::is_redacted;
use crate::request::{AnyRequest, InvalidRequest, Values, draft_fields};
use crate::spec::{ActionInfo, Effect, FieldInfo};

/// A stored request, to be checked and sent again, for example after a restart.
///
/// When a finished request is serialized with serde, sensitive fields are left out and named in `hidden`; a request
/// with such fields cannot be restored. If the store may contain them, store `request.with_sensitive()` instead.
///
/// [`restore`](Self::restore) checks every rule of the specification again. Send a write twice under the same id only
/// if you know that the first attempt was not carried out.
pub struct StoredRequest {
    action: String,
    merchant_id: String,
    fields: Vec<(String, String)>,
    hidden: Vec<String>,
}

impl StoredRequest {
    /// Returns the client's method that builds the request.
    pub fn action(&self) -> &str {
        &self.action
    }

    /// Returns the merchant of the request.
    pub fn merchant_id(&self) -> &str {
        &self.merchant_id
    }

    /// Restores the finished request as it was, for a client of the same merchant.
    ///
    /// # Errors
    /// [`InvalidRequest`] if it belongs to another action or merchant, if a value was hidden when it was stored, if it
    /// is a write without its own id, or if it violates a rule of the specification. One such case is a URL that
    /// [`Url::plain_http`](crate::Url::plain_http) allowed.
    pub fn restore<R: Restore>(&self, client: &impl AsRef<Client>) -> Result<R, InvalidRequest> {
        self.check(client.as_ref(), R::info()).map(|values| R::from_restored(Restored(values)))
    }

    /// Restores the finished request as it was, with fields that are named at run time.
    ///
    /// # Errors
    /// Those of [`restore`](Self::restore), and `effect` if the action only reads.
    pub fn restore_any(
        &self,
        client: &impl AsRef<Client>,
        info: &'static ActionInfo,
    ) -> Result<AnyRequest, InvalidRequest> {
        self.check(client.as_ref(), info).and_then(AnyRequest::from_checked)
    }

    fn check(&self, client: &Client, info: &'static ActionInfo) -> Result<Values, InvalidRequest> {
        if self.action != info.name {
            return Err(InvalidRequest::for_action(info, "action", Problem::OtherAction));
        }
        if self.merchant_id != client.merchant_id() {
            return Err(InvalidRequest::for_action(info, "merchant_id", Problem::OtherMerchant));
        }
        let has = |names: &[String], field: &FieldInfo| names.iter().any(|name| *name == field.label());
        // Before missing fields are checked, because hidden ones are missing, too.
        if !self.hidden.is_empty() {
            let hidden = info.request.iter().find(|field| has(&self.hidden, field));
            let name = hidden.map_or("hidden", |field| field.name);
            return Err(InvalidRequest::for_action(info, name, Problem::Hidden));
        }
        let is_stored = |field: &FieldInfo| self.fields.iter().any(|(name, _)| *name == field.label());
        let is_own_id = |field: &&FieldInfo| info.effect == Effect::Write && field.is_own_id();
        if let Some(id) = info.request.iter().filter(is_own_id).find(|field| !is_stored(field)) {
            return Err(InvalidRequest::for_action(info, id.name, Problem::Missing));
        }
        // Fields that the client would write itself, but that were left out.
        let omitted = info.request.iter().filter(|field| field.is_written() && field.may_omit && !is_stored(field));
        let omitted: Vec<String> = omitted.map(|field| field.label().into_owned()).collect();
        let stored = self.fields.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        draft_fields(client, info, stored.chain(omitted.iter().map(|name| (name.as_str(), ""))))?.build()
    }
}

/// Shows the names of the fields, never their values.
impl fmt::Debug for StoredRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.fields.iter().map(|(name, _)| name).collect();
        let Self { action, merchant_id, hidden, .. } = self;
        f.debug_struct("StoredRequest")
            .field("action", action)
            .field("merchant_id", merchant_id)
            .field("fields", &names)
            .field("hidden", hidden)
            .finish()
    }
}

/// A finished request that can be restored: one of the generated types that a client sends.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be restored from storage",
    note = "typed requests that a client sends can be, if they have an id by which they can be queried"
)]
pub trait Restore: Sized {
    #[doc(hidden)]
    fn info() -> &'static ActionInfo;

    #[doc(hidden)]
    fn from_restored(checked: Restored) -> Self;
}

/// The values of a stored request, checked again. Only this crate creates one.
#[doc(hidden)]
#[derive(Debug)]
pub struct Restored(Values);

impl Restored {
    /// Returns the values.
    pub fn into_values(self) -> Values {
        self.0
    }
}

/// For generated code: serializes without sensitive values.
pub fn serialize_request<S: Serializer>(values: &Values, serializer: S) -> Result<S::Ok, S::Error> {
    serialize_values(values, false, serializer)
}

pub(super) fn serialize_values<S: Serializer>(
    values: &Values,
    is_whole: bool,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let is_hidden = |field: &FieldInfo, text: &str| !is_whole && (field.sensitive || is_redacted(field.kind, text));
    let (hidden, shown): (Vec<_>, Vec<_>) = values.iter().partition(|(field, text)| is_hidden(field, text));
    let hidden: Vec<String> = hidden.into_iter().map(|(field, _)| field.label().into_owned()).collect();
    let mut out = serializer.serialize_map(Some(MEMBERS.len()))?;
    out.serialize_entry("action", values.info().name)?;
    out.serialize_entry("merchant_id", values.merchant_id())?;
    out.serialize_entry("fields", &ShownFields(shown))?;
    out.serialize_entry("hidden", &hidden)?;
    out.end()
}

const MEMBERS: [&str; 4] = ["action", "merchant_id", "fields", "hidden"];

struct ShownFields<'a>(Vec<(&'static FieldInfo, &'a str)>);

impl Serialize for ShownFields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(field, text)| (field.label(), *text)))
    }
}

/// Serializes without sensitive values.
impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_request(self, serializer)
    }
}

impl<'de> Deserialize<'de> for StoredRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = StoredRequest;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a stored request")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<StoredRequest, A::Error> {
        let (mut action, mut merchant_id, mut fields, mut hidden) = (None, None, None, None);
        while let Some(Text(name)) = map.next_key()? {
            let is_new = match &*name {
                "action" => action.replace(map.next_value::<Text>()?.0).is_none(),
                "merchant_id" => merchant_id.replace(map.next_value::<Text>()?.0).is_none(),
                "fields" => fields.replace(map.next_value::<FieldTexts>()?.0).is_none(),
                "hidden" => hidden.replace(map.next_value::<Names>()?.0).is_none(),
                other => return Err(A::Error::unknown_field(other, &MEMBERS)),
            };
            if !is_new {
                return Err(A::Error::custom(format_args!("duplicate field `{name}`")));
            }
        }
        let missing = A::Error::missing_field;
        Ok(StoredRequest {
            action: action.ok_or_else(|| missing("action"))?,
            merchant_id: merchant_id.ok_or_else(|| missing("merchant_id"))?,
            fields: fields.ok_or_else(|| missing("fields"))?,
            hidden: hidden.ok_or_else(|| missing("hidden"))?,
        })
    }
}

/// A string. The error for any other value does not repeat the value.
struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_text(deserializer, "a value").map(Self)
    }
}

struct FieldTexts(Vec<(String, String)>);

impl<'de> Deserialize<'de> for FieldTexts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Pairs).map(Self)
    }
}

struct Pairs;

impl<'de> Visitor<'de> for Pairs {
    type Value = Vec<(String, String)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of fields")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some((Text(name), Text(text))) = map.next_entry()? {
            pairs.push((name, text));
        }
        Ok(pairs)
    }
}

struct Names(Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Listed).map(Self)
    }
}

struct Listed;

impl<'de> Visitor<'de> for Listed {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of names")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut names = Vec::new();
        while let Some(Text(name)) = items.next_element()? {
            names.push(name);
        }
        Ok(names)
    }
}
