//! What the reply to a query states about a payment, according to the roles of its fields.

use crate::field::{Amount, Currency, FromField, StatusClass};
use crate::redaction::excerpt;
use crate::reply::{FieldError, Received};
use crate::spec::{ActionInfo, FieldInfo, Kind, Role};

/// The content of a reply; values that it does not state are `None`.
#[derive(Debug)]
pub(super) struct Statement {
    pub(super) word: String,
    pub(super) class: StatusClass,
    pub(super) amount: Option<Amount>,
    pub(super) currency: Option<Currency>,
    pub(super) tip: Option<Amount>,
    pub(super) refunded: Option<Amount>,
    pub(super) names_order: bool,
    pub(super) names_merchant: bool,
}

impl Statement {
    /// Reads the stated values.
    ///
    /// # Errors
    /// [`FieldError`] if a stated amount or currency cannot be read.
    pub(super) fn read(own: Role, info: &ActionInfo, received: &Received) -> Result<Self, FieldError> {
        let (word, class) = read_status(info, received);
        let names = |role| received.role(info.reply, role).is_some();
        let amount = |role| read(received, info.reply_field(role));
        Ok(Self {
            word,
            class,
            amount: amount(Role::Amount)?,
            currency: read(received, info.reply.iter().find(|field| matches!(field.kind, Kind::Currency)))?,
            tip: amount(Role::Tip)?,
            refunded: amount(Role::Refunded)?,
            names_order: names(own),
            names_merchant: names(Role::Merchant),
        })
    }
}

fn read_status(info: &ActionInfo, received: &Received) -> (String, StatusClass) {
    let word = received.role(info.reply, Role::Status).unwrap_or_default().to_owned();
    let class = match info.reply_field(Role::Status).map(|field| field.kind) {
        Some(Kind::Enum(words)) => words.classify(&word),
        _ => StatusClass::Unknown,
    };
    (excerpt(&word), class)
}

fn read<T: FromField>(received: &Received, field: Option<&'static FieldInfo>) -> Result<Option<T>, FieldError> {
    field.map_or(Ok(None), |field| received.optional_money(field))
}
