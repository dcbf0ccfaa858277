//! The states of an order, and what each allows.

use std::fmt;
use std::str::FromStr;

/// The state of an order, Checkout page or refund: what the ledger knows of it, and how sure that is.
///
/// [`what_to_do`](Self::what_to_do) says what a person may do, and [`how_sure`](Self::how_sure) what the state rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum State {
    /// In the table, to be sent by the worker.
    Noted,
    /// Being sent: the reply may still come.
    Sending,
    /// No attempt reached the gateway. The same request may be sent again, under the same id.
    NotSent,
    /// The gateway rejected the request by a documented code.
    Refused,
    /// The gateway knew the id before the first request. No query settles it: what it answers may be about another order.
    Conflict,
    /// The reply came, or the link was given out. The buyer may pay, or the refund may go through.
    Open,
    /// The link was never given out, so no buyer can pay.
    Unpayable,
    /// Money moves without the buyer, and the reply is lost: it may have moved.
    Unknown,
    /// Paid, and reported as paid.
    Paid,
    /// Paid, although another order of the same reference had been paid before.
    PaidAgain,
    /// Reserved on a card, not received.
    Reserved,
    /// All of it had been given back before the payment was ever reported.
    GivenBack,
    /// Reported as paid; since then the gateway says that it is closed or has failed.
    Reversed,
    /// Closed or failed without payment. A late payment is possible.
    Ended,
    /// The gateway says paid or reserved, and another amount than was asked.
    Mismatch,
    /// A callback said that it is paid, and no query has confirmed it.
    Unconfirmed,
    /// The gateway does not say whether money has moved.
    Unresolved,
    /// No buyer has paid it for so long that it is no longer asked about.
    Lapsed,
    /// A refund that went through.
    Refunded,
    /// A refund that was refused or failed.
    RefundFailed,
    /// A person has decided.
    Settled,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 21] = [
        Self::Noted,
        Self::Sending,
        Self::NotSent,
        Self::Refused,
        Self::Conflict,
        Self::Open,
        Self::Unpayable,
        Self::Unknown,
        Self::Paid,
        Self::PaidAgain,
        Self::Reserved,
        Self::GivenBack,
        Self::Reversed,
        Self::Ended,
        Self::Mismatch,
        Self::Unconfirmed,
        Self::Unresolved,
        Self::Lapsed,
        Self::Refunded,
        Self::RefundFailed,
        Self::Settled,
    ];

    /// The word in the column `state`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Noted => "noted",
            Self::Sending => "sending",
            Self::NotSent => "not_sent",
            Self::Refused => "refused",
            Self::Conflict => "conflict",
            Self::Open => "open",
            Self::Unpayable => "unpayable",
            Self::Unknown => "unknown",
            Self::Paid => "paid",
            Self::PaidAgain => "paid_again",
            Self::Reserved => "reserved",
            Self::GivenBack => "given_back",
            Self::Reversed => "reversed",
            Self::Ended => "ended",
            Self::Mismatch => "mismatch",
            Self::Unconfirmed => "unconfirmed",
            Self::Unresolved => "unresolved",
            Self::Lapsed => "lapsed",
            Self::Refunded => "refunded",
            Self::RefundFailed => "refund_failed",
            Self::Settled => "settled",
        }
    }

    /// Whether the order has an end: neither the gateway nor a person has to say more before the next step. A late answer may
    /// still change it, see [`is_followed`](Self::is_followed).
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
    /// the next refund, and what a person has decided stays. `NotSent` and `Refused` are asked about if there is a hint.
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
            Self::NotSent | Self::Refused => is_hinted,
            Self::Noted | Self::Sending | Self::Conflict | Self::Refunded | Self::RefundFailed | Self::Settled => false,
        }
    }

    /// What the state rests on.
    pub const fn how_sure(self) -> &'static str {
        match self {
            Self::Noted => "sure: nothing has been sent",
            Self::Sending => "nothing is known until the reply comes or its time is over",
            Self::NotSent => "sure: no attempt reached the gateway",
            Self::Refused => "as far as the vendor's list of codes is right",
            Self::Conflict => "sure that the id was used before; by whom is not known",
            Self::Open => "by the gateway's reply",
            Self::Unpayable => "sure that the link was not given out; the order may exist at the gateway",
            Self::Unknown => "nothing is known: money may have moved",
            Self::Paid => "by a verified query, as far as it is documented",
            Self::PaidAgain => "by a verified query, as far as it is documented",
            Self::Reserved => "by a verified query",
            Self::GivenBack => "by a verified query",
            Self::Reversed => "by a verified query; whether the money has left is not documented",
            Self::Ended => "by a verified query or a documented refusal; not final, a late payment is possible",
            Self::Mismatch => "sure that the amounts differ; what was received is not",
            Self::Unconfirmed => "by a callback only, which can be altered",
            Self::Unresolved => "nothing is known: money may have moved",
            Self::Lapsed => "no answer has named a payment; not final, a late payment is possible",
            Self::Refunded => "by a verified query",
            Self::RefundFailed => "by a documented refusal or a verified query",
            Self::Settled => "as sure as the person who decided",
        }
    }

    /// What a person may do.
    pub const fn what_to_do(self) -> &'static str {
        match self {
            Self::Noted => "nothing: the worker sends it; if it stays, no worker is running",
            Self::Sending => "nothing: wait until the reply comes or its time is over",
            Self::NotSent => "send the same request again, or pay under a new id",
            Self::Refused => "correct what the gateway names and send it under a new id",
            Self::Conflict => {
                "find out who used the id: another shop, till or restored counter; look it up in the Merchant Center, then \
                 settle it; do not hand anything over"
            }
            Self::Open => "nothing: wait for the buyer or the gateway; the link may be shown again",
            Self::Unpayable => "pay under a new id",
            Self::Unknown => {
                "wait; if it lasts, look in the Merchant Center or at the buyer's phone and settle it; do not send it again"
            }
            Self::Paid => "hand over the goods, once",
            Self::PaidAgain => "the buyer has paid twice: give this payment back",
            Self::Reserved => "capture or release the money in the Merchant Center; do not count it as received",
            Self::GivenBack => "nothing: the buyer has the money back; do not hand anything over",
            Self::Reversed => "look in the Merchant Center whether the money has left, then decide about the goods",
            Self::Ended => "nothing; the buyer may pay under a new id",
            Self::Mismatch => {
                "compare with the Merchant Center; accept the amount, ask for the rest or give it back, then settle it"
            }
            Self::Unconfirmed => {
                "look in the Merchant Center whether it is paid, then settle it; do not trust the callback alone"
            }
            Self::Unresolved => {
                "look in the Merchant Center whether money has moved, then settle it; do not send it again before"
            }
            Self::Lapsed => "nothing; the buyer may pay under a new id",
            Self::Refunded => "nothing: the money has gone back",
            Self::RefundFailed => "correct what the gateway names, or give the money back in the Merchant Center",
            Self::Settled => "nothing: it has been decided",
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
        for state in [State::Conflict, State::Refunded, State::RefundFailed, State::Settled] {
            assert!(!state.needs_query(true), "{state}");
        }
    }
}
