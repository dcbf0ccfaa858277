//! The word for the status of an order: every enum of the specification has its own, and every page prefers some.

use ottpay::StatusClass;
use ottpay::spec::{EnumInfo, FieldInfo};

use super::samples::Samples;
use crate::assume::AfterRefund;
use crate::order::{Order, OrderKind, OrderState};

/// The words of a message for the status of an order.
pub(super) struct StatusWords {
    /// Those of its type.
    info: &'static EnumInfo,
    /// Those in the examples of the message, which come first: they are those of its page.
    shown: Vec<&'static str>,
}

impl StatusWords {
    /// The words of a field of this type.
    pub(super) fn new(info: &'static EnumInfo, field: &FieldInfo, samples: &Samples) -> Self {
        Self { info, shown: samples.list(field).collect() }
    }

    /// The word for the status of an order.
    pub(super) fn find(&self, order: &Order, after_refund: AfterRefund) -> Option<&'static str> {
        // For a refund some enums have a word that the money has been returned, others use the words of payments.
        if order.kind() == OrderKind::Refund && order.state() == OrderState::Paid {
            return self.find_class(StatusClass::Paid).or_else(|| self.find_class(StatusClass::Refunded));
        }
        match (order.state(), after_refund) {
            (OrderState::Paid, AfterRefund::Paid) => self.find_class(StatusClass::Paid),
            // Of several words of a class, for example `init` and `processing`, the one that says what happened.
            (OrderState::Processing, _) => self.find_named("process").or_else(|| self.find_class(StatusClass::Pending)),
            // Where a page has one word for an order that has ended unpaid, it has no other for the reason.
            (OrderState::Cancelled, _) => self.find_ended().or_else(|| self.find_named("cancelled")),
            (OrderState::Declined | OrderState::Closed, _) => self.find_ended(),
            _ => None,
        }
        .or_else(|| self.find_class(order.class()))
    }

    /// The word for an order that is not paid yet.
    pub(super) fn find_pending(&self) -> Option<&'static str> {
        self.find_class(StatusClass::Pending)
    }

    /// Every word with its class, those of the examples first.
    fn list(&self) -> impl Iterator<Item = (&'static str, StatusClass)> {
        let shown = self.shown.iter().map(|word| (*word, self.info.class(word)));
        shown.chain(self.info.words.iter().copied())
    }

    fn find_class(&self, class: StatusClass) -> Option<&'static str> {
        self.list().find(|(_, known)| *known == class).map(|(word, _)| word)
    }

    fn find_named(&self, prefix: &str) -> Option<&'static str> {
        self.list().map(|(word, _)| word).find(|word| word.to_ascii_lowercase().starts_with(prefix))
    }

    /// The word of an example whose order has ended unpaid.
    fn find_ended(&self) -> Option<&'static str> {
        let has_ended =
            |word: &&&'static str| matches!(self.info.class(word), StatusClass::Closed | StatusClass::Failed);
        self.shown.iter().find(has_ended).copied()
    }
}
