//! Chooses the word for the status of an order: each enum of the specification has its own words, and each page prefers
//! some.

use ottpay::StatusClass;
use ottpay::spec::{EnumInfo, FieldInfo};

use super::samples::Samples;
use crate::assume::AfterRefund;
use crate::order::{Order, OrderKind, OrderState};

/// The status words of a message.
pub(super) struct StatusWords {
    /// The words of the field's type.
    info: &'static EnumInfo,
    /// The words in the examples of the message, which take precedence because the message's own page shows them.
    shown: Vec<&'static str>,
}

impl StatusWords {
    /// Collects the words of a field of this type.
    pub(super) fn new(info: &'static EnumInfo, field: &FieldInfo, samples: &Samples) -> Self {
        Self { info, shown: samples.list(field).collect() }
    }

    /// Chooses the word for the status of an order.
    pub(super) fn find(&self, order: &Order, after_refund: AfterRefund) -> Option<&'static str> {
        // Some enums have a word for a refund whose money has been returned; others use the words of payments.
        if order.kind() == OrderKind::Refund && order.state() == OrderState::Paid {
            return self.find_class(StatusClass::Paid).or_else(|| self.find_class(StatusClass::Refunded));
        }
        match (order.state(), after_refund) {
            (OrderState::Paid, AfterRefund::Paid) => self.find_class(StatusClass::Paid),
            // If a class has several words, for example `init` and `processing`, choose the most specific one.
            (OrderState::Processing, _) => self.find_named("process").or_else(|| self.find_class(StatusClass::Pending)),
            // If a page has one word for orders that have ended unpaid, it does not distinguish the reasons.
            (OrderState::Cancelled, _) => self.find_ended().or_else(|| self.find_named("cancelled")),
            (OrderState::Declined | OrderState::Closed, _) => self.find_ended(),
            _ => None,
        }
        .or_else(|| self.find_class(order.class()))
    }

    /// Chooses the word for an order that is not paid yet.
    pub(super) fn find_pending(&self) -> Option<&'static str> {
        self.find_class(StatusClass::Pending)
    }

    /// Lists all words with their classes, those of the examples first.
    fn list(&self) -> impl Iterator<Item = (&'static str, StatusClass)> {
        let shown = self.shown.iter().map(|word| (*word, self.info.classify(word)));
        shown.chain(self.info.words.iter().copied())
    }

    fn find_class(&self, class: StatusClass) -> Option<&'static str> {
        self.list().find(|(_, known)| *known == class).map(|(word, _)| word)
    }

    fn find_named(&self, prefix: &str) -> Option<&'static str> {
        self.list().map(|(word, _)| word).find(|word| word.to_ascii_lowercase().starts_with(prefix))
    }

    /// Finds the word of an example whose order has ended unpaid.
    fn find_ended(&self) -> Option<&'static str> {
        let has_ended =
            |word: &&&'static str| matches!(self.info.classify(word), StatusClass::Closed | StatusClass::Failed);
        self.shown.iter().find(has_ended).copied()
    }
}
