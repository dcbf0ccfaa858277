//! The small worlds that are searched: what a shop does in them, and how often anything may happen.

/// A world.
#[derive(Debug, Clone, Copy)]
pub(crate) struct World {
    pub(crate) name: &'static str,
    /// What the shop does, in this order, each in a process of its own; they may run at the same time.
    pub(crate) deeds: &'static [Deed],
    /// How many of them are done, paid and reported before the search begins.
    pub(crate) done: usize,
    /// How many processes run at the same time.
    pub(crate) together: usize,
    pub(crate) left: Left,
    /// Whether independent steps are tried in one order only.
    pub(crate) is_reduced: bool,
    /// The smallest number of states: fewer would mean that something no longer happens.
    pub(crate) least: u64,
}

/// What a shop does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Deed {
    /// Sends a request for a link under this id, for this reference.
    Link(&'static str, &'static str),
    /// Charges the buyer's code under this id, for this reference.
    Charge(&'static str, &'static str),
    /// Gives so much of a payment back, under this id.
    Refund(&'static str, &'static str, u64),
}

/// How often something may still happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Left {
    /// Of the deeds.
    pub(crate) deeds: u32,
    /// A worker checks once for orders that are due.
    pub(crate) rounds: u32,
    /// A claimant asks once for an event.
    pub(crate) claims: u32,
    /// A callback of the gateway is delivered.
    pub(crate) callbacks: u32,
    /// A callback is forged by an attacker with the sign key.
    pub(crate) forgeries: u32,
    /// The gateway closes an order.
    pub(crate) closings: u32,
    /// Time passes until the next thing is due, or the next lease ends.
    pub(crate) waits: u32,
    /// Anything fails, or a process is killed.
    pub(crate) faults: u32,
}

/// Nothing happens.
pub(crate) const NOTHING: Left =
    Left { deeds: 0, rounds: 0, claims: 0, callbacks: 0, forgeries: 0, closings: 0, waits: 0, faults: 0 };

/// A request is sent twice under one id, by two processes.
pub(crate) const SENT_TWICE: World = World {
    name: "one id sent twice",
    deeds: &[Deed::Link("A", "cart"), Deed::Link("A", "cart")],
    done: 0,
    together: 2,
    left: Left { deeds: 2, rounds: 1, waits: 1, faults: 1, ..NOTHING },
    is_reduced: true,
    least: 1800,
};

/// A link is sent, paid or not, and followed by two workers.
pub(crate) const LINK: World = World {
    name: "a link, two workers",
    deeds: &[Deed::Link("A", "cart")],
    done: 0,
    together: 2,
    left: Left { deeds: 1, rounds: 2, callbacks: 1, forgeries: 1, waits: 1, ..NOTHING },
    is_reduced: true,
    least: 1500,
};

/// The same with faults.
pub(crate) const LINK_AND_FAULTS: World = World {
    name: "a link and faults",
    left: Left { deeds: 1, rounds: 1, callbacks: 1, closings: 1, waits: 1, faults: 1, ..NOTHING },
    least: 1600,
    ..LINK
};

/// A code is charged, whose money moves at once.
pub(crate) const CHARGE: World = World {
    name: "a code that is charged",
    deeds: &[Deed::Charge("A", "cart")],
    left: Left { deeds: 1, rounds: 2, waits: 1, faults: 1, ..NOTHING },
    least: 1000,
    ..LINK
};

/// Two orders of one reference that a worker evaluates in the same turn.
pub(crate) const TWO_ORDERS: World = World {
    name: "two orders of one reference",
    deeds: &[Deed::Charge("A", "cart"), Deed::Charge("B", "cart")],
    together: 1,
    left: Left { deeds: 2, rounds: 2, faults: 1, ..NOTHING },
    least: 600,
    ..LINK
};

/// Claims, whose leases end.
pub(crate) const CLAIMS: World = World {
    name: "claims, whose leases end",
    deeds: &[Deed::Charge("A", "cart")],
    left: Left { deeds: 1, claims: 2, rounds: 1, waits: 1, ..NOTHING },
    least: 500,
    ..LINK
};

/// Claims that fail.
pub(crate) const CLAIMS_AND_FAULTS: World = World {
    name: "claims and faults",
    together: 1,
    left: Left { deeds: 1, claims: 2, waits: 1, faults: 1, ..NOTHING },
    least: 650,
    ..CLAIMS
};

/// Two clerks give more back than was paid.
pub(crate) const REFUNDS: World = World {
    name: "two refunds of one payment",
    deeds: &[Deed::Charge("A", "cart"), Deed::Refund("R", "A", 300), Deed::Refund("S", "A", 300)],
    done: 1,
    left: Left { deeds: 2, rounds: 1, faults: 1, ..NOTHING },
    least: 450,
    ..LINK
};

/// A handler refunds a part.
pub(crate) const GIVEN_BACK: World = World {
    name: "a refund noted by a handler",
    deeds: &[Deed::Charge("A", TO_GIVE_BACK)],
    together: 1,
    left: Left { deeds: 1, rounds: 3, faults: 1, ..NOTHING },
    least: 150,
    ..LINK
};

/// The reference of a payment that the handler refunds in part.
pub(crate) const TO_GIVE_BACK: &str = "to give back";

pub(crate) const WORLDS: [World; 9] =
    [SENT_TWICE, LINK, LINK_AND_FAULTS, CHARGE, TWO_ORDERS, CLAIMS, CLAIMS_AND_FAULTS, REFUNDS, GIVEN_BACK];

impl Left {
    /// Sets the number of faults.
    pub(crate) fn with_faults(self, faults: u32) -> Self {
        Self { faults, ..self }
    }
}
