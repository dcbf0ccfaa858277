//! Checks `docs/ledger.md`: its proofs and links exist, and no state, event or table is left out.

use ottpay_ledger::State;

use crate::common::proofs::{dead_links, missing_proofs};

const PAGE: &str = include_str!("../../docs/ledger.md");
const SCHEMA: &str = include_str!("../../ottpay-ledger/src/schema.sql");
const KINDS: &str = include_str!("../../ottpay-ledger/src/event/kind.rs");

#[test]
fn every_proof_and_every_link_exists() {
    let missing = missing_proofs(PAGE);
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
    let dead = dead_links(PAGE);
    assert!(dead.is_empty(), "{dead:?}");
}

#[test]
fn every_state_is_named_and_so_is_each_that_needs_a_person() {
    let (_, states) = PAGE.split_once("\n## States\n").expect("the page has the states");
    let (states, _) = states.split_once("\n## ").expect("something follows the states");
    let (table, people) = states.split_once("\nA person has to decide about ").expect("the page says who decides");
    for state in State::ALL {
        let name = format!("`{state}`");
        assert!(table.contains(&name), "{state} is not named");
        assert_eq!(people.contains(&name), state.needs_person(), "{state}");
    }
}

#[test]
fn every_kind_of_event_has_a_row() {
    let names = KINDS.lines().filter_map(|line| line.trim().strip_prefix("Self::")?.split(['(', ' ']).next());
    let names: Vec<_> = names.collect();
    assert!(names.contains(&"Paid") && names.contains(&"Conflict"), "{names:?}");
    for name in names {
        assert!(PAGE.contains(&format!("\n| `{name}` | ")), "the event `{name}` has no row");
    }
}

#[test]
fn every_table_is_described() {
    let tables = SCHEMA.lines().filter_map(|line| line.strip_prefix("CREATE TABLE {")?.split('}').next());
    let tables: Vec<_> = tables.collect();
    assert!(tables.len() >= 9, "{tables:?}");
    let (_, described) = PAGE.split_once("\n## Tables\n").expect("the page describes the tables");
    for table in tables {
        assert!(described.contains(&format!("`{table}`")), "the table `{table}` is not described");
    }
}
