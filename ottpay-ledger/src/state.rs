//! The states of an order, and what each permits.

use std::fmt;
use std::str::FromStr;

/// One list generates the type, its names and its documentation: the meaning of a state, its evidence, and what a
/// person should do.
macro_rules! states {
    ($($(#[doc = $meaning:literal])+ $name:ident = $word:literal, $sure:literal, $todo:literal;)+) => {
        /// The state of an order, Checkout page or refund: what the ledger knows about it, and how certain that is.
        ///
        /// See [`states`](crate::states) for a table of all of them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum State {
            $($(#[doc = $meaning])+ $name,)+
        }

        impl State {
            /// Every state.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$name),+];

            /// The name in the `state` column, such as `open` or `paid_again`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }

            /// The meaning, in one or two sentences.
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($meaning),+).trim_ascii(),)+
                }
            }

            /// How certain the state is, and on which evidence.
            pub const fn how_sure(self) -> &'static str {
                match self {
                    $(Self::$name => $sure,)+
                }
            }

            /// What a person should do.
            pub const fn what_to_do(self) -> &'static str {
                match self {
                    $(Self::$name => $todo,)+
                }
            }
        }
    };
}

states! {
    /// Stored, and waiting for the worker to send it.
    Noted = "noted",
        "certain: nothing has been sent",
        "nothing: the worker sends it; if it stays in this state, no worker is running";

    /// Being sent: the reply may still arrive.
    Sending = "sending",
        "nothing is known until the reply arrives or its time limit passes",
        "nothing: wait for the reply or the end of its time limit";

    /// No attempt reached the gateway. The same request may be sent again, under the same id.
    NotSent = "not_sent",
        "certain: no attempt reached the gateway",
        "send the same request again, or pay under a new id";

    /// The gateway rejected the request with a documented code.
    Refused = "refused",
        "as certain as the vendor's list of codes",
        "correct the problem that the gateway names, then send it under a new id";

    /// The gateway knew the id before the first request. No query can settle this, because its answer may be about
    /// another order.
    Conflict = "conflict",
        "certain that the id was already in use; who used it is unknown",
        "find out what used the id: another shop, till or restored counter; look it up in the Merchant Center, \
         then settle it; do not deliver anything";

    /// The reply arrived, or the link was handed out. The buyer may pay, or the refund may succeed.
    Open = "open",
        "according to the gateway's reply",
        "nothing: wait for the buyer or the gateway; the link may be shown again";

    /// The link was never handed out, so no buyer can pay.
    Unpayable = "unpayable",
        "certain that the link was not handed out; the order may exist at the gateway",
        "pay under a new id";

    /// The request moves money without the buyer, and its reply was lost: money may have moved.
    Unknown = "unknown",
        "nothing is known: money may have moved",
        "wait; if the state does not change, check the Merchant Center or the buyer's phone, then settle it; do not \
         send it again";

    /// Paid, and reported as paid.
    Paid = "paid",
        "confirmed by a verified query, as far as its answer is documented",
        "deliver the goods, once";

    /// Paid, although another order of the same reference had already been paid.
    PaidAgain = "paid_again",
        "confirmed by a verified query, as far as its answer is documented",
        "the buyer has paid twice: refund this payment";

    /// Reserved on a card, not received.
    Reserved = "reserved",
        "confirmed by a verified query",
        "capture or release the money in the Merchant Center; do not count it as received";

    /// All of the money was refunded before the payment was ever reported.
    GivenBack = "given_back",
        "confirmed by a verified query",
        "nothing: the buyer has the money back; do not deliver anything";

    /// Reported as paid, but the gateway now reports it as closed or failed.
    Reversed = "reversed",
        "according to a verified query; whether the money has left is not documented",
        "stop the delivery if possible, check in the Merchant Center whether the money has left, then settle it";

    /// Closed or failed without payment. A late payment is possible.
    Ended = "ended",
        "confirmed by a verified query or a documented refusal; not final, a late payment is possible",
        "nothing; the buyer may pay under a new id";

    /// The gateway reports it as paid or reserved, but with an amount other than the requested one.
    Mismatch = "mismatch",
        "certain that the amounts differ; the received amount is not certain",
        "compare with the Merchant Center; accept the amount, request the rest or refund it, then settle it";

    /// A callback reported it as paid, but no query has confirmed that.
    Unconfirmed = "unconfirmed",
        "only according to a callback, which may have been altered",
        "check in the Merchant Center whether it is paid, then settle it; do not rely on the callback alone";

    /// The gateway does not report whether money has moved.
    Unresolved = "unresolved",
        "nothing is known: money may have moved",
        "check in the Merchant Center whether money has moved, then settle it; do not send it again before that";

    /// Unpaid for so long that the ledger has stopped querying it.
    Lapsed = "lapsed",
        "no answer has reported a payment; not final, a late payment is possible",
        "nothing; the buyer may pay under a new id";

    /// The refund succeeded.
    Refunded = "refunded",
        "confirmed by a verified query",
        "nothing: the money was refunded";

    /// The refund was refused or failed.
    RefundFailed = "refund_failed",
        "confirmed by a documented refusal or a verified query",
        "correct the problem that the gateway names, or refund the money in the Merchant Center";

    /// A person has decided.
    Settled = "settled",
        "as certain as the person who decided",
        "nothing: it has been decided; if it was declared not paid and a later answer reports money, check again and \
         settle it again";
}

impl State {
    /// Whether the order has ended, according to the gateway. A late answer may still change it, see
    /// [`is_followed`](Self::is_followed), and a person may still have to decide about it, see
    /// [`needs_person`](Self::needs_person).
    pub const fn is_over(self) -> bool {
        match self {
            Self::NotSent
            | Self::Refused
            | Self::Paid
            | Self::PaidAgain
            | Self::GivenBack
            | Self::Reversed
            | Self::Ended
            | Self::Lapsed
            | Self::Refunded
            | Self::RefundFailed
            | Self::Settled => true,
            Self::Noted
            | Self::Sending
            | Self::Conflict
            | Self::Open
            | Self::Unpayable
            | Self::Unknown
            | Self::Reserved
            | Self::Mismatch
            | Self::Unconfirmed
            | Self::Unresolved => false,
        }
    }

    /// Whether a person has to decide, because no answer of the gateway is expected to settle it.
    pub const fn needs_person(self) -> bool {
        match self {
            Self::Conflict
            | Self::PaidAgain
            | Self::Reversed
            | Self::Mismatch
            | Self::Unconfirmed
            | Self::Unresolved
            | Self::RefundFailed => true,
            Self::Noted
            | Self::Sending
            | Self::NotSent
            | Self::Refused
            | Self::Open
            | Self::Unpayable
            | Self::Unknown
            | Self::Paid
            | Self::Reserved
            | Self::GivenBack
            | Self::Ended
            | Self::Lapsed
            | Self::Refunded
            | Self::Settled => false,
        }
    }

    /// Whether this order permits paying the same reference under a new id.
    ///
    /// If a new id is used and this order is paid after all, the second payment is reported as
    /// [`PaidAgain`](crate::Kind::PaidAgain). The caller also has to check that no other order of the reference is open
    /// or paid.
    pub const fn allows_new_id(self) -> bool {
        match self {
            // Nothing was carried out.
            Self::NotSent | Self::Refused => true,
            // No buyer has the link.
            Self::Unpayable => true,
            // The gateway reports that it can no longer be paid, or no buyer has paid for days: a late payment is
            // unlikely.
            Self::Ended | Self::Lapsed => true,
            // The buyer has the money back.
            Self::GivenBack => true,
            // The refund moved no money, so it may be tried again.
            Self::RefundFailed => true,
            // A person has decided. If they decided that it is paid, the reference itself is marked as paid.
            Self::Settled => true,
            // It is about to be sent, or may still be paid.
            Self::Noted | Self::Sending | Self::Open | Self::Unknown | Self::Reserved => false,
            // It is or was paid; a reversal needs a person.
            Self::Paid | Self::PaidAgain | Self::Reversed => false,
            // Money may have moved, and no person has decided yet.
            Self::Conflict | Self::Mismatch | Self::Unconfirmed | Self::Unresolved => false,
            // It succeeded. Another refund is another decision, and has an id of its own in any case.
            Self::Refunded => false,
        }
    }

    /// Whether the gateway is queried about it on a schedule.
    pub const fn is_followed(self) -> bool {
        match self {
            Self::Open
            | Self::Unpayable
            | Self::Unknown
            | Self::Reserved
            | Self::Mismatch
            | Self::Unconfirmed
            | Self::Ended
            | Self::Paid
            | Self::PaidAgain
            | Self::Reversed => true,
            Self::Noted
            | Self::Sending
            | Self::NotSent
            | Self::Refused
            | Self::Conflict
            | Self::GivenBack
            | Self::Unresolved
            | Self::Lapsed
            | Self::Refunded
            | Self::RefundFailed
            | Self::Settled => false,
        }
    }

    /// Whether the next step needs an answer of the gateway.
    ///
    /// Where it does not, the stored order alone decides, and the gateway must not be queried: in a conflict its answer
    /// is about another order, after the end of a refund it may be about the next refund, and a person's decision is
    /// final. `NotSent` and `Refused` are queried after a hint. So is `Settled`, but only to inform people: a payment
    /// may arrive after they decided.
    pub const fn needs_query(self, is_hinted: bool) -> bool {
        match self {
            Self::Open
            | Self::Unpayable
            | Self::Unknown
            | Self::Paid
            | Self::PaidAgain
            | Self::Reserved
            | Self::GivenBack
            | Self::Reversed
            | Self::Ended
            | Self::Mismatch
            | Self::Unconfirmed
            | Self::Unresolved
            | Self::Lapsed => true,
            Self::NotSent | Self::Refused | Self::Settled => is_hinted,
            Self::Noted | Self::Sending | Self::Conflict | Self::Refunded | Self::RefundFailed => false,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A string that is not the name of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected the name of a state, such as `open` or `paid`")]
pub struct StateError;

impl FromStr for State {
    type Err = StateError;

    fn from_str(word: &str) -> Result<Self, StateError> {
        Self::ALL.into_iter().find(|state| state.as_str() == word).ok_or(StateError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_survives_as_a_word() {
        for state in State::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
            assert!(state.as_str().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{state}");
        }
        assert_eq!("PAID".parse::<State>(), Err(StateError));
        assert_eq!("".parse::<State>(), Err(StateError));
    }

    #[test]
    fn a_new_id_is_allowed_only_where_no_money_of_this_one_is_expected() {
        let allowed: Vec<_> = State::ALL.into_iter().filter(|state| state.allows_new_id()).map(State::as_str).collect();
        let expected =
            ["not_sent", "refused", "unpayable", "given_back", "ended", "lapsed", "refund_failed", "settled"];
        assert_eq!(allowed, expected);
    }

    #[test]
    fn what_has_no_end_is_followed_sent_or_given_to_a_person() {
        for state in State::ALL.into_iter().filter(|state| !state.is_over()) {
            let is_sent = matches!(state, State::Noted | State::Sending);
            assert!(state.is_followed() || is_sent || state.needs_person(), "{state}");
        }
    }

    #[test]
    fn a_state_that_is_followed_is_asked_about() {
        for state in State::ALL.into_iter().filter(|state| state.is_followed()) {
            assert!(state.needs_query(false), "{state}");
        }
        for state in [State::Conflict, State::Refunded, State::RefundFailed] {
            assert!(!state.needs_query(true), "{state}");
        }
        assert!(State::Settled.needs_query(true) && !State::Settled.needs_query(false));
    }
}
