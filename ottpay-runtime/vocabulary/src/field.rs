//! The properties of actions, fields, statuses and response codes in a specification.

use std::borrow::Cow;

use crate::word_set::{WordSet, words};

words! {
    /// Whether an action may move money.
    pub enum Effect {
        /// May move money: never retried automatically.
        Write = "write",
        /// Changes nothing: may be retried.
        Read = "read",
    }
}

words! {
    /// How a request is transmitted.
    #[derive(Default)]
    pub enum Protocol {
        /// Sealed in the envelope and posted; the reply has the same form.
        #[default]
        Envelope = "envelope",
        /// Posted as a plain JSON object; the reply is one, too. Only TLS protects it.
        Json = "json",
        /// A URL that the buyer's browser opens.
        Link = "link",
        /// Parameters that an app passes to the vendor's SDK, which makes the call.
        Sdk = "sdk",
    }
}

/// The source of a value that the client itself writes. `N` is the type of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill<N> {
    /// The merchant id of the client.
    MerchantId,
    /// The URL to which the request is sent.
    Endpoint,
    /// Another field of the same request, by its name on the wire.
    CopyOf(N),
}

impl<N> Fill<N> {
    /// The keywords of the key `fill`. A copy has a key of its own.
    pub const WORDS: [(&'static str, Self); 2] = [("merchant_id", Self::MerchantId), ("endpoint", Self::Endpoint)];
}

words! {
    /// How a value is encoded if there is no envelope.
    #[derive(Default)]
    pub enum Encoding {
        /// Unchanged.
        #[default]
        Plain,
        /// As Base64.
        Base64 = "base64",
    }
}

words! {
    /// The source of a statement about a field.
    #[derive(Default)]
    pub enum Evidence {
        /// A page of the vendor.
        #[default]
        Vendor = "vendor",
        /// Clients in production, but no page of the vendor.
        Clients = "clients",
        /// No source: assumed, because a similar action does the same.
        Assumed = "assumed",
    }
}

words! {
    /// The role of a field in a payment, independent of its name on the wire.
    pub enum Role {
        /// The id of the order that the message is about.
        Order = "order",
        /// The id of the payment that a refund refunds.
        OriginalOrder = "original_order",
        /// The merchant's id of a Checkout page, for which the gateway creates an order with an id of its own.
        CheckoutOrder = "checkout_order",
        /// The id of the refund that the message is about.
        Refund = "refund",
        /// The order id at the wallet or acquirer.
        ProviderOrder = "provider_order",
        /// The amount of the order.
        Amount = "amount",
        /// The tip on top of the amount.
        Tip = "tip",
        /// A fee that the gateway added on top of the amount.
        Fee = "fee",
        /// How much has been refunded.
        Refunded = "refunded",
        /// The buyer's means of payment in the request itself: a wallet's code, or a card.
        Credential = "credential",
        /// Where the gateway itself might send the payment link, such as the buyer's e-mail address.
        Delivery = "delivery",
        /// Where the gateway reports the result.
        CallbackUrl = "callback_url",
        /// Where the buyer pays.
        PaymentLink = "payment_link",
        /// Where the buyer's browser goes afterwards.
        ReturnUrl = "return_url",
        /// State of the order.
        Status = "status",
        /// When the payment succeeded.
        Time = "time",
        /// When the order was created.
        Created = "created",
        /// When an unpaid order is closed.
        Expires = "expires",
        /// How long the buyer has to pay, in seconds.
        Lifetime = "lifetime",
        /// The merchant.
        Merchant = "merchant",
        /// The merchant's remark on the order, which callbacks and replies repeat.
        Remark = "remark",
        /// An id or number that the gateway or the wallet issues for each order.
        Issued = "issued",
        /// The exchange rate from the order's currency to CNY.
        ExchangeRate = "exchange_rate",
    }
}

impl Role {
    /// Whether it is the id of what the message itself is about: an order, a refund or a Checkout page. With this id,
    /// the gateway can be queried about a request whose reply was lost.
    pub fn is_own_id(self) -> bool {
        matches!(self, Self::Order | Self::CheckoutOrder | Self::Refund)
    }
}

/// The value of the key `role`: a role, or `none` to override the one that the type implies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChosenRole(pub Option<Role>);

impl WordSet for ChosenRole {
    #[allow(clippy::indexing_slicing, reason = "runs at compile time only, where a wrong index is a compile error")]
    const WORDS: &'static [(&'static str, Self)] = &{
        let mut all = [("none", Self(None)); Role::WORDS.len() + 1];
        let mut rest = Role::WORDS;
        let mut index = 0;
        // A constant cannot use `for`.
        while let [(word, role), others @ ..] = rest {
            all[index] = (*word, Self(Some(*role)));
            rest = others;
            index += 1;
        }
        all
    };
}

words! {
    /// What a status means for the money.
    #[non_exhaustive]
    pub enum StatusClass {
        /// The buyer has paid.
        Paid = "paid",
        /// The money is reserved, **not** received.
        Authorised = "authorised",
        /// Not final: the buyer may still pay.
        Pending = "pending",
        /// Final, not paid: expired, cancelled or closed.
        Closed = "closed",
        /// Final, not paid: the payment failed.
        Failed = "failed",
        /// All of the money has been refunded.
        Refunded = "refunded",
        /// A part of the money has been refunded.
        PartiallyRefunded = "partially_refunded",
        /// A status whose meaning is not documented. Neither paid nor unpaid: query again, or ask the vendor.
        Unknown,
    }
}

words! {
    /// What a response code means for the call.
    #[non_exhaustive]
    pub enum CodeClass {
        /// The gateway accepted the request. That is not the same as paid.
        Accepted = "accepted",
        /// The gateway rejected the request, and the code gives the reason.
        Refused = "refused",
        /// A failure without a reason. The outcome of a write that moves money at once is unknown; any other write is
        /// refused.
        Unexplained = "unexplained",
        /// The gateway has seen the request's own id before. It does not report from whom, or with which result.
        Duplicate = "duplicate",
        /// The order is paid. For a request that pays, its own id is a duplicate. For a request about an earlier
        /// payment, such as a refund, the code may refer to that payment, so the outcome is unknown.
        AlreadyPaid = "already_paid",
        /// The gateway itself does not know the result of the request.
        Open = "open",
    }
}

/// How the values of an enum are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// Exactly as written.
    Exact,
    /// Without surrounding whitespace, in lower case, with `_` for hyphens and spaces. For statuses.
    Loose,
    /// Without surrounding whitespace, in upper case. For response codes.
    Upper,
}

impl Compare {
    /// Returns the form of a value that is compared.
    pub fn normalise(self, word: &str) -> Cow<'_, str> {
        let is_loose = |word: &str| word.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase());
        let is_upper = |word: &str| word.bytes().all(|byte| byte == b'_' || byte.is_ascii_uppercase());
        match self {
            Self::Exact => Cow::Borrowed(word),
            // Nearly all values already have this form.
            Self::Loose if is_loose(word) => Cow::Borrowed(word),
            Self::Upper if is_upper(word) => Cow::Borrowed(word),
            Self::Loose => {
                let word = word.trim();
                match is_loose(word) {
                    true => Cow::Borrowed(word),
                    false => Cow::Owned(word.to_lowercase().replace(['-', ' '], "_")),
                }
            }
            Self::Upper => {
                let word = word.trim();
                match word.bytes().any(|byte| byte.is_ascii_lowercase()) {
                    true => Cow::Owned(word.to_ascii_uppercase()),
                    false => Cow::Borrowed(word),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_and_its_value_lead_to_each_other() {
        for (word, role) in Role::WORDS {
            assert_eq!(Role::from_word(word), Some(*role));
            assert_eq!(role.word(), Some(*word));
        }
        let words: std::collections::BTreeSet<_> = Role::WORDS.iter().map(|(word, _)| word).collect();
        assert_eq!(words.len(), Role::WORDS.len(), "no keyword is there twice");
        assert_eq!(Encoding::Plain.word(), None);
        assert_eq!(StatusClass::from_word("unknown"), None);
    }

    #[test]
    fn words_compare_in_one_form() {
        assert_eq!(Compare::Loose.normalise(" Partial-Refund ed "), "partial_refund_ed");
        assert_eq!(Compare::Loose.normalise(" partially_refunded"), "partially_refunded");
        assert_eq!(Compare::Upper.normalise(" success\n"), "SUCCESS");
        assert_eq!(Compare::Upper.normalise("SUCCESS "), "SUCCESS");
        assert_eq!(Compare::Exact.normalise(" a "), " a ");
    }
}
