//! The states of an order, and what each allows.

use std::fmt;
use std::str::FromStr;

/// One list for the type, its words and its pages: what a state means, what it rests on, what a person may do.
macro_rules! states {
    ($($(#[doc = $meaning:literal])+ $name:ident = $word:literal, $sure:literal, $todo:literal;)+) => {
        /// The state of an order, Checkout page or refund: what the ledger knows of it, and how sure that is. The page
        /// [`states`](crate::states) has all of them in a table.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum State {
            $($(#[doc = $meaning])+ $name,)+
        }

        impl State {
            /// Every state.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$name),+];

            /// The word in the column `state`, such as `open` or `paid_again`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }

            /// What it means, in a sentence or two.
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($meaning),+).trim_ascii(),)+
                }
            }

            /// What it rests on.
            pub const fn how_sure(self) -> &'static str {
                match self {
                    $(Self::$name => $sure,)+
                }
            }

            /// What a person may do.
            pub const fn what_to_do(self) -> &'static str {
                match self {
                    $(Self::$name => $todo,)+
                }
            }
        }
    };
}

states! {
    /// In the table, to be sent by the worker.
    Noted = "noted",
        "sure: nothing has been sent",
        "nothing: the worker sends it; if it stays, no worker is running";

    /// Being sent: the reply may still come.
    Sending = "sending",
        "nothing is known until the reply comes or its time is over",
        "nothing: wait until the reply comes or its time is over";

    /// No attempt reached the gateway. The same request may be sent again, under the same id.
    NotSent = "not_sent",
        "sure: no attempt reached the gateway",
        "send the same request again, or pay under a new id";

    /// The gateway rejected the request by a documented code.
    Refused = "refused",
        "as far as the vendor's list of codes is right",
        "correct what the gateway names and send it under a new id";

    /// The gateway knew the id before the first request. No query settles it: what it answers may be about another order.
    Conflict = "conflict",
        "sure that the id was used before; by whom is not known",
        "find out who used the id: another shop, till or restored counter; look it up in the Merchant Center, \
         then settle it; do not hand anything over";

    /// The reply came, or the link was given out. The buyer may pay, or the refund may go through.
    Open = "open",
        "by the gateway's reply",
        "nothing: wait for the buyer or the gateway; the link may be shown again";

    /// The link was never given out, so no buyer can pay.
    Unpayable = "unpayable",
        "sure that the link was not given out; the order may exist at the gateway",
        "pay under a new id";

    /// Money moves without the buyer, and the reply is lost: it may have moved.
    Unknown = "unknown",
        "nothing is known: money may have moved",
        "wait; if it lasts, look in the Merchant Center or at the buyer's phone and settle it; do not send it \
         again";

    /// Paid, and reported as paid.
    Paid = "paid",
        "by a verified query, as far as it is documented",
        "hand over the goods, once";

    /// Paid, although another order of the same reference had been paid before.
    PaidAgain = "paid_again",
        "by a verified query, as far as it is documented",
        "the buyer has paid twice: give this payment back";

    /// Reserved on a card, not received.
    Reserved = "reserved",
        "by a verified query",
        "capture or release the money in the Merchant Center; do not count it as received";

    /// All of it had been given back before the payment was ever reported.
    GivenBack = "given_back",
        "by a verified query",
        "nothing: the buyer has the money back; do not hand anything over";

    /// Reported as paid; since then the gateway says that it is closed or has failed.
    Reversed = "reversed",
        "by a verified query; whether the money has left is not documented",
        "look in the Merchant Center whether the money has left, then decide about the goods";

    /// Closed or failed without payment. A late payment is possible.
    Ended = "ended",
        "by a verified query or a documented refusal; not final, a late payment is possible",
        "nothing; the buyer may pay under a new id";

    /// The gateway says paid or reserved, and another amount than was asked.
    Mismatch = "mismatch",
        "sure that the amounts differ; what was received is not",
        "compare with the Merchant Center; accept the amount, ask for the rest or give it back, then settle it";

    /// A callback said that it is paid, and no query has confirmed it.
    Unconfirmed = "unconfirmed",
        "by a callback only, which can be altered",
        "look in the Merchant Center whether it is paid, then settle it; do not trust the callback alone";

    /// The gateway does not say whether money has moved.
    Unresolved = "unresolved",
        "nothing is known: money may have moved",
        "look in the Merchant Center whether money has moved, then settle it; do not send it again before";

    /// No buyer has paid it for so long that it is no longer asked about.
    Lapsed = "lapsed",
        "no answer has named a payment; not final, a late payment is possible",
        "nothing; the buyer may pay under a new id";

    /// A refund that went through.
    Refunded = "refunded",
        "by a verified query",
        "nothing: the money has gone back";

    /// A refund that was refused or failed.
    RefundFailed = "refund_failed",
        "by a documented refusal or a verified query",
        "correct what the gateway names, or give the money back in the Merchant Center";

    /// A person has decided.
    Settled = "settled",
        "as sure as the person who decided",
        "nothing: it has been decided; if it was called not paid and a later answer names money, look again and \
         settle it anew";
}

impl State {
    /// Whether the order has an end, as far as the gateway says. A late answer may still change it, see
    /// [`is_followed`](Self::is_followed), and a person may have to look at it all the same, see
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

    /// Whether a person has to look, because no answer of the gateway is expected to settle it.
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

    /// Whether what is paid may be asked for under a new id, as far as this order is concerned.
    ///
    /// Where the answer is yes and this order is paid all the same, the second payment is reported as
    /// [`PaidAgain`](crate::Kind::PaidAgain). The caller also checks that no other order of the reference is open or paid.
    pub const fn allows_new_id(self) -> bool {
        match self {
            // Nothing was carried out.
            Self::NotSent | Self::Refused => true,
            // No buyer has the link.
            Self::Unpayable => true,
            // The gateway says that it cannot be paid any more, or no buyer has for days: a late payment is unlikely.
            Self::Ended | Self::Lapsed => true,
            // The buyer has the money back.
            Self::GivenBack => true,
            // No money has gone back, and the refund may be tried again.
            Self::RefundFailed => true,
            // A person has decided. If they decided that it is paid, its reference is taken.
            Self::Settled => true,
            // It is about to be sent, or was and may be paid.
            Self::Noted | Self::Sending | Self::Open | Self::Unknown | Self::Reserved => false,
            // It is paid, or was; a reversal is for a person to judge.
            Self::Paid | Self::PaidAgain | Self::Reversed => false,
            // Money may have moved, and a person has not looked yet.
            Self::Conflict | Self::Mismatch | Self::Unconfirmed | Self::Unresolved => false,
            // It went through: another refund is another decision, and has an id of its own anyway.
            Self::Refunded => false,
        }
    }

    /// Whether the gateway is asked about it by schedule.
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

    /// Whether the next step needs an answer of the gateway. Otherwise the notes alone decide it, and the gateway is not to be
    /// asked: what it says about a conflict is about another order, what it says about a refund that has an end may be about
    /// the next refund, and what a person has decided stays. `NotSent` and `Refused` are asked about if there is a hint; so is `Settled`, for
    /// people alone: a payment may come after they decided.
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

/// A word that is not a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected the word of a state, such as `open` or `paid`")]
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
