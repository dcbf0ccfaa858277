//! Compares the books of a shop with those of the gateway.

use ottpay_ledger::State;

use super::case::Case;
use super::operation::{ASKED, GIVEN_BACK, Operation};
use super::reason;
use super::shop::Shop;
use super::truth::is_moved;
use super::world::World;

/// Kinds of events that report money.
const OF_MONEY: [&str; 6] = ["paid", "paid_again", "reserved", "restored", "given_back", "refunded"];

/// Compares both books. If the shop does not know about money that has moved, returns the reason.
pub(crate) async fn compare(
    case: &Case,
    world: &World,
    shop: &Shop,
    operation: Operation,
    state: Option<State>,
) -> Result<Option<&'static str>, String> {
    let books = Books {
        is_refund: operation == Operation::Refund,
        state,
        events: shop.effects(operation.id()).await,
        is_moved: is_moved(world, operation),
        reason: reason::for_ledger(case, operation, world.currency, world.has_taken_callback(), state),
    };
    books.judge().map_err(|wrong| format!("{wrong}: {books:?}"))
}

/// What the shop and the gateway know about an order or a refund in the end.
#[derive(Debug, Clone)]
struct Books {
    is_refund: bool,
    state: Option<State>,
    /// Kinds and amounts of what the ledger has reported.
    events: Vec<(String, u64)>,
    /// Whether the gateway has moved the money.
    is_moved: bool,
    /// Why the shop may not know about it.
    reason: Option<&'static str>,
}

impl Books {
    fn judge(&self) -> Result<Option<&'static str>, &'static str> {
        use State::{Conflict, GivenBack, Mismatch, NotSent, Paid, PaidAgain, Refunded, Refused};
        use State::{RefundFailed, Reserved, Reversed, Settled};
        let (kind, minor, end) =
            if self.is_refund { ("refunded", GIVEN_BACK, Refunded) } else { ("paid", ASKED, Paid) };
        let is_repeated =
            |(n, event): (usize, &(String, u64))| self.events[..n].iter().any(|earlier| earlier.0 == event.0);
        if self.events.iter().enumerate().any(is_repeated) {
            return Err("an event is there twice");
        }
        let told: Vec<_> = self.events.iter().filter(|(kind, _)| OF_MONEY.contains(&kind.as_str())).collect();
        match (told[..].split_first(), self.state) {
            (Some((_, [_, ..])), _) => Err("doubled"),
            (Some(_), _) if !self.is_moved => Err("invented"),
            (Some((told, _)), _) if told.0 != kind => Err("another kind of money"),
            (Some((told, _)), _) if told.1 != minor => Err("another amount"),
            (Some(_), state) if state != Some(end) => Err("the event reports money, and the state does not"),
            (Some(_), _) => Ok(None),
            (None, Some(Paid | PaidAgain | Reserved | GivenBack | Reversed | Refunded | Settled)) => {
                Err("the state reports money, and no event does")
            }
            (None, Some(Conflict)) => Err("the id is new, and it is a conflict"),
            (None, Some(Mismatch)) if !self.is_moved => Err("invented"),
            (None, _) if !self.is_moved => Ok(None),
            (None, None | Some(NotSent | Refused | RefundFailed)) => Err("money has moved, and the state denies it"),
            (None, _) if self.reason.is_none() => Err("lost"),
            (None, _) => Ok(self.reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn books(is_moved: bool, state: State, events: &[(&str, u64)]) -> Books {
        let events = events.iter().map(|(kind, minor)| ((*kind).to_owned(), *minor)).collect();
        Books { is_refund: false, state: Some(state), events, is_moved, reason: None }
    }

    #[test]
    fn books_that_do_not_agree_are_found() {
        use State::{
            Conflict, Ended, Lapsed, Mismatch, Open, Paid, PaidAgain, Refunded, Refused, Unpayable, Unresolved,
        };
        let paid = ("paid", ASKED);
        for (is_moved, state, events, expected) in [
            (true, Paid, &[paid, paid][..], "an event is there twice"),
            (true, Unresolved, &[("unresolved", 0), ("unresolved", 0)], "an event is there twice"),
            (true, Paid, &[paid, ("paid_again", ASKED)], "doubled"),
            (true, Paid, &[paid, ("given_back", 0)], "doubled"),
            (true, Paid, &[paid, ("refunded", GIVEN_BACK)], "doubled"),
            (false, Paid, &[paid], "invented"),
            (false, Paid, &[], "the state reports money, and no event does"),
            (true, Paid, &[], "the state reports money, and no event does"),
            (false, PaidAgain, &[], "the state reports money, and no event does"),
            (false, Refunded, &[], "the state reports money, and no event does"),
            (true, PaidAgain, &[("paid_again", ASKED)], "another kind of money"),
            (true, Refunded, &[("refunded", ASKED)], "another kind of money"),
            (true, Paid, &[("paid", ASKED + 1)], "another amount"),
            (true, Open, &[paid], "the event reports money, and the state does not"),
            (true, Refunded, &[paid], "the event reports money, and the state does not"),
            (false, Conflict, &[("conflict", 0)], "the id is new, and it is a conflict"),
            (false, Mismatch, &[("mismatch", 0)], "invented"),
            (true, Refused, &[], "money has moved, and the state denies it"),
            (true, Ended, &[("ended", 0)], "lost"),
            (true, Lapsed, &[], "lost"),
            (true, Unpayable, &[], "lost"),
            (true, Unresolved, &[("unresolved", 0)], "lost"),
            (true, Mismatch, &[("mismatch", 0)], "lost"),
        ] {
            let books = books(is_moved, state, events);
            assert_eq!(books.judge(), Err(expected), "{books:?}");
            let excused = Books { reason: Some("a reason"), ..books.clone() };
            let expected = if expected == "lost" { Ok(Some("a reason")) } else { Err(expected) };
            assert_eq!(excused.judge(), expected, "{books:?}");
        }
        let of_refund = |state, events: &[_]| Books { is_refund: true, ..books(true, state, events) };
        let failed = of_refund(State::RefundFailed, &[("refund_failed", 0)]);
        assert_eq!(failed.judge(), Err("money has moved, and the state denies it"));
        assert_eq!(of_refund(Paid, &[paid]).judge(), Err("another kind of money"));
        assert_eq!(of_refund(Refunded, &[("refunded", GIVEN_BACK)]).judge(), Ok(None));
    }

    #[test]
    fn books_that_agree_are_accepted() {
        use State::{Ended, Lapsed, Paid, Unresolved};
        for (is_moved, state, events) in [
            (true, Paid, &[("paid", ASKED)][..]),
            (true, Paid, &[("unresolved", 0), ("paid", ASKED)]),
            (false, Ended, &[("ended", 0)]),
            (false, Lapsed, &[]),
            (false, Unresolved, &[("unresolved", 0)]),
        ] {
            assert_eq!(books(is_moved, state, events).judge(), Ok(None), "{state:?}");
        }
    }
}
