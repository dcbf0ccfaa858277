//! Field values in the order of the digest, from the first setter to the envelope.

use std::fmt;
use std::sync::Arc;

use super::invalid::InvalidRequest;
use crate::envelope::{measure_object, write_object};
use crate::field::{FieldText, IntoField, Problem};
use crate::redaction::{HIDDEN, redact};
use crate::sender::Sender;
use crate::spec::{ActionInfo, FieldInfo, Fill, Role};

/// The fields of a request, each as the string that is sent. Cheap to clone.
#[derive(Clone)]
pub struct Values(Arc<Parts>);

#[derive(Clone)]
struct Parts {
    info: &'static ActionInfo,
    /// The client's merchant and gateway.
    sender: Arc<Sender>,
    /// The values that the caller has set, concatenated.
    text: String,
    /// One slot for each field of `info.request`, in that order.
    slots: Box<[Slot]>,
}

/// Where the value of a field is stored.
#[derive(Clone, Copy)]
enum Slot {
    /// The field is not sent.
    Absent,
    /// A constant of the specification.
    Constant(&'static str),
    /// The merchant id of the sender.
    Merchant,
    /// A range of bytes in the request's text.
    Text(usize, usize),
}

impl Slot {
    fn is_sent(&self) -> bool {
        !matches!(self, Self::Absent)
    }
}

/// How many bytes are reserved for each field of a request. Most values are shorter, and a URL is longer.
const RESERVED: usize = 16;

impl Values {
    /// Creates the values that the client itself writes: the merchant, the URL of the request, and constants.
    pub(super) fn new(info: &'static ActionInfo, sender: &Arc<Sender>, address: impl Fn() -> Arc<str>) -> Self {
        let mut text = String::with_capacity(RESERVED * info.request.len());
        let written = |field: &FieldInfo| match field.fill {
            _ if !field.required => Slot::Absent,
            Some(Fill::MerchantId) => Slot::Merchant,
            Some(Fill::Endpoint) => {
                let start = text.len();
                text.push_str(&address());
                Slot::Text(start, text.len())
            }
            // The value to copy is not known yet.
            Some(Fill::CopyOf(_)) => Slot::Constant(""),
            None => field.constant.map_or(Slot::Absent, Slot::Constant),
        };
        let slots = info.request.iter().map(written).collect();
        Self(Arc::new(Parts { info, sender: Arc::clone(sender), text, slots }))
    }

    /// Sets the field with this index to what the value writes.
    ///
    /// # Errors
    /// The error of the value. The field is then unchanged.
    pub(super) fn set<T>(&mut self, index: usize, value: &impl IntoField<T>) -> Result<(), Problem> {
        let Parts { text, slots, .. } = Arc::make_mut(&mut self.0);
        let start = text.len();
        // After an error, what was written remains in the text, but no slot refers to it.
        value.write_to(&mut FieldText::new(text))?;
        let end = text.len();
        if let Some(slot) = slots.get_mut(index) {
            *slot = Slot::Text(start, end);
        }
        Ok(())
    }

    /// Sends a constant, or a copy of another field, that is left out by default.
    pub(super) fn write(&mut self, index: usize) {
        // A copy has no constant: `finish` puts its source there.
        let constant = self.info().request.get(index).and_then(|field| field.constant);
        self.put(index, Slot::Constant(constant.unwrap_or_default()));
    }

    /// Leaves out a field that is sent by default.
    pub(super) fn omit(&mut self, index: usize) {
        self.put(index, Slot::Absent);
    }

    fn put(&mut self, index: usize, value: Slot) {
        if let Some(slot) = Arc::make_mut(&mut self.0).slots.get_mut(index) {
            *slot = value;
        }
    }

    /// Checks that this merchant may send the values: the envelope names the sender, and the fields name the merchant
    /// that they were built for. The two must not differ.
    pub(crate) fn check_sender(&self, merchant_id: &str) -> Result<(), InvalidRequest> {
        match self.sender().merchant_id == merchant_id {
            true => Ok(()),
            false => Err(InvalidRequest::for_action(self.info(), "merchant_id", Problem::OtherMerchant)),
        }
    }

    /// Fills in fields that are copies of others, and removes constants that another field replaces.
    pub(super) fn finish(mut self) -> Self {
        let fields = self.info().request;
        for (index, field) in fields.iter().enumerate() {
            if let Some(Fill::CopyOf(name)) = field.fill
                && self.0.slots.get(index).is_some_and(Slot::is_sent)
            {
                let copied = self.sent_fields().find(|(field, _)| field.name == name).map(|(_, slot)| slot);
                if let Some(copied) = copied {
                    self.put(index, copied);
                }
            }
        }
        for (index, field) in fields.iter().enumerate() {
            if field.is_written() && self.find_replacement(field.name).is_some() {
                self.omit(index);
            }
        }
        self
    }

    /// Iterates over the fields that are sent, and where their values are stored.
    fn sent_fields(&self) -> impl Iterator<Item = (&'static FieldInfo, Slot)> {
        self.info().request.iter().zip(self.0.slots.iter().copied()).filter(|(_, slot)| slot.is_sent())
    }

    /// Returns the field that is sent instead of this one, if the caller has set it.
    fn find_replacement(&self, name: &str) -> Option<&'static FieldInfo> {
        self.sent_fields().map(|(field, _)| field).find(|field| field.instead_of == Some(name))
    }

    /// Returns the merchant and gateway of the client that built the request.
    pub(crate) fn sender(&self) -> &Sender {
        &self.0.sender
    }

    /// Returns the action of these fields.
    pub fn info(&self) -> &'static ActionInfo {
        self.0.info
    }

    /// Returns the merchant whose client built the request.
    #[cfg(feature = "serde")]
    pub(crate) fn merchant_id(&self) -> &str {
        &self.0.sender.merchant_id
    }

    /// Returns the value of a field, by its name on the wire.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(field, _)| field.name == name).map(|(_, text)| text)
    }

    /// Iterates over every field that is set, including constants, in the order of the digest.
    pub fn iter(&self) -> impl Iterator<Item = (&'static FieldInfo, &str)> + Clone {
        self.info().request.iter().zip(self.texts()).filter_map(|(field, text)| Some((field, text?)))
    }

    /// Iterates over the values of all fields of the action; `None` for a field that is not sent.
    pub(super) fn texts(&self) -> impl Iterator<Item = Option<&str>> + Clone {
        self.0.slots.iter().map(|slot| self.text_of(*slot))
    }

    fn text_of(&self, slot: Slot) -> Option<&str> {
        match slot {
            Slot::Absent => None,
            Slot::Constant(text) => Some(text),
            Slot::Merchant => Some(&*self.0.sender.merchant_id),
            Slot::Text(start, end) => self.0.text.get(start..end),
        }
    }

    /// Iterates over the fields outside `data`, or those inside it, in the order of the digest.
    pub(crate) fn part(&self, is_outer: bool) -> impl Iterator<Item = (&str, &str)> {
        let part = self.sent_fields().filter(move |(field, _)| field.outer == is_outer);
        part.filter_map(|(field, slot)| Some((field.name, self.text_of(slot)?)))
    }

    /// Returns the length of the fields as a JSON object, if no character needs an escape.
    pub(crate) fn json_len(&self) -> usize {
        let len = |slot| match slot {
            Slot::Text(start, end) => end - start,
            other => self.text_of(other).map_or(0, str::len),
        };
        measure_object(self.sent_fields().map(|(field, slot)| (field.name.len(), len(slot))))
    }

    /// Returns the value of the field with this role, or of the field that is sent in its place.
    pub fn role(&self, role: Role) -> Option<&str> {
        let (_, slot) = self.sent_fields().find(|(field, _)| self.role_of(field) == Some(role))?;
        self.text_of(slot)
    }

    /// Iterates over the roles of the fields that are set.
    pub(crate) fn roles(&self) -> impl Iterator<Item = Role> {
        self.sent_fields().filter_map(|(field, _)| self.role_of(field))
    }

    fn role_of(&self, field: &FieldInfo) -> Option<Role> {
        field.role.or_else(|| {
            let replaced = field.instead_of?;
            self.info().request.iter().find(|other| other.name == replaced)?.role
        })
    }

    /// Returns the id of what the request is about, see [`ActionInfo::own_id`].
    pub fn own_id(&self) -> Option<&str> {
        self.role(self.info().own_id()?.role?).or_else(|| {
            let (_, text) = self.iter().find(|(field, _)| field.is_own_id())?;
            Some(text)
        })
    }

    /// Formats the fields as a JSON object of strings, in the order of the specification. Sensitive values are
    /// included.
    pub fn to_json(&self) -> String {
        write_object(self.iter().map(|(field, text)| (field.name, text)))
    }

    /// Finds the first rule of the specification that the values violate.
    pub(super) fn find_problem(&self, strict: bool) -> Option<(&'static FieldInfo, Problem)> {
        // Usually no field replaces another, and then the search is skipped.
        let has_stand_ins = self.sent_fields().any(|(field, _)| field.instead_of.is_some());
        let stand_in_of = |field: &FieldInfo| if has_stand_ins { self.find_replacement(field.name) } else { None };
        self.iter().find_map(|(field, text)| match stand_in_of(field) {
            Some(other) => Some((other, Problem::Both { other: field.name })),
            None => Some((field, field.check_value(text, strict).err()?)),
        })
    }
}

/// Equal if the action, the sender and every field are equal.
impl PartialEq for Values {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.info(), other.info()) && self.sender() == other.sender() && self.texts().eq(other.texts())
    }
}

impl Eq for Values {}

/// Shows the fields; of a sensitive one only that it is set.
impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct(self.info().action);
        for (field, text) in self.iter() {
            let name = field.label();
            match field.sensitive {
                true => out.field(&name, &HIDDEN),
                false => out.field(&name, &redact(field.kind, text)),
            };
        }
        out.finish()
    }
}
