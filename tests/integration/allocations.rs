//! How often an operation allocates, which does not depend on the machine: a budget for each operation. The same
//! operations are measured by `benches/`, and docs/performance.md explains the figures.
//!
//! `allocation_counter` replaces the allocator of this binary with one that counts for each thread separately. An
//! allocation that grows counts as one more.

// That of the benchmarks, so that figures of both are of the same operation.
#[allow(dead_code, reason = "the benchmarks use the rest")]
#[path = "../../benches/src/fixture.rs"]
mod fixture;

use allocation_counter::measure;
use fixture::{CIPHER, callback_body, client, key, large, now, order, payment, small};
use ottpay::envelope::{self, Sealed};

const SEAL: u64 = 2;
const OPEN: u64 = 2;
const BUILD: u64 = 3;
const CALL: u64 = 12;
const CALLBACK: u64 = 6;

/// How often the operation allocates, once everything that is created at its first use exists.
fn allocations(mut operation: impl FnMut()) -> u64 {
    operation();
    let counted = measure(operation);
    assert_eq!(counted.count_current, 0, "something was kept");
    counted.count_total
}

fn seal_and_open(fields: &std::collections::BTreeMap<&str, String>) -> [u64; 2] {
    let key = key();
    let Sealed { data, md5 } = envelope::seal(fields, &key, CIPHER);
    [
        allocations(|| drop(envelope::seal(fields, &key, CIPHER))),
        allocations(|| drop(envelope::open(&data, &md5, &key, CIPHER).unwrap())),
    ]
}

#[test]
fn an_envelope_needs_few_allocations_regardless_of_its_length() {
    let [sealing, opening] = seal_and_open(&small());
    assert!(sealing <= SEAL && opening <= OPEN, "sealing allocates {sealing} times, opening {opening} times");
    let [sealing, opening] = seal_and_open(&large());
    assert!(sealing <= SEAL && opening <= OPEN, "10 kB: sealing allocates {sealing} times, opening {opening} times");
}

#[test]
fn a_call_needs_few_allocations() {
    let (client, order) = (client(), order());
    let building = allocations(|| drop(payment(&client, &order)));
    let calling = allocations(|| drop(now(client.send(&payment(&client, &order))).unwrap()));
    assert!(
        building <= BUILD && calling <= CALL,
        "building allocates {building} times, the whole call {calling} times"
    );
}

#[test]
fn a_callback_needs_few_allocations() {
    let (client, body) = (client(), callback_body());
    let reading = allocations(|| drop(client.callback(&body).unwrap()));
    assert!(reading <= CALLBACK, "it allocates {reading} times");
}
