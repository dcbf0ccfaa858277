//! The page `docs/model.md`, as the search finds it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::invariant::Invariant;
use super::mutant::MUTANTS;
use super::search::Found;
use super::world::WORLDS;

const INTRODUCTION: &str = "\
# The ledger's state machine, searched

A payment ledger fails where two things meet that were each tested alone: a lease that ends while a reply is on its way, a
commit whose answer is lost after a callback, a second worker. So a search explores every interleaving, up to a bound.

Nothing of the ledger is described a second time. Its own code runs, with its own SQL, on SQLite in memory. Each process of
the shop is a `Ledger` of its own in a runtime of its own. It waits before each transaction, at each commit, in the handler
and at each request. The search chooses which process goes on, in which way, and what else happens in between: a buyer pays,
the gateway closes the order, a callback is delivered, an attacker with the sign key forges one, time passes until
something is due or a lease ends, a process is killed.

Two states are the same if every column that decides anything is the same, with times as they are from now, and every
process was told the same. Independent steps are tried in one order: the first step of a process follows its start, and a
query comes first when nothing can change the gateway's answer any more. A test searches small worlds with and without this,
and finds the same ends.

A test compares this page with what the search finds; `UPDATE=1 cargo test -p ottpay-ledger --test integration model`
regenerates it. `OTTPAY_FAULTS=2` searches every world with two faults, manually.

## Faults

A fault is one of these, at every step at which it can happen: the database is away; a commit is rejected, or done without
an answer, or rolled back without an answer; the handler fails after it has written; a request does not leave, is refused,
is lost, or is carried out and its reply is lost; a query is not answered; a process is killed.

";

const WORLDS_ARE: &str = "\
Each is searched to its end. *At once* is how many processes run at the same time. *Rounds* are those of workers, each of
which looks once for what is due. The world of two refunds begins with a paid order.

";

const MISTAKES_ARE: &str = "
The rules are those of [ledger.md](ledger.md#the-rules).

## That the search finds mistakes

Each of these mistakes is made in the ledger's SQL or in its database, and found by a short way to it: to the
state in which it shows, or from which it does once the faults have ended.

";

const NOT_SEARCHED: &str = "\
## What is not searched

- **Transactions run one after the other**, as SQLite runs them. Two open transactions of PostgreSQL are not searched; its
  own tests kill the shop and the server, and run three shops on it ([ledger.md](ledger.md)).
- **Larger worlds**: three processes at the same time, several merchants, more of anything than the table states.
- **Rules 5, 9, 12 and 14 to 18**: conflicts of ids, callbacks that no query confirms, parking, retention, the binding to a
  gateway, migrations, shutdown and the stores of others. So are the verdicts of people. Each has tests of its own
  ([ledger.md](ledger.md#the-rules)).
- **The gateway is simulated**, like every gateway in this project. It answers queries about payments truthfully, and knows no
  refund by its id.
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
    page.push_str("## What holds\n\n| | in every state and step | rules | how often checked |\n|---|---|---|---|\n");
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
