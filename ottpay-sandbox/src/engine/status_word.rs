//! The word for the status of an order: every enum of the specification has its own.

use ottpay::StatusClass;
use ottpay::spec::{EnumInfo, FieldInfo, Kind, Role};

use crate::assume::AfterRefund;
use crate::order::{Order, OrderKind, OrderState};

/// The word of the enum for the status of an order.
pub(super) fn find_status_word(words: &EnumInfo, order: &Order, after_refund: AfterRefund) -> Option<&'static str> {
    // For a refund some enums have a word that the money has been returned, others use the words of payments.
    if order.kind() == OrderKind::Refund && order.state() == OrderState::Paid {
        return find_word(words, StatusClass::Paid, "").or_else(|| find_word(words, StatusClass::Refunded, ""));
    }
    let class = match (order.state(), after_refund) {
        (OrderState::Paid, AfterRefund::Paid) => StatusClass::Paid,
        _ => order.class(),
    };
    // Of several words of a class, for example `orderclosed` and `cancelled`, the one that names what happened.
    let prefix = match order.state() {
        OrderState::Cancelled => "cancelled",
        OrderState::Processing => "process",
        _ => "",
    };
    find_word(words, class, prefix)
}

/// The word of the enum for an order that is not paid yet.
pub(super) fn find_pending_word(words: &EnumInfo) -> Option<&'static str> {
    find_word(words, StatusClass::Pending, "")
}

/// Whether the words of a reply's status have one for a successful refund, and none for a successful payment.
pub(super) fn knows_refunds_only(fields: &[FieldInfo]) -> bool {
    let words = fields.iter().find_map(|field| match (field.role, field.kind) {
        (Some(Role::Status), Kind::Enum(words)) => Some(words),
        _ => None,
    });
    let has = |words, class| find_word(words, class, "").is_some();
    words.is_some_and(|words| !has(words, StatusClass::Paid) && has(words, StatusClass::Refunded))
}

/// The first word of a class, preferably one with the prefix.
fn find_word(words: &EnumInfo, class: StatusClass, prefix: &str) -> Option<&'static str> {
    let fitting = || words.words.iter().filter(|(_, known)| *known == class).map(|(word, _)| *word);
    fitting().find(|word| word.to_ascii_lowercase().starts_with(prefix)).or_else(|| fitting().next())
}
