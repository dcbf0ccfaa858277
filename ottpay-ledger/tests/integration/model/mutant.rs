//! The ledger with one mistake in it, which the search has to find.

use super::invariant::Invariant;
use super::world::{CHARGE, CLAIMS, LINK, Left, NOTHING, REFUNDS, SENT_TWICE, TWO_ORDERS, World};

/// A mistake.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mutant {
    pub(crate) name: &'static str,
    /// The world in which it shows.
    pub(crate) world: World,
    pub(crate) breaks: Invariant,
    pub(crate) mistake: Mistake,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Mistake {
    /// These parts of statements of the ledger are others.
    Sql(&'static [(&'static str, &'static str)]),
    /// After each statement with this part, another one is run.
    Also(&'static str, &'static str),
    /// A transaction that contains this part is called committed before it is, and forgotten.
    Forgets(&'static str),
    /// What the handler writes is not part of its transaction: it stays when that is rolled back.
    OutsideOfTransaction,
}

/// A world in which only this happens.
const fn only(world: World, left: Left) -> World {
    World { left, ..world }
}

pub(crate) const MUTANTS: [Mutant; 14] = [
    Mutant {
        name: "a request is sent before its note is durable",
        world: only(SENT_TWICE, Left { deeds: 1, ..NOTHING }),
        breaks: Invariant::NotedBeforeSent,
        mistake: Mistake::Forgets("INSERT INTO ottpay_orders"),
    },
    Mutant {
        name: "an id may be sent again in any state",
        world: only(SENT_TWICE, Left { deeds: 2, ..NOTHING }),
        breaks: Invariant::SentOnce,
        mistake: Mistake::Sql(&[(
            "SELECT state, tracked FROM ottpay_orders",
            "SELECT 'not_sent', tracked FROM ottpay_orders",
        )]),
    },
    Mutant {
        name: "a reply is stored regardless of later changes",
        world: only(LINK, Left { deeds: 1, rounds: 1, waits: 1, ..NOTHING }),
        breaks: Invariant::LinkStored,
        mistake: Mistake::Sql(&[("AND send_token = $8 AND state = 'sending'", "AND $8 = $8")]),
    },
    Mutant {
        name: "a callback is acknowledged before it is durable",
        world: only(CHARGE, Left { deeds: 1, callbacks: 1, ..NOTHING }),
        breaks: Invariant::AcknowledgedIsStored,
        mistake: Mistake::Forgets("INSERT INTO ottpay_hints"),
    },
    Mutant {
        name: "a turn consumes hints that arrived after it began",
        world: only(LINK, Left { deeds: 1, rounds: 1, callbacks: 1, forgeries: 1, ..NOTHING }),
        breaks: Invariant::HintIsKept,
        mistake: Mistake::Sql(&[("SET taken = $3 WHERE", "SET taken = seen + 0 * $3 WHERE")]),
    },
    Mutant {
        name: "a handler writes outside of the transaction of its event",
        world: only(CHARGE, Left { deeds: 1, rounds: 1, faults: 1, ..NOTHING }),
        breaks: Invariant::MarkedWithEffect,
        mistake: Mistake::OutsideOfTransaction,
    },
    Mutant {
        name: "a callback is believed",
        world: only(LINK, Left { deeds: 1, forgeries: 1, ..NOTHING }),
        breaks: Invariant::PaidByQuery,
        mistake: Mistake::Also(
            "INSERT INTO ottpay_hints",
            "UPDATE ottpay_orders SET state = 'paid', paid = amount, paid_currency = currency
             WHERE id IN (SELECT id FROM ottpay_hints)",
        ),
    },
    Mutant {
        name: "the check of which order paid a reference is skipped",
        world: only(TWO_ORDERS, Left { deeds: 2, rounds: 1, ..NOTHING }),
        breaks: Invariant::OnePayment,
        mistake: Mistake::Sql(&[
            ("COALESCE(r.paid_by, excluded.paid_by)", "excluded.paid_by"),
            ("(SELECT s.paid_by FROM", "(SELECT NULL FROM"),
        ]),
    },
    Mutant {
        name: "a turn is not fenced",
        world: only(CHARGE, Left { deeds: 1, rounds: 2, waits: 1, ..NOTHING }),
        breaks: Invariant::Fenced,
        mistake: Mistake::Sql(&[("AND o.turn = $3", "AND $3 = $3")]),
    },
    Mutant {
        name: "a claim is not fenced",
        world: only(CLAIMS, Left { deeds: 1, claims: 2, waits: 1, ..NOTHING }),
        breaks: Invariant::Fenced,
        mistake: Mistake::Sql(&[("AND attempt = $2 AND done_at IS NULL", "AND $2 = $2 AND done_at IS NULL")]),
    },
    Mutant {
        name: "completed refunds are not counted",
        world: only(REFUNDS, Left { deeds: 2, rounds: 1, ..NOTHING }),
        breaks: Invariant::NoMoreThanPaid,
        mistake: Mistake::Sql(&[("SELECT state, paid, refunded FROM", "SELECT state, paid, 0 FROM")]),
    },
    Mutant {
        name: "a charge's late reply is stored over its payment",
        world: only(CHARGE, Left { deeds: 1, rounds: 1, waits: 1, ..NOTHING }),
        breaks: Invariant::NothingUndone,
        mistake: Mistake::Sql(&[("AND send_token = $8 AND state = 'sending'", "AND $8 = $8")]),
    },
    Mutant {
        name: "the state of a reported order is not advanced, and a completed event is offered again",
        world: only(CHARGE, Left { deeds: 1, rounds: 1, ..NOTHING }),
        breaks: Invariant::HandledOnce,
        mistake: Mistake::Sql(&[
            ("SET state = $3,\n            paid =", "SET state = COALESCE(state, $3), paid ="),
            ("WHERE e.done_at IS NULL RETURNING attempt", "RETURNING attempt"),
        ]),
    },
    Mutant {
        name: "a turn that ends silently is not repeated",
        world: only(CHARGE, Left { deeds: 1, rounds: 1, faults: 1, ..NOTHING }),
        breaks: Invariant::NothingLost,
        mistake: Mistake::Sql(&[("next_at = ((SELECT now FROM model_clock)) + CAST($3 AS BIGINT)", "next_at = NULL")]),
    },
];

impl Mistake {
    /// A statement as it is with the mistake, and whether it is another one.
    pub(crate) fn alter(self, sql: &str) -> Option<String> {
        let Self::Sql(parts) = self else { return None };
        let altered = parts.iter().fold(sql.to_owned(), |sql, (part, other)| sql.replace(part, other));
        Some(altered).filter(|altered| altered != sql)
    }
}
