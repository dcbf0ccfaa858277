//! The role of a field in the payment, whatever its name on the wire.

use std::collections::BTreeMap;

use ottpay_vocabulary::{ChosenRole, Role, WordSet as _};

use super::owner::Owner;
use crate::check::choice::parse_choice;
use crate::check::model::{Enum, Field, Kind};
use crate::diagnostic::{Diagnostics, Mistake};
use crate::read::{Located, RawField};

/// Returns the field's own role, else that of the shared type, else the one that its type implies: an id identifies
/// what the message is about, and an amount is its amount.
pub(super) fn parse_role(
    raw: &RawField,
    known: Option<(Kind, Option<&Field>)>,
    enums: &[Enum],
    diagnostics: &mut Diagnostics,
) -> Option<Role> {
    let (kind, shared) = known.unwrap_or((Kind::Text, None));
    let written = raw.constant.as_ref().or(raw.copy_of.as_ref());
    match (&raw.role, written) {
        (Some(role), Some(value)) => {
            let message = match raw.constant {
                Some(_) => {
                    format!("the field `{}` is always `{}`, so it cannot have a role", raw.wire.value, value.value)
                }
                None => format!("the field `{}` repeats `{}`, which already has the role", raw.wire.value, value.value),
            };
            diagnostics.report(Mistake::Contradiction, &role.at, message, "remove it");
            None
        }
        (Some(role), None) => {
            let of = format!(" of the field `{}`", raw.wire.value);
            let found = parse_choice(role, "role", &of, ChosenRole::WORDS, diagnostics)?.0?;
            if let Some(replaced) = &raw.instead_of {
                let (wire, replaced) = (&raw.wire.value, &replaced.value);
                let message = format!("the field `{wire}` replaces `{replaced}`, which already has the role");
                diagnostics.report(Mistake::Contradiction, &role.at, message, "remove it");
                return None;
            }
            if known.is_some_and(|(kind, _)| !fits_role(found, kind, enums)) {
                report_misfit(raw, role, diagnostics);
            }
            Some(found)
        }
        (None, Some(_)) => None,
        (None, None) => match kind {
            _ if raw.fill.as_ref().is_some_and(|fill| fill.value == "merchant_id") => Some(Role::Merchant),
            // The replaced field has the role.
            _ if raw.instead_of.is_some() => None,
            _ if shared.is_some() => shared?.role,
            Kind::OrderId => Some(Role::Order),
            Kind::RefundId => Some(Role::Refund),
            Kind::CheckoutId => Some(Role::CheckoutOrder),
            Kind::Amount => Some(Role::Amount),
            _ if says_status(kind, enums) => Some(Role::Status),
            _ => None,
        },
    }
}

fn report_misfit(raw: &RawField, role: &Located<String>, diagnostics: &mut Diagnostics) {
    let message =
        format!("the field `{}` cannot have the role `{}`, which needs another type", raw.wire.value, role.value);
    let help = "possible roles are amount, tip, fee and refunded for an amount; order and original_order for an \
                order_id; refund for a refund_id; checkout_order for a checkout_id; callback_url and return_url for a \
                url; time, created and expires for a datetime; lifetime for an integer; exchange_rate for a decimal; \
                status for an enum with classes";
    diagnostics.report(Mistake::RoleMismatch, &role.at, message, help);
}

/// Whether the type is an enum whose values have status classes.
fn says_status(kind: Kind, enums: &[Enum]) -> bool {
    matches!(kind, Kind::Enum(index) if enums.get(index).is_some_and(Enum::says_status))
}

/// Whether a type suits a role: code that finds a field by its role relies on its type.
fn fits_role(role: Role, kind: Kind, enums: &[Enum]) -> bool {
    match role {
        Role::Amount | Role::Tip | Role::Fee | Role::Refunded => kind == Kind::Amount,
        Role::Order | Role::OriginalOrder => kind == Kind::OrderId,
        Role::Refund => kind == Kind::RefundId,
        Role::CheckoutOrder => kind == Kind::CheckoutId,
        Role::CallbackUrl | Role::ReturnUrl => kind == Kind::Url,
        Role::Time | Role::Created | Role::Expires => kind == Kind::DateTime,
        Role::Lifetime => kind == Kind::Integer,
        Role::ExchangeRate => kind == Kind::Decimal,
        Role::Status => says_status(kind, enums),
        Role::ProviderOrder
        | Role::Credential
        | Role::Delivery
        | Role::PaymentLink
        | Role::Merchant
        | Role::Remark
        | Role::Issued => true,
    }
}

/// Rejects a second field with the same role, because code would use whichever comes first. A reply may have several
/// amounts, and several issued ids.
pub(super) fn reject_duplicate_roles(fields: &[Field], owner: &Owner<'_>, diagnostics: &mut Diagnostics) {
    let mut players: BTreeMap<Role, &Field> = BTreeMap::new();
    for field in fields {
        let Some(role) = field.role else { continue };
        let may_repeat = matches!(role, Role::Amount | Role::Issued) && field.is_received();
        if let Some(earlier) = players.insert(role, field)
            && !may_repeat
        {
            let role = role.word().unwrap_or_default();
            let (this, other) = (&field.wire, &earlier.wire);
            let message = format!("{}: `{this}` and `{other}` both have the role `{role}`", owner.name);
            let related = (&earlier.source, "the first");
            let help = "give one of them another `role:`, or `role: none`";
            diagnostics.report_beside(Mistake::RoleClash, &field.source, message, related, help);
        }
    }
}
