//! The part that a field plays for the payment, whatever its name on the wire.

use std::collections::BTreeMap;

use super::Owner;
use crate::Diagnostics;
use crate::check::{Enum, Field, Kind, choice};
use crate::read::{Located, RawField};

/// Variants of the runtime's `Role`, by their names in the language.
const ROLES: [(&str, Option<&str>); 15] = [
    ("order", Some("Order")),
    ("original_order", Some("OriginalOrder")),
    ("checkout_order", Some("CheckoutOrder")),
    ("provider_order", Some("ProviderOrder")),
    ("amount", Some("Amount")),
    ("tip", Some("Tip")),
    ("fee", Some("Fee")),
    ("refunded", Some("Refunded")),
    ("credential", Some("Credential")),
    ("callback_url", Some("CallbackUrl")),
    ("payment_link", Some("PaymentLink")),
    ("status", Some("Status")),
    ("time", Some("Time")),
    ("merchant", Some("Merchant")),
    ("none", None),
];

/// The role that the file gives, else that of the shared type, else the one that follows from the type: an order id is
/// the order's, and an amount its amount.
pub(super) fn of(
    raw: &RawField,
    kind: Kind,
    shared: Option<&Field>,
    enums: &[Enum],
    owner: &Owner<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<&'static str> {
    let written = raw.constant.as_ref().or(raw.copy_of.as_ref());
    match (&raw.role, written) {
        (Some(role), Some(value)) => {
            let message = format!("a field that is always `{}` plays no role", value.value);
            diagnostics.report(owner.file, role.at, message);
            None
        }
        (Some(role), None) => {
            let found = choice(role, "role", &ROLES, owner.file, diagnostics).flatten()?;
            if raw.kind.is_some() && !fits(found, kind, enums) {
                misfit(role, owner, diagnostics);
            }
            Some(found)
        }
        (None, Some(_)) => None,
        (None, None) => match kind {
            _ if raw.fill.as_ref().is_some_and(|fill| fill.value == "merchant_id") => Some("Merchant"),
            _ if shared.is_some() => shared?.role,
            Kind::OrderId => Some("Order"),
            Kind::Amount => Some("Amount"),
            _ if says_status(kind, enums) => Some("Status"),
            _ => None,
        },
    }
}

fn misfit(role: &Located<String>, owner: &Owner<'_>, diagnostics: &mut Diagnostics) {
    let message = format!("a field of this type cannot play the role `{}`", role.value);
    let help = "amounts play amount, tip, fee and refunded; order ids the orders; a url callback_url; a datetime time; an \
                enum with classes status";
    diagnostics.report_with_help(owner.file, role.at, message, help);
}

/// Whether the type is an enum whose words say something about the money.
fn says_status(kind: Kind, enums: &[Enum]) -> bool {
    matches!(kind, Kind::Enum(index) if enums.get(index).is_some_and(Enum::says_status))
}

/// Whoever looks a field up by its role relies on its type.
fn fits(role: &str, kind: Kind, enums: &[Enum]) -> bool {
    match role {
        "Amount" | "Tip" | "Fee" | "Refunded" => kind == Kind::Amount,
        "Order" | "OriginalOrder" | "CheckoutOrder" => kind == Kind::OrderId,
        "CallbackUrl" => kind == Kind::Url,
        "Time" => kind == Kind::DateTime,
        "Status" => says_status(kind, enums),
        _ => true,
    }
}

/// A part that two fields played would be read from whichever comes first. Amounts of a reply may be several.
pub(super) fn differ(fields: &[Field], owner: &Owner<'_>, diagnostics: &mut Diagnostics) {
    let mut players: BTreeMap<&str, &str> = BTreeMap::new();
    for field in fields {
        let Some(role) = field.role else { continue };
        let received_amount = role == "Amount" && field.is_received();
        if let Some(earlier) = players.insert(role, &field.wire)
            && !received_amount
        {
            let role = ROLES.iter().find(|(_, known)| *known == Some(role)).map_or("", |(name, _)| name);
            let message = format!("{}: `{}` and `{earlier}` both play the role `{role}`", owner.name, field.wire);
            let help = "give one of them another `role:`, or `role: none`";
            diagnostics.report_with_help(owner.file, field.source.at, message, help);
        }
    }
}
