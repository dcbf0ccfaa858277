//! A request after it was opened: its action, and what its fields contain by role.

use std::collections::BTreeMap;
use std::time::Duration;

use ottpay::envelope::Fields;
use ottpay::spec::{ActionInfo, FieldInfo, Fill, Kind, Role};
use ottpay::{Amount, Currency, FromField as _};
use ottpay_vocabulary::id::check_id;
use ottpay_vocabulary::number;

/// The longest time that a request can give the buyer, in seconds: ten years.
const MAX_LIFETIME: u64 = 10 * 366 * 86_400;

/// The longest value that an order keeps of its request, in bytes.
const MAX_KEPT_VALUE: usize = 1024;

/// An action, and the fields with which it was called.
#[derive(Clone, Copy)]
pub(super) struct Request<'a> {
    pub(super) info: &'static ActionInfo,
    pub(super) fields: &'a Fields,
}

impl Request<'_> {
    /// The value of the field with this role, unless it is empty.
    pub(super) fn read_role(self, role: Role) -> Option<String> {
        self.read_field(self.info.request_field(role)?)
    }

    /// The id of what the request itself is about, and its role.
    pub(super) fn read_own_id(self) -> Option<(Role, String)> {
        let role = self.info.own_id()?.role?;
        Some((role, self.read_role(role)?))
    }

    /// The id of what the request is about, if it is one: to be shown before anything else of the request is validated.
    pub(super) fn read_shown_id(self) -> Option<String> {
        let roles = [Role::Order, Role::Refund, Role::CheckoutOrder];
        roles.into_iter().find_map(|role| self.read_role(role)).filter(|id| check_id(id).is_ok())
    }

    fn read_field(self, field: &FieldInfo) -> Option<String> {
        self.fields.text(self.find_sent(field).name).filter(|text| !text.is_empty()).map(Into::into)
    }

    /// The amount in the field with this role, or in the field that was sent instead of it.
    pub(super) fn read_amount(self, role: Role) -> Option<Amount> {
        let field = self.info.request_field(role)?;
        let text = self.read_field(self.find_substitute(field).unwrap_or(field))?;
        // An invalid amount has been refused before.
        Amount::from_field(&text).ok()
    }

    /// The currency that the request names.
    pub(super) fn read_currency(self) -> Option<Currency> {
        let field = self.info.request.iter().find(|field| matches!(field.kind, Kind::Currency))?;
        Currency::new(&self.read_field(field)?).ok()
    }

    /// How long the request gives the buyer.
    pub(super) fn read_lifetime(self) -> Option<Duration> {
        let seconds = number::whole(&self.read_role(Role::Lifetime)?)?;
        Some(Duration::from_secs(seconds.min(MAX_LIFETIME)))
    }

    /// The values that its order keeps, by wire name: all but those that are sensitive or long.
    pub(super) fn select_kept_values(self) -> BTreeMap<String, String> {
        let harmless = self.info.request.iter().filter(|field| !field.sensitive);
        let values = harmless.filter_map(|field| Some((field.name.to_owned(), self.read_field(field)?)));
        values.filter(|(_, text)| text.len() <= MAX_KEPT_VALUE).collect()
    }

    /// This field, or its copy if only that was sent: a client may know the field under its other name alone.
    pub(super) fn find_sent(self, field: &FieldInfo) -> &FieldInfo {
        let is_sent = |field: &FieldInfo| self.fields.get(field.name).is_some();
        let is_copy = |other: &FieldInfo| matches!(other.fill, Some(Fill::CopyOf(from)) if from == field.name);
        let copy = || self.info.request.iter().find(|other| is_copy(other) && is_sent(other));
        if is_sent(field) { field } else { copy().unwrap_or(field) }
    }

    /// The field that was sent instead of this one.
    pub(super) fn find_substitute(self, field: &FieldInfo) -> Option<&'static FieldInfo> {
        let replaces = |other: &&FieldInfo| other.instead_of == Some(field.name);
        self.info.request.iter().filter(replaces).find(|other| self.fields.get(other.name).is_some())
    }
}
