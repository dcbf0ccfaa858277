//! A search of the ledger's state machine: every order in which a few processes, a gateway, buyers, forgers and faults
//! can meet.
//!
//! No part of the ledger is described a second time: its own code runs, on SQLite in memory, and waits before each
//! transaction, at each commit, in the handler and at each request; a search chooses who goes on, how, and what else
//! happens meanwhile.

mod action;
mod check;
mod choices;
mod database;
mod due;
mod gateway;
mod invariant;
mod machine;
mod mutant;
mod page;
mod point;
mod process;
mod search;
mod settle;
mod shared;
mod store;
mod watch;
mod wire;
mod world;

use std::path::Path;
use std::sync::LazyLock;

use invariant::Invariant;
use mutant::MUTANTS;
use page::{sum_checked, write_page};
use search::{Found, Order, search};
use world::{CHARGE, LINK, Left, NOTHING, SENT_TWICE, WORLDS, World};

/// The number of faults in every world, if set by hand.
fn faults() -> Option<u32> {
    std::env::var("OTTPAY_FAULTS").ok().map(|faults| faults.parse().expect("a number of faults"))
}

/// The result of the search in every world.
static FOUND: LazyLock<Vec<Found>> = LazyLock::new(|| {
    at_once(WORLDS.map(|world| {
        let faults = faults().unwrap_or(world.left.faults);
        move || search(World { left: world.left.with_faults(faults), ..world }, None, Order::LatestFirst)
    }))
});

/// The result of the search for every injected bug.
static MISTAKEN: LazyLock<Vec<Found>> = LazyLock::new(|| {
    at_once(MUTANTS.map(|mutant| move || search(mutant.world, Some(mutant.mistake), Order::NearestFirst)))
});

/// Each in a thread of its own.
fn at_once<const N: usize>(searches: [impl FnOnce() -> Found + Send; N]) -> Vec<Found> {
    std::thread::scope(|scope| {
        let threads = searches.map(|search| scope.spawn(search));
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn in_every_state_of_every_world_the_rules_hold() {
    for (world, found) in WORLDS.iter().zip(&*FOUND) {
        println!("{}: {} states, {} steps, {} ends", world.name, found.states, found.steps, found.settled);
        assert!(found.broken.is_none(), "{}: {:#?}", world.name, found.broken);
        assert!(found.states >= world.least, "{}: {} states", world.name, found.states);
    }
    let checked = sum_checked(&FOUND);
    for invariant in Invariant::ALL {
        assert!(checked.get(&invariant) > Some(&50), "{invariant:?} was hardly checked: {checked:?}");
    }
}

#[test]
fn a_mistake_in_the_ledger_is_found() {
    for (mutant, found) in MUTANTS.iter().zip(&*MISTAKEN) {
        assert!(found.has_erred, "{}: no statement of the ledger has the part that is changed", mutant.name);
        let broken = found.broken.as_ref().unwrap_or_else(|| panic!("{}: not found", mutant.name));
        assert_eq!(broken.invariant, mutant.breaks, "{}: {broken:#?}", mutant.name);
    }
}

/// What two processes can do to each other, without faults and with one.
const UNREDUCED: [World; 3] = [
    World { left: Left { deeds: 1, rounds: 2, faults: 1, ..NOTHING }, ..CHARGE },
    World { left: Left { deeds: 1, rounds: 1, callbacks: 1, waits: 1, ..NOTHING }, ..LINK },
    World { left: Left { deeds: 2, rounds: 1, ..NOTHING }, ..SENT_TWICE },
];

#[test]
fn independent_steps_in_every_order_lead_to_the_same_ends() {
    let search_worlds = |is_reduced| {
        at_once(UNREDUCED.map(|world| move || search(World { is_reduced, ..world }, None, Order::LatestFirst)))
    };
    let (mut left_out, mut ends) = (0, 0);
    for (reduced, all) in search_worlds(true).iter().zip(search_worlds(false)) {
        println!("{} states, {} of them with the reduction, {} ends", all.states, reduced.states, all.ends.len());
        assert!(all.broken.is_none() && reduced.broken.is_none(), "{:#?} {:#?}", all.broken, reduced.broken);
        assert_eq!(all.ends, reduced.ends);
        left_out += all.states - reduced.states;
        ends += all.ends.len();
    }
    assert!(left_out > 100 && ends > 5, "{left_out} states were left out, {ends} ends");
}

#[test]
fn the_page_of_the_model_matches_the_search() {
    let text = write_page(&FOUND, &MISTAKEN);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/model.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        faults().is_some() || written == text,
        "docs/model.md is not what is found: run with UPDATE=1 and review it"
    );
}
