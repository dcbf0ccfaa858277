//! Reads the fields of an opened request by their roles.

use std::collections::BTreeMap;
use std::time::Duration;

use ottpay::envelope::Fields;
use ottpay::spec::{ActionInfo, FieldInfo, Fill, Kind, Role};
use ottpay::{Amount, Currency, FromField as _};
use ottpay_vocabulary::id::check_id;
use ottpay_vocabulary::number;

/// The maximum time that a request can give the buyer, in seconds: ten years.
const MAX_LIFETIME: u64 = 10 * 366 * 86_400;

/// The maximum length of a request's value that an order stores, in bytes.
const MAX_KEPT_VALUE: usize = 1024;

/// An action and the fields of a call.
#[derive(Clone, Copy)]
pub(super) struct Request<'a> {
    pub(super) info: &'static ActionInfo,
    pub(super) fields: &'a Fields,
}

impl Request<'_> {
    /// Returns the value of the field with this role, unless it is empty.
    pub(super) fn read_role(self, role: Role) -> Option<String> {
        self.read_field(self.info.request_field(role)?)
    }

    /// Returns the id of the order, refund or page that the request is about, and its role.
    pub(super) fn read_own_id(self) -> Option<(Role, String)> {
        let role = self.info.own_id()?.role?;
        Some((role, self.read_role(role)?))
    }

    /// Returns the id that the request is about if it is a valid one, for use before the request is validated.
    pub(super) fn read_shown_id(self) -> Option<String> {
        let roles = [Role::Order, Role::Refund, Role::CheckoutOrder];
        roles.into_iter().find_map(|role| self.read_role(role)).filter(|id| check_id(id).is_ok())
    }

    fn read_field(self, field: &FieldInfo) -> Option<String> {
        self.fields.text(self.find_sent(field).name).filter(|text| !text.is_empty()).map(Into::into)
    }

    /// Returns the amount in the field with this role, or in its substitute.
    pub(super) fn read_amount(self, role: Role) -> Option<Amount> {
        let field = self.info.request_field(role)?;
        let text = self.read_field(self.find_substitute(field).unwrap_or(field))?;
        // Invalid amounts have been refused earlier.
        Amount::from_field(&text).ok()
    }

    /// Returns the currency in the request.
    pub(super) fn read_currency(self) -> Option<Currency> {
        let field = self.info.request.iter().find(|field| matches!(field.kind, Kind::Currency))?;
        Currency::new(&self.read_field(field)?).ok()
    }

    /// Returns how long the request gives the buyer to pay.
    pub(super) fn read_lifetime(self) -> Option<Duration> {
        let seconds = number::parse_integer(&self.read_role(Role::Lifetime)?)?;
        Some(Duration::from_secs(seconds.min(MAX_LIFETIME)))
    }

    /// Selects the values that the order stores, by wire name: all except sensitive and long ones.
    pub(super) fn select_kept_values(self) -> BTreeMap<String, String> {
        let harmless = self.info.request.iter().filter(|field| !field.sensitive);
        let values = harmless.filter_map(|field| Some((field.name.to_owned(), self.read_field(field)?)));
        values.filter(|(_, text)| text.len() <= MAX_KEPT_VALUE).collect()
    }

    /// Returns the field itself, or its substitute if only that was sent: a client may know the field only under its
    /// other name.
    pub(super) fn find_sent(self, field: &FieldInfo) -> &FieldInfo {
        let is_sent = |field: &FieldInfo| self.fields.get(field.name).is_some();
        let is_copy = |other: &FieldInfo| matches!(other.fill, Some(Fill::CopyOf(from)) if from == field.name);
        let copy = || self.info.request.iter().find(|other| is_copy(other) && is_sent(other));
        if is_sent(field) { field } else { copy().unwrap_or(field) }
    }

    /// Finds the field that was sent instead of this one.
    pub(super) fn find_substitute(self, field: &FieldInfo) -> Option<&'static FieldInfo> {
        let replaces = |other: &&FieldInfo| other.instead_of == Some(field.name);
        self.info.request.iter().filter(replaces).find(|other| self.fields.get(other.name).is_some())
    }
}
