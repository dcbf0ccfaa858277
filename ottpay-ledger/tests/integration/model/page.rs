//! The page `docs/model.md`, generated from the search.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::invariant::Invariant;
use super::mutant::MUTANTS;
use super::search::Found;
use super::world::WORLDS;

const INTRODUCTION: &str = "\
# Model check of the ledger

A payment ledger fails when two events coincide that were each tested alone: a lease that expires while a reply is in
transit, a commit whose answer is lost after a callback, a second worker. So a search explores every interleaving, up to a
bound.

There is no separate model of the ledger. The search runs the ledger's own code, with its own SQL, on SQLite in memory. Each
process of the shop is a `Ledger` in its own runtime. It pauses before each transaction, at each commit, in the handler and
at each request. The search chooses which process continues, in which way, and what else happens in between: a buyer pays,
the gateway closes the order, a callback is delivered, an attacker with the sign key forges one, time passes until work is
due or a lease expires, a process is killed.

Two states are equal if every column that affects a decision is equal, with times relative to now, and every process has
received the same answers. Independent steps are tried in one sequence only: the first step of a process follows its
start, and a query comes first if the gateway's answer can no longer change. A test searches small worlds with and
without this reduction, and finds the same final states.

A test compares this page with the results of the search; `UPDATE=1 cargo test -p ottpay-ledger --test integration model`
regenerates it. `OTTPAY_FAULTS=2` searches every world with two faults, manually.

## Faults

Each fault is injected at every step at which it can happen: the database is unavailable; a commit is rejected, or done
without an answer, or rolled back without an answer; the handler fails after it has written; a request is not sent, is
refused, is lost, or is carried out and its reply is lost; a query is not answered; a process is killed.

";

const WORLDS_ARE: &str = "\
Each world is searched completely. *At once* is the number of processes that run at the same time. In a *round*, a worker
checks once for due work. The world of two refunds begins with a paid order.

";

const MISTAKES_ARE: &str = "
The rules are those of [ledger.md](ledger.md#the-rules).

## Injected bugs

The search finds each of these bugs, which are injected into the ledger's SQL or its database. *Steps* is the length of the
path to the state that violates the invariant, or from which it is violated once the faults have ended.

";

const NOT_SEARCHED: &str = "\
## Limits of the search

- **Concurrent transactions.** Transactions run in sequence, as in SQLite. Two open transactions of PostgreSQL are not
  searched; other tests kill the shop and the server, and run three shops on it ([ledger.md](ledger.md)).
- **Larger worlds**: three processes at the same time, several merchants, or higher numbers than the table states.
- **Rules 5, 9, 12 and 14 to 18**: conflicts of ids, callbacks that no query confirms, parking, retention, the binding to a
  gateway, migrations, shutdown and custom stores. Verdicts of people are not searched, either. Each has its own tests
  ([ledger.md](ledger.md#the-rules)).
- **The real gateway.** It is simulated, like every gateway in this project. The simulation answers queries about payments
  truthfully, and does not know refunds by their ids.
";

/// The whole page.
pub(crate) fn write_page(found: &[Found], mutants: &[Found]) -> String {
    let mut page = String::from(INTRODUCTION);
    page.push_str("## Worlds\n\n");
    page.push_str(WORLDS_ARE);
    page.push_str("| world | at once | requests | rounds | claims | callbacks, forged | closings | waits | faults ");
    page.push_str("| states | steps |\n");
    page.push_str("|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (world, found) in WORLDS.iter().zip(found) {
        let left = world.left;
        writeln!(
            page,
            "| {} | {} | {} | {} | {} | {}, {} | {} | {} | {} | {} | {} |",
            world.name,
            world.together,
            left.deeds,
            left.rounds,
            left.claims,
            left.callbacks,
            left.forgeries,
            left.closings,
            left.waits,
            left.faults,
            found.states,
            found.steps,
        )
        .unwrap();
    }
    let sum = |number: fn(&Found) -> u64| found.iter().map(number).sum::<u64>();
    let (states, steps) = (sum(|found| found.states), sum(|found| found.steps));
    writeln!(page, "| **together** | | | | | | | | | **{states}** | **{steps}** |\n").unwrap();
    page.push_str("## Invariants\n\n| | in every state and step | rules | checked |\n|---|---|---|---|\n");
    let checked = sum_checked(found);
    for (number, invariant) in Invariant::ALL.into_iter().enumerate() {
        let (sentence, rules, unit) = (invariant.sentence(), invariant.rules(), invariant.unit());
        let times = checked.get(&invariant).copied().unwrap_or(0);
        writeln!(page, "| {} | {sentence} | {rules} | {times} {unit} |", number + 1).unwrap();
    }
    page.push_str(MISTAKES_ARE);
    page.push_str("| mistake | world | breaks | steps |\n|---|---|---|---|\n");
    for (mutant, found) in MUTANTS.iter().zip(mutants) {
        let number = Invariant::ALL.iter().position(|invariant| *invariant == mutant.breaks).map_or(0, |at| at + 1);
        let steps = found.broken.as_ref().map_or(0, |broken| broken.steps.len());
        writeln!(page, "| {} | {} | {number} | {steps} |", mutant.name, mutant.world.name).unwrap();
    }
    page.push('\n');
    page.push_str(NOT_SEARCHED);
    page
}

pub(crate) fn sum_checked(found: &[Found]) -> BTreeMap<Invariant, u64> {
    let mut sum = BTreeMap::new();
    for (invariant, count) in found.iter().flat_map(|found| &found.checked) {
        *sum.entry(*invariant).or_default() += count;
    }
    sum
}
