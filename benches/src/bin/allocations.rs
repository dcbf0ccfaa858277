//! Prints how often each operation allocates, and how many bytes; one that grows in place counts as another.

use allocation_counter::measure;
use ottpay_benches::{NAMES, named};

fn main() {
    println!("| operation | allocations | bytes |\n|---|---|---|");
    for name in NAMES {
        let Some(mut operation) = named(name) else { continue };
        // Allocations that are made once, such as tables of OpenSSL, do not count.
        operation();
        let counted = measure(operation);
        println!("| {name} | {} | {} |", counted.count_total, counted.bytes_total);
    }
}
