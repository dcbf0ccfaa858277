//! The word for the status of an order: every enum of the specification has its own.

use ottpay::StatusClass;
use ottpay::spec::EnumInfo;

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

/// The first word of a class, preferably one with the prefix.
fn find_word(words: &EnumInfo, class: StatusClass, prefix: &str) -> Option<&'static str> {
    let fitting = || words.words.iter().filter(|(_, known)| *known == class).map(|(word, _)| *word);
    fitting().find(|word| word.to_ascii_lowercase().starts_with(prefix)).or_else(|| fitting().next())
}
