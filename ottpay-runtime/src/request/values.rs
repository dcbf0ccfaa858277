//! Field values in the order of the digest, from the first setter to the envelope.

use std::fmt;
use std::sync::Arc;

use super::invalid::InvalidRequest;
use crate::envelope::write_object;
use crate::field::Problem;
use crate::redaction::{HIDDEN, redact};
use crate::sender::Sender;
use crate::spec::{ActionInfo, FieldInfo, Fill, Role};

/// The fields of one request, each as the text that is sent.
#[derive(Clone)]
pub struct Values {
    pub(super) info: &'static ActionInfo,
    /// Whose client made them.
    sender: Arc<Sender>,
    /// One slot for each field of `info.request`, in that order.
    pub(super) slots: Box<[Option<String>]>,
}

impl Values {
    /// With what the client writes by itself: the merchant, the address that the request goes to, and constants.
    pub(super) fn new(info: &'static ActionInfo, sender: &Arc<Sender>, address: &str) -> Self {
        let written = |field: &FieldInfo| match field.fill {
            _ if !field.required => None,
            Some(Fill::MerchantId) => Some(sender.merchant_id.clone()),
            Some(Fill::Endpoint) => Some(address.to_owned()),
            // The value is not there yet.
            Some(Fill::CopyOf(_)) => Some(String::new()),
            None => field.constant.map(str::to_owned),
        };
        let slots = info.request.iter().map(written).collect();
        Self { info, sender: Arc::clone(sender), slots }
    }

    /// Whether this merchant may send them: the envelope names the sender, and the fields the one they were made for.
    pub(crate) fn check_sender(&self, merchant_id: &str) -> Result<(), InvalidRequest> {
        match self.sender.merchant_id == merchant_id {
            true => Ok(()),
            false => Err(InvalidRequest::for_action(self.info, "merchant_id", Problem::OtherMerchant)),
        }
    }

    /// With the copies that fields are of each other, and without constants that another field replaces.
    pub(super) fn finished(mut self) -> Self {
        let fields = self.info.request;
        for (index, field) in fields.iter().enumerate() {
            let copied = match field.fill {
                Some(Fill::CopyOf(name)) => self.get(name).map(str::to_owned),
                _ => None,
            };
            if let Some(slot) = self.slots.get_mut(index).filter(|slot| slot.is_some() && copied.is_some()) {
                *slot = copied;
            }
        }
        let replaced: Vec<&str> = self.iter().filter_map(|(field, _)| field.instead_of).collect();
        for (field, slot) in fields.iter().zip(&mut self.slots) {
            if field.is_written() && replaced.contains(&field.name) {
                *slot = None;
            }
        }
        self
    }

    /// The field that is sent instead of this one, if the caller has set it.
    fn stands_in_for(&self, name: &str) -> Option<&'static FieldInfo> {
        self.iter().map(|(field, _)| field).find(|field| field.instead_of == Some(name))
    }

    /// Whose client made them.
    pub(crate) fn sender(&self) -> &Sender {
        &self.sender
    }

    /// The action these fields belong to.
    pub fn info(&self) -> &'static ActionInfo {
        self.info
    }

    /// The merchant whose client made them.
    #[cfg(feature = "serde")]
    pub(crate) fn merchant_id(&self) -> &str {
        &self.sender.merchant_id
    }

    /// The text of a field, by its name on the wire.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(field, _)| field.name == name).map(|(_, text)| text)
    }

    /// Every field that is set, constants included, in the order of the digest.
    pub fn iter(&self) -> impl Iterator<Item = (&'static FieldInfo, &str)> + Clone {
        self.info.request.iter().zip(&self.slots).filter_map(|(field, slot)| Some((field, slot.as_deref()?)))
    }

    /// The text of the field that plays this part, or that is sent in place of the one that does.
    pub fn role(&self, role: Role) -> Option<&str> {
        self.iter().find(|(field, _)| self.role_of(field) == Some(role)).map(|(_, text)| text)
    }

    /// The parts that the set fields play.
    pub(crate) fn roles(&self) -> impl Iterator<Item = Role> {
        self.iter().filter_map(|(field, _)| self.role_of(field))
    }

    fn role_of(&self, field: &FieldInfo) -> Option<Role> {
        let replaced = || self.info.request.iter().find(|other| Some(other.name) == field.instead_of)?.role;
        field.role.or_else(replaced)
    }

    /// The id of what the request itself is about, see [`ActionInfo::own_id`].
    pub fn own_id(&self) -> Option<&str> {
        self.role(self.info.own_id()?.role?).or_else(|| {
            let (_, text) = self.iter().find(|(field, _)| field.is_own_id())?;
            Some(text)
        })
    }

    /// The fields as a JSON object of strings, in the order of the specification; nothing in it is hidden.
    pub fn to_json(&self) -> String {
        write_object(self.iter().map(|(field, text)| (field.name, text)))
    }

    /// The first rule of the specification that the values break.
    pub(super) fn problem(&self, strict: bool) -> Option<(&'static FieldInfo, Problem)> {
        self.iter().find_map(|(field, text)| match self.stands_in_for(field.name) {
            Some(other) => Some((other, Problem::Both { other: field.name })),
            None => Some((field, field.check_value(text, strict).err()?)),
        })
    }
}

/// Equal if the action, the sender and every field are.
impl PartialEq for Values {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.info, other.info) && self.sender == other.sender && self.slots == other.slots
    }
}

impl Eq for Values {}

/// Shows the fields; of a sensitive one only that it is set.
impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct(self.info.action);
        for (field, text) in self.iter() {
            // A field may travel beside `data` and inside it under one name.
            let name = if field.outer { &format!("outer {}", field.name) } else { field.name };
            match field.sensitive {
                true => out.field(name, &HIDDEN),
                false => out.field(name, &redact(field.kind, text)),
            };
        }
        out.finish()
    }
}
