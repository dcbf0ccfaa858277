//! The page that shows how each case ended.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::case::{Case, Ending, Holder};
use super::excluded;
use super::fault::Fault;
use super::operation::Operation;

const BEGINNING: &str = "\
# The outcome of each fault

A test runs each fault with each operation against the sandbox, and generates this page. The sandbox has its default
assumptions; another test combines every other assumption with each fault, with each operation, with the client alone
and with the ledger on each database. The buyer pays everything that can be paid, even if the link was never given out.

- *The client alone*: the outcome of the request, then the result of `resolve` after the fault has ended.
- *The ledger*: the state of the order after the fault, and its last state. On SQLite every combination is run. On PostgreSQL
  every second one is run, including each fault and each operation, with the same results as on SQLite. With `OTTPAY_CASES=`
  in the environment, the test runs all of them on PostgreSQL.

After each case the ledgers of the shop and of the sandbox are compared: no payment is lost, duplicated or invented, and
no request that moves money is sent twice. `not_sent` and `refused` are compared with the gateway's orders. An order
that ends as `unresolved (needs a person)` is reported as unknown: the gateway did not carry out the request, and no
query can prove that. The cases in which the gateway has the money are listed
[below](#money-that-is-reported-as-unknown). [States](../ottpay-ledger/states.md) explains the other states.
";

/// The page with these endings.
pub(crate) fn write(endings: &[(Case, Ending)]) -> Result<String, Vec<String>> {
    let mut page = BEGINNING.to_owned();
    let mut differing = Vec::new();
    for operation in Operation::ALL {
        let info = operation.info();
        write!(
            page,
            "\n## `{}`: {}\n\n| fault | the client alone | the ledger |\n|---|---|---|\n",
            info.name,
            operation.name()
        )
        .unwrap();
        // Faults that end in the same way share a row.
        let mut rows: Vec<((String, String), Vec<&str>)> = Vec::new();
        for fault in Fault::ALL {
            let of = |holder| find(endings, fault, operation, holder);
            let ledger = match (of(Holder::Sqlite), of(Holder::Postgres)) {
                (Some(sqlite), Some(postgres)) if sqlite != postgres => {
                    differing.push(format!(
                        "{} | {}: {sqlite} on SQLite, {postgres} on PostgreSQL",
                        fault.name(),
                        info.name
                    ));
                    continue;
                }
                (sqlite, postgres) => sqlite.or(postgres),
            };
            let client = of(Holder::Client);
            if client.is_none() && ledger.is_none() {
                continue;
            }
            let cells = [client, ledger].map(|cell| cell.map_or("–".to_owned(), ToString::to_string));
            let cells = <(String, String)>::from(cells);
            match rows.iter_mut().find(|(of, _)| *of == cells) {
                Some((_, faults)) => faults.push(fault.name()),
                None => rows.push((cells, vec![fault.name()])),
            }
        }
        for ((client, ledger), faults) in rows {
            writeln!(page, "| {} | {client} | {ledger} |", faults.join("; ")).unwrap();
        }
    }
    page.push_str(&unknown_money(endings));
    page.push_str(&excluded_combinations());
    if differing.is_empty() { Ok(page) } else { Err(differing) }
}

fn find(endings: &[(Case, Ending)], fault: Fault, operation: Operation, holder: Holder) -> Option<&Ending> {
    let is_it = |case: &Case| (case.fault, case.operation, case.holder) == (fault, operation, holder);
    endings.iter().find(|(case, _)| is_it(case)).map(|(_, ending)| ending)
}

/// The cases in which the shop does not know about money that has moved, with the reason.
fn unknown_money(endings: &[(Case, Ending)]) -> String {
    let mut text = "\n## Money that is reported as unknown\n\n\
        In these cases the gateway has the money, and the ledger leaves it to a person.\n\n\
        | because | fault | operation |\n|---|---|---|\n"
        .to_owned();
    // Those on PostgreSQL are not always played, and end in the same way.
    for (case, ending) in endings.iter().filter(|(case, _)| case.holder == Holder::Sqlite) {
        if let Some(reason) = ending.because {
            writeln!(text, "| {reason} | {} | `{}` |", case.fault.name(), case.operation.method()).unwrap();
        }
    }
    text
}

/// The faults that cannot happen, by reason.
fn excluded_combinations() -> String {
    let mut by_reason: BTreeMap<&str, BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
    for fault in Fault::ALL {
        for operation in Operation::ALL {
            if let Some(reason) = excluded::reason(fault, operation, Holder::Sqlite) {
                by_reason.entry(reason).or_default().entry(fault.name()).or_default().push(operation.method());
            }
        }
    }
    let mut text = "\n## What cannot happen\n\n| because | fault | operations |\n|---|---|---|\n".to_owned();
    for (reason, faults) in by_reason {
        for (fault, operations) in faults {
            let operations: Vec<_> = operations.iter().map(|operation| format!("`{operation}`")).collect();
            writeln!(text, "| {reason} | {fault} | {} |", operations.join(", ")).unwrap();
        }
    }
    text.push_str(
        "\nThe client alone has no database, so faults of a shop's process, database or clock are run with the ledger only.\n",
    );
    text
}

/// Compares the page with the results, or writes it.
pub(crate) fn compare(text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/faults.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    if written != text {
        let differing = text.lines().filter(|line| !written.lines().any(|other| other == *line));
        let differing: Vec<_> = differing.collect();
        panic!(
            "docs/faults.md does not match the results: run with UPDATE=1 and review the change:\n{}",
            differing.join("\n")
        );
    }
}
